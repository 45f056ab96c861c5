# Live rollups through what a server goes through: dumps, prepared transactions, replication, and
# FIRE_SECONDS (15) of writers, compactors and crashes at once.
use strict;
use warnings;
use IPC::Run;
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;
use Time::HiRes qw(sleep time);

my $fire_seconds = $ENV{FIRE_SECONDS} || 15;

my $node = PostgreSQL::Test::Cluster->new('live_rollup');
$node->init(allows_streaming => 'logical');
$node->append_conf('postgresql.conf', <<'END');
fsync = off
restart_after_crash = on
max_connections = 50
max_prepared_transactions = 4
autovacuum_naptime = 1s
END
$node->start;

my $query = <<'SQL';
SELECT (at AT TIME ZONE 'UTC')::date AS day, channel, nps_agg(score) AS s,
	csat_agg(1 + score % 5) FILTER (WHERE score < 9) AS satisfaction
FROM response WHERE score > 0 GROUP BY 1, 2
SQL

sub make_database
{
	my ($database) = @_;
	$node->safe_psql('postgres', "CREATE DATABASE $database");
	$node->safe_psql($database, <<"SQL");
CREATE EXTENSION cxm_live CASCADE;
CREATE SEQUENCE response_id;
CREATE TABLE response (id bigint DEFAULT nextval('response_id'), at timestamptz, channel text,
	score integer) PARTITION BY LIST (channel);
CREATE TABLE response_app PARTITION OF response FOR VALUES IN ('app');
CREATE TABLE response_web (score integer, channel text, at timestamptz, id bigint);
ALTER TABLE response_web ALTER id SET DEFAULT nextval('response_id');
ALTER TABLE response ATTACH PARTITION response_web FOR VALUES IN ('web');
CREATE TABLE response_rest PARTITION OF response DEFAULT;
CREATE INDEX ON response (id);
INSERT INTO response (at, channel, score)
	SELECT timestamptz '2026-01-01Z' + n * interval '1 min',
		(ARRAY['app', 'web', 'mail', 'phone', NULL])[1 + n % 5], n % 11
	FROM generate_series(1, 10000) n;
SELECT cxm_create_rollup('daily', \$\$$query\$\$);
INSERT INTO response (at, channel, score) VALUES ('2026-01-01Z', 'app', 10);
SQL
}

# And one of the same table with another joined to it, of which some rows have no row, and with
# different values counted.
sub join_regions
{
	my ($database) = @_;
	$node->safe_psql($database, <<'SQL');
CREATE TABLE region (channel text, region text, UNIQUE (channel));
INSERT INTO region VALUES ('app', 'north'), ('web', 'south'), ('mail', 'north');
SELECT cxm_create_rollup('by_region', $$
	SELECT region, nps_agg(score) FILTER (WHERE score < 11) AS s,
		count(DISTINCT score) FILTER (WHERE score < 9) AS scores
	FROM response LEFT JOIN region USING (channel) GROUP BY 1$$);
INSERT INTO response (at, channel, score) VALUES ('2026-01-01Z', 'app', 10);
SQL
}

sub wrong { return $node->safe_psql($_[0], q{SELECT * FROM cxm_verify_rollup('daily')}) }

# What of a view is not what the query says, and the other way round, at one moment.
sub wrong_by_region
{
	return $node->safe_psql($_[0], q{
		WITH said AS (SELECT region, s, scores FROM by_region_source)
		SELECT 'region', * FROM ((TABLE said EXCEPT ALL TABLE by_region)
		UNION ALL (TABLE by_region EXCEPT ALL TABLE said)) t});
}

sub figures { return $node->safe_psql($_[0], 'SELECT * FROM daily ORDER BY day, channel') }

