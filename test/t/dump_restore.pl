# Summaries survive what moves data: pg_dump and pg_restore, COPY in every format, text and jsonb.
use strict;
use warnings;
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

my $node = PostgreSQL::Test::Cluster->new('dump_restore');
$node->init;
$node->append_conf('postgresql.conf', 'fsync = off');
$node->start;

# Every kind of summary: each width of counter, directions, weights, and nothing at all.
$node->safe_psql('postgres', 'CREATE DATABASE original');
$node->safe_psql('original', <<'SQL');
CREATE EXTENSION cxm;
CREATE TABLE kept (id text PRIMARY KEY, s rating_summary);
INSERT INTO kept
	SELECT 'nps', nps_agg(n % 11) FROM generate_series(1, 100) n UNION ALL
	SELECT 'two bytes', nps_agg(n % 11) FROM generate_series(1, 10000) n UNION ALL
	SELECT 'four bytes', rating_agg(n % 2, '0..1') FROM generate_series(1, 200000) n UNION ALL
	SELECT 'nonresponses', nps_agg(nullif(n % 11, 5)) FROM generate_series(1, 1000) n UNION ALL
	SELECT 'only nonresponses', csat_agg(NULL::integer) FROM generate_series(1, 3) UNION ALL
	SELECT 'no rows', nps_agg(n) FROM generate_series(1, 0) n UNION ALL
	SELECT 'reversed', ces_agg(1 + n % 5, '5..1') FROM generate_series(1, 99) n UNION ALL
	SELECT 'negative', rating_agg(n % 3 - 1, '-1..1') FROM generate_series(1, 99) n UNION ALL
	SELECT 'wide', rating_agg(n % 256, '0..255') FROM generate_series(1, 999) n UNION ALL
	SELECT 'weighted', nps_agg(n % 11, n / 7.0) FROM generate_series(1, 999) n UNION ALL
	SELECT 'weight zero', csat_agg(1 + n % 5, '1..5', 0) FROM generate_series(1, 9) n;
DO $$
DECLARE
	sum rating_summary := (SELECT s FROM kept WHERE id = 'four bytes');
BEGIN
	FOR i IN 1 .. 20 LOOP
		sum := sum + sum;
	END LOOP;
	INSERT INTO kept VALUES ('eight bytes', sum);
END
$$;
CREATE MATERIALIZED VIEW rolled_up AS
	SELECT scale_of(s) AS scale, count(*) AS parts, rollup(s) AS s
	FROM kept WHERE id NOT LIKE 'weight%' GROUP BY 1;
CREATE TABLE journey AS
	SELECT customer, journey_agg(at, stage) AS j, min(stage::journey_stage) AS stage
	FROM (SELECT n % 7 AS customer,
			timestamptz '2025-01-01 00:00Z' + n % 97 * interval '1.5 s' AS at,
			(ARRAY['purchase', '250:trial', '-1:école', '0:10:30'])[1 + n % 4] AS stage
		FROM generate_series(1, 500) n) event GROUP BY customer;
CREATE TABLE journey_summary AS
	SELECT funnel_agg(j, '{trial,purchase}', '1 min', timestamptz '2025-01-02Z') AS funnel,
		flow_agg(j, '2025-01-02Z', '1 day') AS flow
	FROM journey;
CREATE TABLE customer_summary AS
	SELECT business_calendar
			'Mon-Fri 09:00-17:30, Sat 22:00-04:00 in Asia/Kolkata except 2026-01-26' AS calendar,
		duration_agg(n * n * interval '1 s') AS duration,
		ttr_agg(timestamptz '2026-01-01Z', CASE WHEN n % 3 > 0 THEN
			timestamptz '2026-01-01Z' + n * interval '1 h' END, timestamptz '2026-03-01Z') AS ages,
		churn_agg(n % 3 > 0, n % 5 > 0) AS churn,
		revenue_agg(n * 1.01, n % 7 * 3.333, 'EUR') AS revenue,
		survival_agg(n % 40, n % 2 = 0) AS survival,
		activity_agg(date '2025-01-01' + n * n % 400) AS days,
		(SELECT retention_agg(a, 'month', '2026-06-30') FROM (
			SELECT activity_agg(date '2025-01-01' + m * m % 400) AS a
			FROM generate_series(1, 300) m GROUP BY m % 20) activity) AS retention
	FROM generate_series(1, 300) n;
CREATE VIEW reading AS SELECT scale, mean_answer(s) AS mean FROM rolled_up;
SQL

my $database = 'original';

sub query { return $node->safe_psql($database, $_[0]) }

