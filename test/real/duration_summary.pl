# Incidents of an IT helpdesk, from the event log of a ServiceNow instance: times to resolution,
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
		resolved_at timestamp, closed_at timestamp, reassignment_count integer,
		reopen_count integer, made_sla boolean, contact_type text, priority text, team text);
	COPY event FROM '$ENV{CXM_DATA}/incident_events.csv' (FORMAT csv, HEADER)");
query(q{
	CREATE TABLE incident AS
	SELECT incident, min(priority) AS priority, min(opened_at) AS opened_at,
		max(resolved_at) AS resolved_at, max(resolved_at) - min(opened_at) AS took,
		min(updated_at) FILTER (WHERE state = 'Resolved') AS first_resolved_at,
		max(reopen_count) AS reopened, bool_and(made_sla) AS made_sla
	FROM event GROUP BY incident});
is( query(q{
		SELECT (SELECT count(*) FROM event), count(*), count(took),
			count(*) FILTER (WHERE took < '0') FROM incident}),
	'5998|890|861|0', 'events, incidents, those resolved, and none before it was opened');

is( query(q{
		SELECT priority, resolved(s), unresolved(s), extract(epoch FROM total_duration(s)),
			round(extract(epoch FROM mean_duration(s)), 5)
		FROM (SELECT priority, ttr_agg(opened_at, resolved_at) AS s
			FROM incident GROUP BY priority) t
		ORDER BY priority}),
	query(q{
		SELECT priority, count(took), count(*) - count(took), extract(epoch FROM sum(took)),
			round(extract(epoch FROM sum(took)) / nullif(count(took), 0), 5)
		FROM incident GROUP BY priority ORDER BY priority}),
	'by priority: counts, sums and means are exact');

for my $group ('priority', 'reopened > 0', "date_trunc('week', opened_at)", 'incident IS NULL')
{
	my ($compared, $off) = split /\|/, query(qq{
		SELECT count(exact), count(*) FILTER (WHERE abs(estimate - exact) > 0.01 * exact)
		FROM (
			SELECT extract(epoch FROM percentile(ttr_agg(opened_at, resolved_at), p)) AS estimate,
				extract(epoch FROM percentile_cont(p) WITHIN GROUP (ORDER BY took)) AS exact
			FROM incident, unnest(ARRAY[0, 0.1, 0.25, 0.5, 0.75, 0.9, 0.95, 0.99, 1]) p
			GROUP BY p, $group) t});
	cmp_ok($compared, '>=', 9, "percentiles by $group");
	is($off, 0, "percentiles by $group are within 1 % of percentile_cont");
}

is( query(q{
		SELECT count(*) FROM (
			SELECT within(ttr_agg(opened_at, resolved_at), target) AS share,
				avg((took <= 0.99 * target)::integer) AS least,
				avg((took <= 1.01 * target)::integer) AS most
			FROM incident, unnest('{4 hours, 8 hours, 1 day, 3 days, 7 days}'::interval[]) target
			WHERE took IS NOT NULL GROUP BY target) t
		WHERE share BETWEEN least AND most}),
	'5', 'SLA attainment for five targets, moved by at most 1 %');
is( query('SELECT round(mean_answer(rating_agg(made_sla))::numeric, 6) FROM incident'),
	query('SELECT round(avg(made_sla::integer), 6) FROM incident'),
	'SLAs met, as the helpdesk saw it');

# Up to the last resolution, and up to the first.
query('CREATE VIEW reopened AS
	SELECT * FROM incident WHERE reopened > 0 AND first_resolved_at >= opened_at');
is( query(q{
		SELECT count(*), ttr(opened_at, resolved_at), ttr(opened_at, first_resolved_at)
		FROM reopened}),
	query(q{
		SELECT count(*), make_interval(secs => extract(epoch FROM avg(took))),
			make_interval(secs => extract(epoch FROM avg(first_resolved_at - opened_at)))
		FROM reopened}),
	'reopened incidents: full and first resolution');

# The backlog as it stood in the middle of the log: Kaplan and Meier against a curve in SQL.
query(q{
	CREATE TABLE state AS
	SELECT opened_at, resolved_at, as_of, coalesce(resolved_at <= as_of, false) AS over,
		extract(epoch FROM least(resolved_at, as_of) - opened_at) AS age
	FROM incident, (SELECT percentile_disc(0.5) WITHIN GROUP (ORDER BY opened_at) AS as_of
		FROM incident) m
	WHERE opened_at <= as_of});
is( query(q{
		WITH step AS (
			SELECT age, exp(sum(ln(greatest(1 - ended / at_risk, 1e-300))) OVER (ORDER BY age))
				AS survival
			FROM (SELECT DISTINCT age,
					count(*) FILTER (WHERE over) OVER (PARTITION BY age)::float8 AS ended,
					count(*) OVER (ORDER BY age DESC)::float8 AS at_risk
				FROM state) s),
		exact AS (
			SELECT p, min(age) FILTER (WHERE survival <= 1 - p + 1e-12) AS exact
			FROM step, unnest(ARRAY[0.1, 0.25, 0.4, 0.5, 0.6, 0.75, 0.999]) p GROUP BY p)
		SELECT count(*), count(*) FILTER (WHERE exact IS NULL AND estimate IS NULL
			OR abs(estimate - exact) <= 0.02 * exact)
		FROM exact, LATERAL (
			SELECT extract(epoch FROM percentile(ttr_agg(opened_at, resolved_at, as_of), p))
				AS estimate FROM state) e}),
	'7|7', 'percentiles with open incidents');

# In the hours of a desk, minute by minute.
is( query(q{
		SELECT count(*), count(*) FILTER (WHERE worked = reference)
		FROM (
			SELECT business_time('Mon-Fri 08:00-18:00 in America/New_York', opened, resolved)
					AS worked,
				(SELECT count(*) * interval '1 minute'
					FROM generate_series(opened, resolved - interval '1 minute', '1 minute') at,
						LATERAL (SELECT at AT TIME ZONE 'America/New_York') l (local)
					WHERE extract(isodow FROM local) < 6
						AND extract(hour FROM local) BETWEEN 8 AND 17) AS reference
			FROM (SELECT opened_at AT TIME ZONE 'America/New_York' AS opened,
					resolved_at AT TIME ZONE 'America/New_York' AS resolved
				FROM incident WHERE took < '30 days' ORDER BY incident LIMIT 100) i) t}),
	'100|100', 'business time of a hundred incidents');

is( query(q{
		SELECT rollup(s) = (SELECT ttr_agg(opened_at, resolved_at) FROM incident)
		FROM (SELECT ttr_agg(opened_at, resolved_at) AS s FROM incident GROUP BY priority) t}),
	't', 'the priorities add up to the whole');

$node->stop;
done_testing();
