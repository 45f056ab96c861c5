# The values of test/values.sql, some of every type, stay what they are: through pg_dump and
# pg_restore, COPY, a physical standby, logical replication, and the extension's going and coming.
use strict;
use warnings;
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

use lib 'test';
use SameLines;

my $primary = PostgreSQL::Test::Cluster->new('primary');
$primary->init(allows_streaming => 'logical');
$primary->append_conf('postgresql.conf', <<'END');
fsync = off
wal_receiver_status_interval = 1
END
$primary->start;
$primary->backup('base');
my $standby = PostgreSQL::Test::Cluster->new('standby');
$standby->init_from_backup($primary, 'base', has_streaming => 1);
$standby->start;

sub query
{
	my ($database, $query) = @_;
	return $primary->safe_psql($database, $query);
}

sub contents { return query($_[0], 'SELECT line FROM kept.contents()') }

# What lies in the tables but for the states, which become canonical on their way.
sub stored
{
	return query($_[0], q{SELECT type, name, stored FROM kept.stored() WHERE name <> 'state'});
}

# The slots are there before the values: every one of them is streamed.
query('postgres', 'CREATE DATABASE original');
query('original', 'CREATE EXTENSION cxm; CREATE PUBLICATION everything FOR ALL TABLES');
query('original', "SELECT pg_create_logical_replication_slot('by_$_', 'pgoutput')")
  for qw(text binary);
$primary->command_ok([ 'psql', '-XqAt', '-d', 'original', '-f', 'test/values.sql' ],
	'the values are made');
query('original', <<'SQL');
CREATE ROLE analyst;
REVOKE EXECUTE ON FUNCTION nps(rating_summary), rollup(rating_summary) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION nps(rating_summary) TO analyst;
SQL

my $contents = contents('original');
my $stored = stored('original');

# No type was forgotten, and nothing of it: the fixture's tables come from the catalog.
is(query('original', q{
		SELECT t.name FROM kept.type t WHERE (SELECT count(*) FROM kept.sent() s
			WHERE s.type = t.name AND value IS NOT NULL) < CASE WHEN base THEN 5 ELSE 1 END}),
	'', 'there are values of every type');
is(query('original', q{
		SELECT name FROM kept.type t WHERE base AND (
			SELECT count(*) FROM kept.sent() s WHERE s.type = t.name
				AND s.name IN ('small', 'empty', 'blank', 'state', 'small times 2^48')) <
			CASE WHEN EXISTS (SELECT FROM pg_operator WHERE oprname = '-' AND oprleft = t.oid)
				THEN 3 ELSE 1 END}),
	'', 'small ones, and of what counts nothing at all and wide ones');
cmp_ok(scalar(split /\n/, $contents), '>', 400, 'they are many');

#
# pg_dump and pg_restore
#

my $directory = PostgreSQL::Test::Utils::tempdir;

# Who may call what: the functions of cxm whose rights are not the default ones.
sub rights
{
	return query($_[0], q{SELECT oid::regprocedure, proacl FROM pg_proc
		WHERE proacl IS NOT NULL AND pronamespace = 'public'::regnamespace ORDER BY 1});
}

my %restore = (
	plain => [ 'psql', '-Xq', '-v', 'ON_ERROR_STOP=1', '-f' ],
	custom => [ 'pg_restore', '--exit-on-error', '-j', '4' ],
	directory => [ 'pg_restore', '--exit-on-error', '-j', '4' ],
);
for my $format (sort keys %restore)
{
	my $restored = "restored_$format";
	my @jobs = $format eq 'directory' ? ('-j', '4') : ();
	$primary->command_ok(
		[ 'pg_dump', '-F', $format, @jobs, '-f', "$directory/$format", 'original' ],
		"pg_dump, $format");
	query('postgres', "CREATE DATABASE $restored");
	my @command = @{ $restore{$format} };
	splice @command, 1, 0, '-d', $restored;
	$primary->command_ok([ @command, "$directory/$format" ], "restore, $format");
	same_lines(contents($restored), $contents, "the same values after pg_dump, $format");
	same_lines(stored($restored), $stored, "stored as the same bytes after pg_dump, $format");
	is(rights($restored), rights('original'), "the same rights after pg_dump, $format");
}
like(rights('original'), qr/^nps\(rating_summary\)\|.*analyst=X/m, 'and rights there were');

#
# COPY and casts
#