# A dump holds all of it, and what is restored keeps itself, nothing counted twice.
make_database('original');
my $directory = PostgreSQL::Test::Utils::tempdir;
for my $format ('plain', 'custom')
{
	my $restored = "restored_$format";
	my $file = "$directory/$format";
	$node->command_ok([ 'pg_dump', '-F', $format, '-f', $file, 'original' ], "pg_dump, $format");
	$node->safe_psql('postgres', "CREATE DATABASE $restored");
	$node->command_ok(
		$format eq 'plain'
		? [ 'psql', '-Xq', '-v', 'ON_ERROR_STOP=1', '-d', $restored, '-f', $file ]
		: [ 'pg_restore', '--exit-on-error', '-j', 2, '-d', $restored, $file ],
		"restore, $format");
	is(figures($restored), figures('original'), "the same figures after pg_dump, $format");
	$node->safe_psql($restored, <<'SQL');
DELETE FROM response WHERE id % 3 = 0;
UPDATE response_web SET score = score - 1;
SQL
	is(wrong($restored), '', "which keep themselves, $format");
	is($node->safe_psql($restored, 'SELECT deltas > 0, problem FROM cxm_rollups'),
		't|', "and are listed, $format");
}
# So does one with a join, wherever the dump puts the key of what is joined.
make_database('joined');
join_regions('joined');
$node->safe_psql('joined', q{SELECT cxm_drop_rollup('daily')});
$node->command_ok([ 'pg_dump', '-F', 'c', '-f', "$directory/joined", 'joined' ], 'pg_dump, a join');
$node->safe_psql('postgres', 'CREATE DATABASE restored_joined');
$node->command_ok(
	[ 'pg_restore', '--exit-on-error', '-j', 2, '-d', 'restored_joined', "$directory/joined" ],
	'restore, a join');
$node->safe_psql('restored_joined', <<'SQL');
DELETE FROM response WHERE id % 3 = 0;
UPDATE region SET region = 'east' WHERE channel = 'mail';
CALL cxm_compact_rollup('by_region');
SELECT cxm_rebuild_rollup('by_region');
INSERT INTO response (at, channel, score) VALUES ('2026-01-01Z', 'mail', 10);
SQL
is(wrong_by_region('restored_joined'), '', 'which keeps itself, a join');
is($node->safe_psql('restored_joined',
		'SELECT deltas, problem FROM cxm_rollups; SELECT region FROM by_region ORDER BY 1'),
	"1|\neast\nnorth\nsouth\n", 'and is listed, a join');
$node->command_ok(
	[ 'pg_dump', '-F', 'c', '--data-only', '-f', "$directory/data", '-t', 'response*', '-t',
		'daily_delta', 'original' ],
	'pg_dump, data only');
$node->safe_psql('restored_plain', 'TRUNCATE response');
$node->command_ok(
	[ 'pg_restore', '--exit-on-error', '--disable-triggers', '-d', 'restored_plain',
		"$directory/data" ],
	'restore, data only, without triggers');
is(wrong('restored_plain'), '', 'what only data were restored to is not counted twice');

# So does one that is restored in sections, by somebody else, who then owns all of it; but cxm_live,
# for which it takes a superuser, with the comment on it.
$node->safe_psql('postgres', q{
	CREATE ROLE heir LOGIN;
	CREATE DATABASE restored_sections OWNER heir});
$node->safe_psql('restored_sections', 'CREATE EXTENSION cxm_live CASCADE');
$node->command_ok(
	[ 'pg_restore', '--exit-on-error', '--no-owner', '--no-comments', '-U', 'heir', '--section', $_,
		'-d', 'restored_sections', "$directory/custom" ],
	"restore, $_") for 'pre-data', 'data', 'post-data';
is(figures('restored_sections'), figures('original'), 'the same figures from sections');
$node->safe_psql('restored_sections', <<'SQL', extra_params => [ '-U', 'heir' ]);
INSERT INTO response (at, channel, score) VALUES ('2026-01-01Z', 'web', 3);
DELETE FROM response WHERE id % 5 = 0;
CALL cxm_compact_rollup('daily');
SQL
is(wrong('restored_sections'), '', 'which keep themselves');
is($node->safe_psql('restored_sections', q{
		SELECT string_agg(DISTINCT pg_get_userbyid(relowner), ' ') FROM pg_class
		WHERE relname IN ('daily', 'daily_delta', 'daily_source')}),
	'heir', 'and are the heir\'s');
# A schema of another name: the triggers still have the old one.
$node->safe_psql('restored_sections', 'ALTER SCHEMA public RENAME TO moved');
my $in_moved = q{SET search_path = moved; };
is($node->safe_psql('restored_sections',
	$in_moved . q{INSERT INTO response (channel, score) VALUES ('web', 3) RETURNING score}), '3',
	'a schema renamed: writers go on');