# The exact bytes, as send gives them, and what they read as.
sub contents
{
	($database) = @_;
	return query(q{
		CREATE FUNCTION pg_temp.sent(t customer_summary) RETURNS text LANGUAGE sql AS $$
			SELECT concat_ws(' ', business_calendar_send(t.calendar),
				duration_summary_send(t.duration), duration_summary_send(t.ages),
				churn_summary_send(t.churn),
				revenue_summary_send(t.revenue), survival_summary_send(t.survival),
				activity_days_send(t.days), retention_summary_send(t.retention)) $$;
		SELECT id, encode(rating_summary_send(s), 'hex'), s FROM kept ORDER BY id;
		SELECT scale, parts, encode(rating_summary_send(s), 'hex'), s FROM rolled_up ORDER BY scale;
		SELECT customer, encode(customer_journey_send(j), 'hex'), j, stage,
			encode(journey_stage_send(stage), 'hex') FROM journey ORDER BY customer;
		SELECT encode(funnel_summary_send(funnel), 'hex'), funnel,
			encode(flow_summary_send(flow), 'hex'), flow FROM journey_summary;
		SELECT t, pg_temp.sent(t) FROM customer_summary t;
		SELECT * FROM reading ORDER BY scale});
}

my $original = contents('original');
is(query('SELECT count(*), count(s) FROM kept'), '12|11', 'the summaries are there');
is(query(q{SELECT responses(s) FROM kept WHERE id = 'eight bytes'}),
	200000 * 2**20, 'and the largest is large');

my $dump = PostgreSQL::Test::Utils::tempdir;
for my $format ('plain', 'custom', 'directory')
{
	my $restored = "restored_$format";
	$node->command_ok([ 'pg_dump', '-F', $format, '-f', "$dump/$format", 'original' ],
		"pg_dump, $format");
	$node->safe_psql('postgres', "CREATE DATABASE $restored");
	$node->command_ok(
		$format eq 'plain'
		? [ 'psql', '-X', '-q', '-v', 'ON_ERROR_STOP=1', '-d', $restored, '-f', "$dump/$format" ]
		: [ 'pg_restore', '--exit-on-error', '-d', $restored, "$dump/$format" ],
		"restore, $format");
	is(contents($restored), $original, "the same bytes after pg_dump, $format");
}

$database = 'original';
for my $format ('text', 'csv', 'binary')
{
	query("COPY kept TO '$dump/copy' (FORMAT $format);
		CREATE TABLE copied_$format (LIKE kept);
		COPY copied_$format FROM '$dump/copy' (FORMAT $format)");
	is( query("SELECT count(*) FROM kept k JOIN copied_$format c USING (id)
			WHERE rating_summary_send(k.s) IS NOT DISTINCT FROM rating_summary_send(c.s)"),
		'12', "the same bytes after COPY, $format");
}

for my $format ('text', 'csv', 'binary')
{
	query("COPY journey TO '$dump/copy' (FORMAT $format);
		CREATE TABLE journey_$format (LIKE journey);
		COPY journey_$format FROM '$dump/copy' (FORMAT $format);
		COPY journey_summary TO '$dump/copy' (FORMAT $format);
		CREATE TABLE journey_summary_$format (LIKE journey_summary);
		COPY journey_summary_$format FROM '$dump/copy' (FORMAT $format)");
	is( query("SELECT (SELECT count(*) FROM journey k JOIN journey_$format c USING (customer)
			WHERE customer_journey_send(k.j) = customer_journey_send(c.j) AND k.stage = c.stage),
			(SELECT count(*) FROM journey_summary k, journey_summary_$format c
			WHERE funnel_summary_send(k.funnel) = funnel_summary_send(c.funnel)
				AND flow_summary_send(k.flow) = flow_summary_send(c.flow))"),
		'7|1', "the same journeys, funnels and flows after COPY, $format");
}

for my $format ('text', 'csv', 'binary')
{
	query("COPY customer_summary TO '$dump/copy' (FORMAT $format);
		CREATE TABLE customer_$format (LIKE customer_summary);
		COPY customer_$format FROM '$dump/copy' (FORMAT $format)");
	is( query("SELECT count(*) FROM customer_summary k, customer_$format c
			WHERE record_image_eq(k, c)"),
		'1', "the same calendars and summaries of customers after COPY, $format");
}

for my $cast ('text', 'json', 'jsonb')
{
	is( query("SELECT count(*) FROM kept
			WHERE rating_summary_send(s::${cast}::text::rating_summary) = rating_summary_send(s)
				AND s::${cast}::text::rating_summary = s"),
		'11', "the same bytes through $cast");
}

is( query(q{
		SELECT count(DISTINCT rating_summary_send(s::text::rating_summary)) FROM kept
		WHERE set_config('extra_float_digits', '-15', false) <> ''
			AND set_config('bytea_output', 'escape', false) <> ''}),
	query('SELECT count(DISTINCT rating_summary_send(s)) FROM kept'),
	'the text form does not depend on settings');

$node->stop;
done_testing();
