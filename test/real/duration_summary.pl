# Incidents of an IT helpdesk, from the event log of a ServiceNow instance: times to resolution, their
# percentiles, reopened tickets and SLA figures against plain SQL.
use strict;
use warnings;
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

my $node = PostgreSQL::Test::Cluster->new('duration_summary');
$node->init;
$node->append_conf('postgresql.conf', "fsync = off\ntimezone = 'UTC'");
$node->start;

sub query { return $node->safe_psql('postgres', $_[0]) }

query("CREATE EXTENSION cxm;
	CREATE TABLE event (incident text, state text, updated_at timestamp, opened_at timestamp,
		resolved_at timestamp, closed_at timestamp, reassignment_count integer, reopen_count integer,
		made_sla boolean, contact_type text, priority text, assignment_group text);
	COPY event FROM '$ENV{CXM_DATA}/incident_events.csv' (FORMAT csv, HEADER)");
query(q{CREATE TABLE incident AS
	SELECT incident, min(opened_at) AS opened_at, max(resolved_at) AS resolved_at, max(closed_at) AS closed_at,
		min(updated_at) FILTER (WHERE state = 'Resolved') AS first_resolved_at,
		max(reopen_count) AS reopened, bool_and(made_sla) AS made_sla, min(priority) AS priority
	FROM event GROUP BY incident});
is(query('SELECT count(*), (SELECT count(*) FROM event) FROM incident'), '890|5998', 'incidents and events');

# None was resolved before it was opened, which would be an error.
is(query('SELECT count(resolved_at), count(*) FILTER (WHERE resolved_at < opened_at) FROM incident'),
	'861|0', 'incidents that were resolved');

is( query(q{SELECT priority, resolved(s), unresolved(s), extract(epoch FROM total_duration(s)),
		round(extract(epoch FROM mean_duration(s)), 5)
		FROM (SELECT priority, ttr_agg(opened_at, resolved_at) AS s FROM incident GROUP BY priority) t ORDER BY 1}),
	query(q{SELECT priority, count(resolved_at), count(*) - count(resolved_at),
			extract(epoch FROM sum(resolved_at - opened_at)),
			round(extract(epoch FROM sum(resolved_at - opened_at)) / nullif(count(resolved_at), 0), 5)
		FROM incident GROUP BY priority ORDER BY 1}),
	'by priority: counts, sums and means are exact');

for my $group ('priority', 'reopened > 0', "date_trunc('week', opened_at)", 'incident IS NULL')
{
	is( query(qq{
		SELECT count(*), count(*) FILTER (WHERE abs(estimate - exact) > 0.01 * exact)
		FROM (SELECT extract(epoch FROM percentile(ttr_agg(opened_at, resolved_at), p)) AS estimate,
				extract(epoch FROM percentile_cont(p) WITHIN GROUP (ORDER BY resolved_at - opened_at)) AS exact
			FROM incident, unnest(ARRAY[0, 0.1, 0.25, 0.5, 0.75, 0.9, 0.95, 0.99, 1]) p
			GROUP BY p, $group) t}) =~ s/.*\|//r,
		'0', "percentiles by $group are within 1 % of percentile_cont");
}

# Within a target, moved by at most 1 %.
is( query(q{
		SELECT count(*) FROM (
			SELECT within(ttr_agg(opened_at, resolved_at), target) AS share,
				avg((resolved_at - opened_at <= 0.99 * target)::integer) AS least,
				avg((resolved_at - opened_at <= 1.01 * target)::integer) AS most
			FROM incident, unnest('{4 hours, 8 hours, 1 day, 3 days, 7 days}'::interval[]) target
			WHERE resolved_at IS NOT NULL GROUP BY target) t
		WHERE share NOT BETWEEN least AND most}),
	'0', 'SLA attainment for five targets');
is( query('SELECT round(mean_answer(rating_agg(made_sla))::numeric, 6) FROM incident'),
	query('SELECT round(avg(made_sla::integer), 6) FROM incident'), 'SLAs met, as the helpdesk saw it');

# Full resolution takes at least as long as the first; only for those reopened longer.
is( query(q{
		SELECT ttr(opened_at, greatest(resolved_at, first_resolved_at)), ttr(opened_at, first_resolved_at)
		FROM incident WHERE reopened > 0 AND first_resolved_at >= opened_at AND resolved_at IS NOT NULL}),
	query(q{
		SELECT make_interval(secs => extract(epoch FROM avg(greatest(resolved_at, first_resolved_at) - opened_at))),
			make_interval(secs => extract(epoch FROM avg(first_resolved_at - opened_at)))
		FROM incident WHERE reopened > 0 AND first_resolved_at >= opened_at AND resolved_at IS NOT NULL}),
	'reopened tickets: up to the last resolution and up to the first');

# The backlog as it stood in the middle of the log: Kaplan and Meier against a curve in SQL.
is( query(q{
		WITH state AS (
			SELECT extract(epoch FROM CASE WHEN resolved_at <= as_of THEN resolved_at ELSE as_of END - opened_at) AS age,
				coalesce(resolved_at <= as_of, false) AS over
			FROM incident, (SELECT percentile_disc(0.5) WITHIN GROUP (ORDER BY opened_at) AS as_of FROM incident) m
			WHERE opened_at <= as_of),
		step AS (
			SELECT age, exp(sum(ln(greatest(1 - ended / at_risk, 1e-300))) OVER (ORDER BY age)) AS survival
			FROM (SELECT DISTINCT age, count(*) FILTER (WHERE over) OVER (PARTITION BY age)::float8 AS ended,
					count(*) OVER (ORDER BY age DESC)::float8 AS at_risk FROM state) s)
		SELECT count(*) FROM (
			SELECT p, min(age) FILTER (WHERE survival <= 1 - p + 1e-12) AS exact,
				(SELECT extract(epoch FROM percentile(ttr_agg(opened_at, resolved_at, (SELECT percentile_disc(0.5)
					WITHIN GROUP (ORDER BY opened_at) FROM incident)), p)) FROM incident) AS estimate
			FROM step, unnest(ARRAY[0.1, 0.25, 0.4, 0.5, 0.6, 0.75]) p GROUP BY p) t
		WHERE (estimate IS NULL) <> (exact IS NULL) OR abs(estimate - exact) > 0.02 * exact}),
	'0', 'percentiles with open incidents');

# In the hours of the desk, minute by minute.
is( query(q{
		SELECT count(*) FROM (
			SELECT business_time('Mon-Fri 08:00-18:00 in America/New_York', opened_at AT TIME ZONE 'America/New_York',
					resolved_at AT TIME ZONE 'America/New_York') AS worked,
				(SELECT count(*) * interval '1 minute'
					FROM generate_series(opened_at AT TIME ZONE 'America/New_York',
						resolved_at AT TIME ZONE 'America/New_York' - interval '1 minute', interval '1 minute') minute,
						LATERAL (SELECT minute AT TIME ZONE 'America/New_York' AS local) l
					WHERE extract(isodow FROM local) < 6 AND extract(hour FROM local) BETWEEN 8 AND 17) AS reference
			FROM (SELECT * FROM incident WHERE resolved_at IS NOT NULL AND resolved_at - opened_at < '30 days'
				ORDER BY incident LIMIT 100) i) t
		WHERE worked <> reference}),
	'0', 'business time of a hundred incidents');

# The parts add up to the whole.
is( query(q{
		SELECT rollup(s) = (SELECT ttr_agg(opened_at, resolved_at) FROM incident)
		FROM (SELECT ttr_agg(opened_at, resolved_at) AS s FROM incident GROUP BY priority) t}),
	't', 'rollup by priority');

$node->stop;
done_testing();