my (undef, undef, $why) = $node->psql('restored_sections', 'SELECT * FROM moved.daily');
like($why, qr/live rollup public\.daily has to be rebuilt/, 'and readers are told');
$node->safe_psql('restored_sections',
	$in_moved . q{SELECT cxm_rebuild_rollup('moved.daily'), cxm_drop_rollup('public.daily')});
$node->safe_psql('restored_sections',
	$in_moved . q{INSERT INTO response (at, channel, score) VALUES ('2026-01-01Z', 'web', 3)});
is($node->safe_psql('restored_sections', $in_moved . q{
		SELECT (SELECT count(*) FROM cxm_verify_rollup('daily')),
			(SELECT string_agg(schema || '.' || name || coalesce(problem, ''), ' ')
			FROM cxm_rollups)}),
	'0|moved.daily', 'rebuilt by the new name and dropped by the old one it keeps itself');

# Parameters, as drivers send them.
SKIP:
{
	my ($version) = `psql --version` =~ /(\d+)/;
	skip 'psql has no \\bind', 1 if $version < 16;
	is($node->safe_psql('original', <<'SQL'), "2\n1\n1|1", 'prepared statements with parameters');
CREATE TABLE bound (k integer, score integer);
INSERT INTO bound VALUES (1, 10), (2, 0);
SELECT cxm_create_rollup($1, $2)
	\bind by_k 'SELECT k, nps_agg(score) AS s FROM bound GROUP BY 1' \g
INSERT INTO bound VALUES ($1, $2) \bind 1 9 \g
UPDATE bound SET score = $2 WHERE k = $1 \bind 1 8 \g
DELETE FROM bound WHERE k = $1 \bind 2 \g
CALL cxm_compact_rollup($1) \bind by_k \g
SELECT count(*) + $1 FROM cxm_verify_rollup($2) \bind 1 by_k \g
SELECT k, count(*) FROM by_k GROUP BY 1;
DO $$ BEGIN PERFORM cxm_drop_rollup('by_k'); END $$;
DROP TABLE bound;
SQL
}

# Triggers are not given what is computed when it is read.
SKIP:
{
	skip 'no virtual generated columns', 2 if $node->pg_version < 18;
	$node->safe_psql('original', q{
		CREATE TABLE virtual (k integer, score integer,
			half integer GENERATED ALWAYS AS (score / 2))});
	for my $query ('SELECT half, nps_agg(score) AS s FROM virtual GROUP BY 1',
		'SELECT k, nps_agg(half) AS s FROM virtual GROUP BY 1')
	{
		my (undef, undef, $refusal) =
		  $node->psql('original', "SELECT cxm_create_rollup('r', '$query')");
		like($refusal, qr/cannot have this generated column.*column half/s, "refused: $query");
	}
}

# Who writes to a table, or makes one, need not be allowed to use the extension.
$node->safe_psql('postgres', 'CREATE DATABASE apart');
$node->safe_psql('apart', <<'SQL');
CREATE SCHEMA metrics;
CREATE EXTENSION cxm_live SCHEMA metrics CASCADE;
CREATE SCHEMA AUTHORIZATION heir;
CREATE TABLE reply (k integer, score integer);
GRANT INSERT ON reply TO heir;
SELECT metrics.cxm_create_rollup('r',
	'SELECT k, metrics.nps_agg(score) AS s FROM reply GROUP BY 1');
SET ROLE heir;
INSERT INTO reply VALUES (1, 10), (2, 3);
CREATE TABLE heir.own (k integer);
ALTER TABLE heir.own ADD score integer;
DROP TABLE heir.own;
SQL
is($node->safe_psql('apart', 'SELECT k, metrics.nps(s) FROM r ORDER BY 1'), "1|100\n2|-100",
	'writers need not be allowed to use the schema of the extension');

# A prepared transaction is folded when it is committed, not before.
$node->safe_psql('original', <<'SQL');
BEGIN;
INSERT INTO response (at, channel, score) VALUES ('2026-01-01Z', 'prepared', 10);
PREPARE TRANSACTION 'later';
CALL cxm_compact_rollup('daily');
SQL
$node->restart;
is($node->safe_psql('original', "SELECT count(*) FROM daily WHERE channel = 'prepared'"),
	'0', 'a prepared transaction does not count');