for my $format ('text', 'csv', 'binary')
{
	query('original', qq{
		DO \$\$
		DECLARE
			type kept.type;
		BEGIN
			FOR type IN TABLE kept.type LOOP
				EXECUTE format('COPY kept.%I TO ''$directory/copy'' (FORMAT $format)', type.name);
				EXECUTE format('CREATE TEMP TABLE %1\$I (LIKE kept.%1\$I)', type.name);
				EXECUTE format('COPY pg_temp.%I FROM ''$directory/copy'' (FORMAT $format)',
					type.name);
				EXECUTE format('DO \$body\$ BEGIN
						ASSERT (SELECT count(*) = (SELECT count(*) FROM kept.%1\$I)
								AND bool_and(%2\$s(a.value) IS NOT DISTINCT FROM %2\$s(b.value)
									AND a.value::text IS NOT DISTINCT FROM b.value::text)
							FROM kept.%1\$I a JOIN pg_temp.%1\$I b USING (name)), %1\$L;
					END \$body\$', type.name, type.send);
			END LOOP;
		END
		\$\$});
	pass("the same values after COPY, $format");
}
my $through_json = query('original', q{
	CREATE FUNCTION pg_temp.changed(type text) RETURNS bigint LANGUAGE plpgsql AS $$
	DECLARE
		changed bigint;
	BEGIN
		EXECUTE format('SELECT count(*) FILTER (WHERE
				%2$s(value::jsonb::%1$s) IS DISTINCT FROM %2$s(value)
				OR %2$s(value::text::%1$s) IS DISTINCT FROM %2$s(value)
				OR value::json::text IS DISTINCT FROM value::text)
			FROM kept.%1$I', type, (SELECT send FROM kept.type t WHERE t.name = type)) INTO changed;
		RETURN changed;
	END
	$$;
	SELECT count(*), sum(pg_temp.changed(name)) FROM kept.type t
	WHERE EXISTS (SELECT FROM pg_cast WHERE castsource = t.oid AND casttarget = 'jsonb'::regtype)});
like($through_json, qr/^\d+\|0$/, 'the same values through json, jsonb and text');
cmp_ok($through_json, '>=', 10, 'of all summaries') or diag $through_json;
is( query('original', q{
		BEGIN;
		CREATE TEMP TABLE before AS SELECT * FROM kept.sent();
		ALTER FUNCTION kept.sent() RESET ALL;
		SET bytea_output = escape; SET extra_float_digits = -15; SET DateStyle = 'German, DMY';
		SET TimeZone = 'Asia/Kathmandu'; SET IntervalStyle = sql_standard;
		SELECT count(*) FILTER (WHERE base), count(*) FILTER (WHERE NOT base) > 0
		FROM kept.sent() a JOIN before b USING (type, name) JOIN kept.type t ON t.name = type
		WHERE a.value <> b.value;
		ROLLBACK}),
	'0|t', 'text depends on no setting, other than that of composites');

#
# A physical standby
#

$primary->wait_for_catchup($standby);
same_lines($standby->safe_psql('original', 'SELECT line FROM kept.contents()'),
	$contents, 'a standby reads the same values');
same_lines($standby->safe_psql('original', 'SELECT * FROM kept.stored()'),
	query('original', 'SELECT * FROM kept.stored()'), 'and has the same bytes');
is($standby->safe_psql('original', 'SELECT rollup(value) FROM kept.survival_summary'),
	query('original', 'SELECT rollup(value) FROM kept.survival_summary'), 'and merges them alike');
$standby->stop;

#
# Logical replication, of text and of what is sent
#

$primary->command_ok([ 'pg_dump', '--schema-only', '--no-publications', '-f', "$directory/schema",
	'original' ], 'the schema for subscribers');
for my $format ('text', 'binary')
{
	query('postgres', "CREATE DATABASE by_$format");
	$primary->command_ok([ 'psql', '-Xq', '-v', 'ON_ERROR_STOP=1', '-d', "by_$format", '-f',
		"$directory/schema" ], "a subscriber, $format");
	my $binary = $format eq 'binary' ? 'true' : 'false';
	my $connection = $primary->connstr('original') =~ s/'/''/gr;
	query("by_$format", "CREATE SUBSCRIPTION by_$format CONNECTION '$connection'
		PUBLICATION everything
		WITH (create_slot = false, copy_data = false, binary = $binary)");
}

sub replicas
{
	my ($what, $query, $expected) = @_;
	for my $format ('text', 'binary')
	{
		$primary->wait_for_catchup("by_$format");
		same_lines(query("by_$format", $query), $expected, "$what, $format");
	}
}

$primary->wait_for_catchup("by_$_") for qw(text binary);
query("by_$_", 'REFRESH MATERIALIZED VIEW kept.rolled_up') for qw(text binary);
replicas('a subscriber has the same values', 'SELECT line FROM kept.contents()', $contents);
replicas('stored as the same bytes',
	q{SELECT type, name, stored FROM kept.stored() WHERE name <> 'state'}, $stored);

# Rows without a key are found by comparing all columns, and so by our operators.
query('original', q{
	ALTER TABLE kept.by_summary_0 REPLICA IDENTITY FULL;
	ALTER TABLE kept.by_summary_1 REPLICA IDENTITY FULL;
	DELETE FROM kept.by_summary WHERE value = (SELECT value FROM kept.survival_summary
		WHERE name = 'small');
	UPDATE kept.by_summary SET value = value + value WHERE value = (
		SELECT value FROM kept.survival_summary WHERE name = 'far apart')});
my $by_summary = query('original', 'SELECT value::text FROM kept.by_summary ORDER BY 1');
replicas('a row is found by its summary',
	'SELECT value::text FROM kept.by_summary ORDER BY 1', $by_summary);
query("by_$_", "DROP SUBSCRIPTION by_$_") for qw(text binary);

#
# The extension goes and comes
#

my ($status, undef, $refusal) = $primary->psql('original', 'DROP EXTENSION cxm');
isnt($status, 0, 'cxm is not dropped from under what depends on it');
like($refusal, qr/cannot drop extension cxm because other objects depend on it/, 'and why');
query('postgres', 'CREATE DATABASE another TEMPLATE restored_custom');
same_lines(contents('another'), $contents, 'a database made from a template holds the same');
query('another', 'DROP EXTENSION cxm CASCADE; DROP SCHEMA kept CASCADE');
is(query('another', q{SELECT count(*) FROM pg_proc WHERE probin LIKE '%cxm%'}),
	'0', 'dropped with cascade, nothing is left');
query('another', 'CREATE EXTENSION cxm');
$primary->command_ok([ 'psql', '-XqAt', '-d', 'another', '-f', 'test/values.sql' ],
	'created again, the values are made again');
same_lines(contents('another'), $contents, 'and are the same');
query('another', 'DROP SCHEMA kept CASCADE; DROP EXTENSION cxm');
is(query('another', q{SELECT count(*) FROM pg_proc WHERE probin LIKE '%cxm%'}),
	'0', 'and where nothing depends on it, cxm is dropped without cascade');

$primary->stop;
done_testing();
