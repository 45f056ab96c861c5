# DDL by chance on what a live rollup is made of, by whoever owns it, beside all kinds of writes,
# of summaries and of unique customers, with a table joined and without: CXM_FUZZ_ROUNDS of it. No
# crash, no internal error; no write fails that does not fail without the rollup; and what
# cxm_verify_rollup() finds, or a view that does not say what its definition does, cxm_rollups
# tells, too.
use strict;
use warnings;
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

my $rounds = $ENV{CXM_FUZZ_ROUNDS} // 200;
my $seed = $ENV{CXM_FUZZ_SEED} // time;
srand $seed;

my $node = PostgreSQL::Test::Cluster->new('fuzz_live_rollup');
$node->init;
$node->append_conf('postgresql.conf', "fsync = off\nlog_line_prefix = '%e|'");
$node->start;
$node->safe_psql('postgres', q{CREATE EXTENSION cxm_live CASCADE;
	CREATE ROLE other;
	CREATE FUNCTION swallow() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END'});
my $started = $node->safe_psql('postgres', 'SELECT pg_postmaster_start_time()');

sub any { return $_[ rand @_ ] }

my $calls = q{EXECUTE FUNCTION cxm_internal.cxm_maintain_rollup('public', 'r')};
my $source =
  'CREATE OR REPLACE VIEW r_source AS SELECT k, nps_agg(score) AS s, count(*) AS row_count';

# {t} is a table of the base, {e} an event, {x} a name.
my @ddl = (
	'ALTER TRIGGER public_r_{e} ON {t} RENAME TO {x}',
	'ALTER TRIGGER {x} ON {t} RENAME TO public_r_{e}',
	'DROP TRIGGER public_r_{e} ON {t}',
	(map { "ALTER TABLE {t} $_ TRIGGER public_r_{e}" }
		'DISABLE', 'ENABLE', 'ENABLE ALWAYS', 'ENABLE REPLICA'),
	'ALTER TABLE {t} DISABLE TRIGGER USER',
	'ALTER TABLE {t} ENABLE TRIGGER USER',
	(map {
			my $what = $_;
			map { "CREATE OR REPLACE TRIGGER $_ $what $calls" } 'public_r_{e}', '{x}'
		}
		'AFTER INSERT ON {t} REFERENCING NEW TABLE AS cxm_new FOR EACH STATEMENT',
		'AFTER INSERT ON {t} REFERENCING NEW TABLE AS other FOR EACH STATEMENT',
		'AFTER DELETE ON {t} REFERENCING OLD TABLE AS cxm_old FOR EACH STATEMENT',
		'AFTER DELETE ON {t} REFERENCING OLD TABLE AS cxm_old FOR EACH STATEMENT WHEN (1 = 0)',
		'AFTER UPDATE ON {t} REFERENCING OLD TABLE AS cxm_old NEW TABLE AS cxm_new '
		  . 'FOR EACH STATEMENT',
		'BEFORE INSERT OR UPDATE OR DELETE ON {t} FOR EACH ROW',
		'AFTER UPDATE OF score ON {t} FOR EACH ROW',
		'BEFORE TRUNCATE ON {t} FOR EACH STATEMENT'),
	'CREATE CONSTRAINT TRIGGER {x} AFTER INSERT ON {t} DEFERRABLE INITIALLY DEFERRED FOR EACH ROW '
	  . $calls,
	'ALTER TABLE base DETACH PARTITION base_2',
	'ALTER TABLE base ATTACH PARTITION base_2 FOR VALUES IN (2)',
	'CREATE TABLE base_3 PARTITION OF base FOR VALUES IN (3)',
	'DROP TABLE base_3',
	'DROP TABLE base_2',
	q{SELECT cxm_detach_partition('r', 'base_2')},
	'CREATE TABLE base_4 (LIKE base); ALTER TABLE base ATTACH PARTITION base_4 FOR VALUES IN (4)',
	'ALTER TABLE base RENAME score TO points',
	'ALTER TABLE base RENAME points TO score',
	'ALTER TABLE base ADD more integer',
	'ALTER TABLE base DROP more',
	'ALTER TABLE base DROP score CASCADE',
	'ALTER TABLE base ALTER score TYPE bigint',
	'ALTER TABLE base_1 RENAME TO base_9',
	'ALTER TABLE base_9 RENAME TO base_1',
	(map { "ALTER TABLE base $_ ROW LEVEL SECURITY" } 'ENABLE', 'FORCE', 'DISABLE', 'NO FORCE'),
	'GRANT ALL ON base TO other',
	'REVOKE ALL ON base FROM other',
	(map { "ALTER TABLE r_delta $_" } 'ADD note text DEFAULT 1', 'DROP note', 'ADD CHECK (k < 3)',
		'ALTER k SET NOT NULL', 'ALTER k TYPE bigint', 'ALTER k TYPE text', 'RENAME added TO plus',
		'RENAME plus TO added', 'RENAME distinct_1 TO one', 'RENAME one TO distinct_1',
		'DROP distinct_1 CASCADE', 'RENAME TO r_gone', 'ENABLE ROW LEVEL SECURITY',
		'FORCE ROW LEVEL SECURITY', 'DISABLE ROW LEVEL SECURITY', 'OWNER TO other',
		'OWNER TO CURRENT_USER', 'SET UNLOGGED', 'SET LOGGED',
		'ADD CONSTRAINT u UNIQUE (k, row_count, compacted_at) DEFERRABLE INITIALLY DEFERRED',
		'DROP CONSTRAINT u', 'REPLICA IDENTITY DEFAULT', 'SET SCHEMA pg_temp'),
	'ALTER TABLE r_gone RENAME TO r_delta',
	'REVOKE ALL ON r_delta FROM CURRENT_USER, other',
	'GRANT ALL ON r_delta TO CURRENT_USER, other',
	'CREATE RULE lost AS ON INSERT TO r_delta DO INSTEAD NOTHING',
	'DROP RULE lost ON r_delta',
	'CREATE TRIGGER swallowing BEFORE INSERT ON r_delta FOR EACH ROW EXECUTE FUNCTION swallow()',
	'DROP TRIGGER swallowing ON r_delta',
	'CREATE INDEX ON r_delta (k)',
	'CREATE UNIQUE INDEX ON r_delta (k, row_count)',
	'CREATE PUBLICATION everything FOR ALL TABLES',
	'DROP PUBLICATION everything',
	'ALTER VIEW r_source RENAME TO r_gone_source',
	'ALTER VIEW r_gone_source RENAME TO r_source',
	'ALTER VIEW r_source OWNER TO other',
	'ALTER VIEW r_source OWNER TO CURRENT_USER',
	"$source FROM base GROUP BY 1",
	"$source FROM base WHERE score > 3 GROUP BY 1",
	'CREATE OR REPLACE VIEW r_source AS SELECT k, count(DISTINCT score % 2) AS s, '
	  . 'count(*) AS row_count FROM base GROUP BY 1',
	"$source FROM base a JOIN base b USING (k) GROUP BY 1",
	"$source FROM base JOIN grouped USING (k) GROUP BY 1",
	'CREATE OR REPLACE VIEW r_source AS SELECT g AS k, nps_agg(score) AS s, count(*) AS row_count '
	  . 'FROM base JOIN grouped ON base.k = grouped.k GROUP BY 1',
	(map { "ALTER TABLE grouped $_" } 'DROP CONSTRAINT grouped_pkey', 'ADD PRIMARY KEY (k)',
		'ADD UNIQUE (k) DEFERRABLE', 'RENAME g TO h', 'RENAME h TO g', 'RENAME TO other_grouped',
		'ALTER g TYPE bigint', 'DROP g CASCADE', 'OWNER TO other'),
	'ALTER TABLE other_grouped RENAME TO grouped',
	'ALTER VIEW r RENAME TO r_gone_view',
	'ALTER VIEW r_gone_view RENAME TO r',
	'ALTER VIEW r OWNER TO other',
	'DROP VIEW r',
	'DROP VIEW r_source CASCADE',
	'DROP TABLE r_delta CASCADE',
	q{SELECT cxm_drop_rollup('r')},
	(q{SELECT cxm_rebuild_rollup('r')}, q{CALL cxm_compact_rollup('r')}) x 3,
	'CREATE OR REPLACE FUNCTION f() RETURNS integer LANGUAGE sql AS $$SELECT 1$$',
	'VACUUM r_delta',
	'REINDEX TABLE r_delta',
);

# {k} and {s} are a key and a score.
my @writes = (
	('INSERT INTO {t} (k, score) VALUES ({k}, {s})') x 3,
	'INSERT INTO {t} (k, score) VALUES ({k}, {s}), ({k}, {s}), ({k}, NULL)',
	'INSERT INTO base (k, score) SELECT 1, {s} WHERE false',
	'DELETE FROM {t} WHERE ctid IN (SELECT ctid FROM {t} LIMIT 1)',
	'DELETE FROM {t} WHERE score = {s}',
	'UPDATE {t} SET score = {s} WHERE score = {s}',
	'UPDATE base SET k = 3 - k WHERE score = {s} AND k < 3',
	'TRUNCATE {t}',
	'UPDATE grouped SET g = {s} WHERE k = {k}',
	'INSERT INTO grouped VALUES ({k}, {s})',
	'DELETE FROM grouped WHERE k = {k}',
	'MERGE INTO {t} b USING (VALUES ({k}, {s})) v (k, s) ON b.k = v.k AND b.score = v.s '
	  . 'WHEN MATCHED THEN UPDATE SET score = 1 '
	  . 'WHEN NOT MATCHED THEN INSERT (k, score) VALUES (k, s)',
);

sub filled
{
	my ($statement) = @_;
	my %of = (t => [qw(base base base_1 base_2)], e => [qw(insert update delete truncate)],
		x => [qw(a q z)], k => [ 1, 2 ], s => [ 0 .. 10, 0 .. 10, 11 ]);
	return $statement =~ s/\{([texks])\}/any(@{ $of{$1} })/ger;
}

# A write, and before it the same without the triggers of the rollup, taken back.
sub written
{
	my $write = filled(any(@writes));
	return join "\n", 'BEGIN;', 'SET LOCAL session_replication_role = replica;', "$write;",
	  '\set alone :ERROR', 'ROLLBACK;', "$write;",
	  '\echo write: :alone :ERROR :LAST_ERROR_MESSAGE';
}

my $anew = q{SET client_min_messages = error;
DROP PUBLICATION IF EXISTS everything;
DROP VIEW IF EXISTS r_source, r_gone_source CASCADE;
DROP TABLE IF EXISTS base, base_2, base_4, r_delta, r_gone, grouped, other_grouped CASCADE;
CREATE TABLE base (k integer, score integer) PARTITION BY LIST (k);
CREATE TABLE base_1 PARTITION OF base FOR VALUES IN (1);
CREATE TABLE base_2 PARTITION OF base FOR VALUES IN (2);
INSERT INTO base SELECT 1 + n % 2, n % 11 FROM generate_series(1, 40) n;
CREATE TABLE grouped (k integer PRIMARY KEY, g integer);
INSERT INTO grouped VALUES (1, 7), (2, 7);
};
my @rollups = (
	'SELECT k, nps_agg(score) AS s FROM base GROUP BY 1',
	'SELECT g AS k, nps_agg(score) AS s FROM base LEFT JOIN grouped USING (k) GROUP BY 1',
	'SELECT g AS k, count(DISTINCT score) AS s FROM base LEFT JOIN grouped USING (k) GROUP BY 1',
);
my $judged = q{
SELECT 'problem: ' || coalesce(problem, 'none') FROM cxm_rollups;
SELECT 'differs' FROM (SELECT * FROM cxm_verify_rollup('r') LIMIT 1) t;
SELECT 'differs' FROM (SELECT k, s FROM r_source EXCEPT ALL SELECT k, s FROM r LIMIT 1) t;
};

my (@unjudged, @silent, @stopped, %problems);
my $writes = 0;
for my $round (1 .. $rounds)
{
	my $script = join "\n",
	  map { (filled(any(@ddl)) . ';', map { written() } 1 .. 1 + rand 3) } 1 .. 1 + rand 3;
	my ($output, $errors);
	my $made = "SELECT 'anew' FROM cxm_create_rollup('r', '$rollups[$round % @rollups]');";
	$script = "$made\n$script";
	$node->psql('postgres', "$anew$script\n$judged", stdout => \$output, stderr => \$errors,
		on_error_stop => 0);
	push @unjudged, "$script\n$errors" unless $output =~ /^anew$/m;
	$writes += () = $output =~ /^write: /mg;
	push @stopped, "$script\n$errors" if $output =~ /^write: false true/m;
	my ($problem) = $output =~ /^problem: (.*)/m;
	$problems{ $problem =~ s/(?:public\.)?\w*[._"]\w*/X/gr }++ if defined $problem;
	push @silent, "$script\n$errors" if $output =~ /^differs$/m && ($problem // '') eq 'none';
}
is(scalar @unjudged, 0, "$rounds rounds from seed $seed") or diag($unjudged[0]);
cmp_ok($writes, '>=', $rounds, "with $writes writes");
is(scalar @stopped, 0, 'none is stopped by the rollup') or diag($stopped[0]);
is(scalar @silent, 0, 'no difference is left untold') or diag($silent[0]);
cmp_ok(scalar keys %problems, '>=', $rounds < 200 ? 1 : 10, 'problems of all kinds are told');
is($node->safe_psql('postgres', 'SELECT pg_postmaster_start_time()'), $started,
	'the server has not restarted');
# PostgreSQL's own is that of a trigger whose namesake a partition has
my @internal = grep { !/cannot rename trigger/ }
  slurp_file($node->logfile) =~ /^XX\w{3}\|(?:ERROR|FATAL|PANIC):.*/mg;
is(scalar @internal, 0, 'nor was there an internal error') or diag($internal[0]);

$node->stop;
done_testing();
