# State changes of 890 incidents, from the event log of a ServiceNow system: journeys of incidents
# against plain SQL.
use strict;
use warnings;
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

my $node = PostgreSQL::Test::Cluster->new('flow_summary');
$node->init;
$node->append_conf('postgresql.conf', "fsync = off\ntimezone = 'UTC'");
$node->start;

sub query { return $node->safe_psql('postgres', $_[0]) }

query("CREATE EXTENSION cxm;
	CREATE TABLE log (incident text, state text, updated_at timestamp, opened_at timestamp,
		resolved_at timestamp, closed_at timestamp, reassignment_count integer,
		reopen_count integer, made_sla boolean, contact_type text, priority text,
		assignment_group text);
	COPY log FROM '$ENV{CXM_DATA}/incident_events.csv' (FORMAT csv, HEADER);
	CREATE TABLE event AS
		SELECT DISTINCT incident, state, updated_at AT TIME ZONE 'UTC' AS at FROM log;
	CREATE TABLE journey AS
		SELECT incident, journey_agg(at, state) AS j FROM event GROUP BY incident");
query(q{
	CREATE VIEW step AS
	SELECT incident, state, at, lag(state) OVER w AS before, lead(state) OVER w AS next,
		lead(at) OVER w AS next_at
	FROM event WINDOW w AS (PARTITION BY incident ORDER BY at, state COLLATE "C")});

is(query('SELECT count(*), count(DISTINCT incident) FROM log'), '5998|890', 'the log is whole');
is(query('SELECT count(*), sum(event_count(j)) FROM journey'),
	query('SELECT count(DISTINCT incident), count(*) FROM event'), 'every event is in a journey');
is( query(q{SELECT from_stage, to_stage, transitions, journeys
		FROM (SELECT flow_agg(j) AS s FROM journey) t, flows(s)
		ORDER BY from_stage COLLATE "C", to_stage COLLATE "C"}),
	query(q{SELECT * FROM (
			SELECT coalesce(before, '(start)') AS f, state AS t, count(*), count(DISTINCT incident)
			FROM step GROUP BY before, state
			UNION ALL SELECT state, '(end)', count(*), count(*) FROM step
			WHERE next IS NULL GROUP BY state) u
		ORDER BY f COLLATE "C", t COLLATE "C"}),
	'the flows');
is( query(q{SELECT stage, journeys, visits, entries, exits
		FROM (SELECT flow_agg(j) AS s FROM journey) t, journey_map(s) ORDER BY stage COLLATE "C"}),
	query(q{SELECT state, count(DISTINCT incident), count(*),
			count(*) FILTER (WHERE before IS NULL), count(*) FILTER (WHERE next IS NULL)
		FROM step GROUP BY state ORDER BY state COLLATE "C"}),
	'the map');
is( query(q{SELECT sum(extract(epoch FROM time_in(j, 'Active', '2020-01-01'))),
		sum(revisits(j)) FROM journey}),
	query(q{SELECT sum(extract(epoch FROM coalesce(next_at, '2020-01-01') - at))
			FILTER (WHERE state = 'Active'),
		(SELECT sum(n - 1) FROM (SELECT count(*) AS n FROM step WHERE before IS DISTINCT FROM state
			GROUP BY incident, state) t) FROM step}),
	'time in state and rework');
is( query(q{SELECT count(*) FILTER (WHERE funnel_level(j, '{New,Resolved,Closed}') = 3)
		FROM journey}),
	query(q{SELECT count(DISTINCT a.incident)
		FROM event a JOIN event b USING (incident) JOIN event c USING (incident)
		WHERE (a.state, b.state, c.state) = ('New', 'Resolved', 'Closed')
			AND a.at <= b.at AND b.at <= c.at}),
	'new, resolved, closed');

$node->stop;
done_testing();