$node->safe_psql('original', "COMMIT PREPARED 'later'; CALL cxm_compact_rollup('daily')");
is($node->safe_psql('original', "SELECT responses(s) FROM daily WHERE channel = 'prepared'"),
	'1', 'until it is committed');
is(wrong('original'), '', 'and is counted once');

# A subscriber's tables are filled without statement triggers.
$node->safe_psql('original', q{
	CREATE TABLE sent (k integer PRIMARY KEY, score integer);
	CREATE PUBLICATION p FOR TABLE sent;
	SELECT pg_create_logical_replication_slot('s', 'pgoutput')});
my $connection = $node->connstr('original') =~ s/'/''/gr;
$node->safe_psql('restored_custom', 'CREATE TABLE sent (k integer PRIMARY KEY, score integer)');
$node->safe_psql('restored_custom',
	"CREATE SUBSCRIPTION s CONNECTION '$connection' PUBLICATION p
		WITH (create_slot = false, slot_name = 's', enabled = false)");
my ($status, $output, $error) = $node->psql('restored_custom',
	q{SELECT cxm_create_rollup('r', 'SELECT k, nps_agg(score) AS s FROM sent GROUP BY 1')});
like($error, qr/sent is fed by logical replication/, 'a table fed by a subscription is refused');
$node->safe_psql('restored_custom',
	'ALTER SUBSCRIPTION s SET (slot_name = NONE); DROP SUBSCRIPTION s');
$node->safe_psql('original', q{SELECT pg_drop_replication_slot('s')});

# What a command on another table reads of the catalogs does not depend on how many rollups there
# are, on how many partitions, or on triggers that somebody has made to look like theirs.
make_database('crowded');
$node->safe_psql('crowded', <<'SQL');
CREATE ROLE crowd LOGIN;
CREATE SCHEMA crowd AUTHORIZATION crowd;
CREATE TABLE apart (id integer);
CREATE FUNCTION reads() RETURNS bigint LANGUAGE sql AS $$
	SELECT sum(pg_stat_get_xact_blocks_fetched(oid)) FROM pg_class
	WHERE relname ~ '^pg_(trigger|depend|inherits|subscription_rel)(_|$)'
$$;
SQL

sub reads
{
	my ($command) = @_;
	my $counted = "BEGIN; $command; SELECT reads(); ROLLBACK;";
	return (split /\n/, $node->safe_psql('crowded', "$counted $counted"))[1];
}

my @apart = (
	'CREATE TEMP TABLE brief (id integer)',
	'CREATE TABLE other (id integer)',
	'ALTER TABLE apart ADD note text',
	'DROP TABLE apart',
	'ALTER TABLE apart RENAME TO beside',
);
my $add_partition = q{CREATE TABLE response_new PARTITION OF response FOR VALUES IN ('new')};
my $add_column = 'ALTER TABLE response ADD note text';
my %reads = map { $_ => reads($_) } @apart;
my %per_rollup = map { $_ => reads($_) } ($add_partition, $add_column);
$node->safe_psql('crowded', <<'SQL');
CREATE TABLE crowded (k integer, score integer) PARTITION BY LIST (k);
CREATE FUNCTION few_at_a_time() RETURNS void LANGUAGE plpgsql AS $$
BEGIN
	FOR i IN 1 .. 400 LOOP
		EXECUTE format('CREATE TABLE crowded_%s PARTITION OF crowded FOR VALUES IN (%1$s)', i);
	END LOOP;
	FOR i IN 1 .. 10 LOOP
		PERFORM cxm_create_rollup('crowded_by_' || i,
			'SELECT k, nps_agg(score) AS s FROM crowded GROUP BY 1');
	END LOOP;
END $$;
SELECT few_at_a_time();
SQL
my $look_alikes = <<'SQL';
DO $$ BEGIN FOR t IN 1 .. 40 LOOP
	EXECUTE format('CREATE TABLE crowd.t%s (a integer)', t);
	FOR i IN 1 .. 500 LOOP EXECUTE format('CREATE TRIGGER crowd_x%1$s_%2$s_insert AFTER INSERT
		ON crowd.t%1$s REFERENCING NEW TABLE AS cxm_new FOR EACH STATEMENT
		EXECUTE FUNCTION cxm_internal.cxm_maintain_rollup(''crowd'', ''x%1$s_%2$s'')', t, i);
	END LOOP;
END LOOP; END $$;
SQL
$node->safe_psql('crowded', $look_alikes, extra_params => [ '-U', 'crowd' ]);
$node->safe_psql('crowded', 'VACUUM ANALYZE pg_trigger, pg_depend, pg_inherits, pg_class');
for my $command (@apart)
{
	cmp_ok(reads($command), '<=', $reads{$command} + 30, "no more is read for $command");
}
# So with those that concern a rollup: that of the table, whatever others have (in deeper indexes).
cmp_ok(reads($_), '<=', 2 * $per_rollup{$_}, "nor for $_") for ($add_partition, $add_column);
my (undef, undef, $late) = $node->psql('crowded',
	q{SET statement_timeout = '20ms'; SELECT count(*) FROM cxm_rollups});
like($late, qr/canceling statement due to statement timeout/, 'and the list can be cancelled');
is($node->safe_psql('crowded', 'SELECT count(*), count(problem) FROM cxm_rollups
		WHERE schema <> $$crowd$$'), '11|0', 'but is all there');
is($node->safe_psql('crowded', 'SELECT cxm_drop_rollup(format($$crowded_by_%s$$, n))
		FROM generate_series(1, 10) n; SELECT count(*) FROM pg_trigger
		WHERE tgrelid = $$crowded$$::regclass') =~ s/^\n*//r, '0', 'and can be dropped');
$node->safe_psql('postgres', 'DROP DATABASE crowded');

# Fire: everything at once, and a server process killed now and then, which takes all down.
my %scripts = (
	write => <<'SQL',
\set kind random(1, 100)
\set key random(1, 400)
\set id random(1, 12000)
\set score random(0, 10)
\if :kind <= 1
INSERT INTO response (at, channel, score) SELECT timestamptz '2026-01-01Z' + :key * interval '1 h',
	(ARRAY['app', 'web', 'mail', NULL])[1 + :key % 4], 8 + n FROM generate_series(1, :key % 5) n;
\elif :kind <= 3
UPDATE region SET region = (ARRAY['north', 'south', 'east'])[1 + :key % 3]
	WHERE channel = (ARRAY['app', 'web', 'mail'])[1 + :id % 3];
\elif :kind <= 4
DELETE FROM region WHERE channel = (ARRAY['app', 'web', 'mail'])[1 + :id % 3];
\elif :kind <= 5
INSERT INTO region VALUES ((ARRAY['app', 'web', 'mail'])[1 + :id % 3], 'new')
	ON CONFLICT DO NOTHING;
\elif :kind <= 40
INSERT INTO response (at, channel, score) VALUES (timestamptz '2026-01-01Z'
	+ :key * interval '1 h', (ARRAY['app', 'web', 'mail', NULL])[1 + :key % 4], :score);
\elif :kind <= 55
UPDATE response SET score = :score WHERE id = :id;
\elif :kind <= 65
UPDATE response SET channel = (ARRAY['app', 'web', 'mail', NULL])[1 + :key % 4],
	at = at + interval '1 day' WHERE id BETWEEN :id AND :id + 3;
\elif :kind <= 80
DELETE FROM response WHERE id IN (:id, :id + 1);
\elif :kind <= 90
BEGIN;
INSERT INTO response (at, channel, score) SELECT timestamptz '2026-01-01Z'
	+ n * interval '1 h', 'app', :score FROM generate_series(1, 30) n;
DELETE FROM response WHERE id = :id;
SAVEPOINT s;
UPDATE response SET score = 10 - score WHERE id BETWEEN :id AND :id + 20;
ROLLBACK TO s;
UPDATE response_app SET score = :score WHERE id = :id + 1;
COMMIT;
\elif :kind <= 99
BEGIN ISOLATION LEVEL REPEATABLE READ;
DELETE FROM response WHERE id BETWEEN :id AND :id + 50;
INSERT INTO response_web (at, channel, score) VALUES ('2026-01-03Z', 'web', :score);
ROLLBACK;
\else
TRUNCATE response_web;
\endif
SQL
	compact => <<'SQL',
\set kind random(1, 20)
\if :kind = 1
SELECT cxm_rebuild_rollup('daily');
SELECT cxm_rebuild_rollup('by_region');
\else
CALL cxm_compact_rollup('daily');
CALL cxm_compact_rollup('by_region');
\endif
\sleep 50 ms
SQL
);
PostgreSQL::Test::Utils::append_to_file("$directory/$_.sql", $scripts{$_}) for keys %scripts;

sub pgbench
{
	my ($script, $clients, $seconds) = @_;
	my $output = '';
	my @command = (
		'pgbench', '-n', '-M', 'prepared', '-c', $clients, '-T', int($seconds + 1),
		'--max-tries=1000', '-f', "$directory/$script.sql", '-h', $node->host, '-p', $node->port,
		'fire');
	return { output => \$output, run => IPC::Run::start(\@command, '<', \undef, '>&', \$output) };
}

# The server process of a compactor or of a writer.
sub kill_one
{
	my ($compactor) = @_;
	my ($pid) = split /\n/, $node->safe_psql('postgres', qq{
		SELECT pid FROM pg_stat_activity WHERE datname = 'fire'
		ORDER BY (query LIKE 'CALL%') = ($compactor = 1) DESC, state = 'active' DESC});
	return $pid && kill('KILL', $pid);
}

# Without a query: one that is sent to a psql that could not connect breaks the test off.
sub wait_for_recovery
{
	for (1 .. 1200)
	{
		return if system('pg_isready', '-q', '-h', $node->host, '-p', $node->port) == 0;
		sleep 0.1;
	}
	BAIL_OUT('no recovery');
}

make_database('fire');
join_regions('fire');
my $rounds = 3 + int($fire_seconds / 60);
my ($written, $folded, $compared) = (0, 0, 0);
for my $round (1 .. $rounds)
{
	my $seconds = $fire_seconds / $rounds;
	# Until the crash, however late a slow machine comes to it; the last round has none.
	my $limit = $seconds + ($round < $rounds ? 1000 : 0);
	my @running = (pgbench('write', 8, $limit), pgbench('compact', 2, $limit));
	my $end = time + $seconds;
	my $differences = '';
	while (time < $end - 1)
	{
		sleep 0.5;
		$differences .= wrong('fire') . wrong_by_region('fire');
		$compared++;
	}
	is($differences, '', "round $round: no difference at any moment");
	if ($round < $rounds)
	{
		ok(kill_one($round % 2), "round $round: a server process is killed");
	}
	$_->{run}->finish for @running;
	unlike(${ $running[0]{output} } . ${ $running[1]{output} },
		qr/ERROR:/, "round $round: nobody failed for another reason");
	wait_for_recovery();
	is(wrong('fire') . wrong_by_region('fire'), '', "round $round: nor afterwards");

	for my $counted ([ \$written, $running[0] ], [ \$folded, $running[1] ])
	{
		my ($count, $bench) = @$counted;
		my ($processed) = ${ $bench->{output} } =~ /actually processed: (\d+)/;
		$$count += $processed // 0;
	}
}
cmp_ok($written, '>', 100, 'there was fire');
cmp_ok($folded, '>', 10, 'and folding');
note("$written transactions, $folded foldings, $compared comparisons beside them");
is($node->safe_psql('fire', q{SELECT skipped - (SELECT count(*) FROM response WHERE score > 10)
		FROM cxm_rollups WHERE name = 'daily'}), '0', 'rows that cannot be counted are counted');
$node->safe_psql('fire', 'DELETE FROM response WHERE score > 10');
is($node->safe_psql('fire', "SELECT count(*) FROM (($query EXCEPT ALL TABLE daily)
		UNION ALL (TABLE daily EXCEPT ALL ($query))) t"), '0', 'the view says what the query says');
is($node->safe_psql('fire', 'SELECT DISTINCT problem FROM cxm_rollups'), '', 'nothing is wrong');

$node->stop;
done_testing();
