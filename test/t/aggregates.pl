# Every aggregate works in two halves on two machines, as Citus takes it, and means the same
# whatever the locale of the database and the settings of the session.
use strict;
use warnings;
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

my $node = PostgreSQL::Test::Cluster->new('aggregates');
$node->init;
$node->append_conf('postgresql.conf', 'fsync = off');
$node->start;

my $database = 'postgres';
my $fixture = slurp_file('test/every_aggregate.sql');

sub query { return $node->safe_psql($database, $_[0]) }

query($fixture);
is(query('TABLE without_call'), '', 'there is a call of every aggregate and of every reading');
is( query(q{
		SELECT type FROM extension_type EXCEPT SELECT atttypid::regtype FROM pg_attribute
		WHERE attrelid = 'observation'::regclass}),
	'', 'and a column of every type');

is( query(q{
		SELECT function FROM extension_function JOIN pg_aggregate ON aggfnoid = oid
		WHERE aggfinalextra OR aggmfinalextra OR aggkind <> 'n' OR agginitval IS NOT NULL}),
	'', 'no final function asks for more than the state, and each state begins as NULL');
is( query(q{
		SELECT function FROM extension_function JOIN pg_type ON pg_type.oid = prorettype
		WHERE prokind = 'a' AND (typtype = 'p' OR proretset)}),
	'', 'every aggregate has a fixed result type');

# An aggregate's two halves, as two aggregates: the rows' state, which travels as text, and what the
# states come to. NULL stands before, between and after them.
query('CREATE SCHEMA half');
query(<<'SQL');
CREATE FUNCTION half.law(call text, function regprocedure) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
	a pg_aggregate := (SELECT pg_aggregate FROM pg_aggregate WHERE aggfnoid = function);
	arguments text := pg_get_function_arguments(function);
	final text := CASE WHEN a.aggfinalfn <> 0 THEN ', FINALFUNC = ' || a.aggfinalfn END;
	result text;
BEGIN
	EXECUTE format('CREATE AGGREGATE half.partial(%s) (SFUNC = %s, STYPE = %s)',
		arguments, a.aggtransfn, a.aggtranstype::regtype);
	EXECUTE format('CREATE AGGREGATE half.combined(%1$s) (SFUNC = %2$s, STYPE = %1$s%3$s)',
		a.aggtranstype::regtype, a.aggcombinefn, final);
	EXECUTE format('
		SELECT concat_ws('' '', whole IS NOT NULL, record_image_eq(row(whole), row(combined)),
			record_image_eq(row(nothing), row(combined_nothing)),
			record_image_eq(row(nothing), row(one_nothing)))
		FROM (SELECT %1$s AS whole, %1$s FILTER (WHERE false) AS nothing FROM observation) w,
			(SELECT half.combined(s::text::%2$s ORDER BY place) AS combined,
				half.combined(NULL::%2$s) AS combined_nothing,
				half.combined(NULL::%2$s) FILTER (WHERE place = 1) AS one_nothing
			FROM (SELECT part * 3 AS place, half.partial%3$s AS s FROM observation GROUP BY part
				UNION ALL SELECT part * 3 + nulls - 3, NULL FROM observation,
					generate_series(1, 2) nulls GROUP BY part, nulls) t) c',
		call, a.aggtranstype::regtype, substr(call, strpos(call, '('))) INTO result;
	EXECUTE format('DROP AGGREGATE half.partial(%s), half.combined(%s)',
		arguments, a.aggtranstype::regtype);
	RETURN result;
END
$$;
CREATE TABLE half.law_of AS SELECT function, half.law(call, function) FROM aggregate_call;
SQL
is(query(q{SELECT * FROM half.law_of WHERE law IS DISTINCT FROM 't t t t'}), '',
	'texts of the states of parts, with NULLs among them, combine to the whole');
is( query('SELECT count(DISTINCT function) FROM half.law_of'),
	query(q{SELECT count(*) FROM extension_function
		WHERE prokind = 'a' AND function::text <> 'activity_agg(timestamp with time zone)'}),
	'of every aggregate');

# Every call's result, as a digest of what the send functions give; a record's names no types.
my $digest = <<'SQL';
CREATE FUNCTION digest(call text, source text, function regprocedure) RETURNS text
LANGUAGE plpgsql AS $$
DECLARE
	t pg_type := (SELECT pg_type FROM pg_type, pg_proc
		WHERE pg_proc.oid = function AND pg_type.oid = prorettype);
	sent text := t.typsend || '(x)';
	result text;
BEGIN
	IF t.typtype = 'c' THEN
		SELECT string_agg(format('coalesce(%s((x).%I), ''NULL'')', typsend, attname), ' || ')
			INTO sent
		FROM pg_attribute JOIN pg_type ON pg_type.oid = atttypid WHERE attrelid = t.typrelid;
	END IF;
	EXECUTE format('SELECT md5(string_agg(%s, '''')) FROM (SELECT %s AS x FROM %s) t',
		sent, call, source) INTO result;
	RETURN call || ': ' || coalesce(result, 'NULL');
END
$$;
SQL

sub digests
{
	return query(q{
		SELECT digest(call, 'observation', function) FROM aggregate_call ORDER BY call COLLATE "C";
		SELECT digest(call, 'total', function) FROM reading_call ORDER BY call COLLATE "C"});
}

my @databases = ([ plain => q{LOCALE 'C'} ], [ utf8 => q{LOCALE 'C.UTF-8'} ]);
if (query(q{SELECT count(*) FROM pg_collation WHERE collprovider = 'i'}))
{
	push @databases, [ turkish => q{LOCALE 'C.UTF-8' LOCALE_PROVIDER icu ICU_LOCALE 'tr'} ],
	  [ capitals_first => q{LOCALE 'C.UTF-8' LOCALE_PROVIDER icu ICU_LOCALE 'ne-u-kf-upper'} ];
}
my @settings = (
	q{DateStyle = 'SQL, DMY'}, q{TimeZone = 'Asia/Kathmandu'},
	q{IntervalStyle = 'sql_standard'}, q{extra_float_digits = -15});

my $expected;
for (@databases)
{
	($database, my $locale) = @$_;
	$node->safe_psql('postgres',
		"CREATE DATABASE $database TEMPLATE template0 ENCODING 'UTF8' $locale");
	query("ALTER DATABASE $database SET $_") for $expected ? @settings : ();
	query($fixture . $digest);
	my $found = digests();
	$expected //= $found;
	is($found, $expected, "the same bytes of every call: $locale");
}
unlike($expected, qr/: NULL$/m, 'and no call gave NULL');
is( scalar(() = $expected =~ /: \w+$/mg),
	query('SELECT (SELECT count(*) FROM aggregate_call) + (SELECT count(*) FROM reading_call)'),
	'and none was forgotten');

SKIP:
{
	skip 'no ICU', 1 if $database eq 'utf8';
	query(<<'SQL');
CREATE COLLATION loose (provider = icu, locale = 'und-u-ks-level1', deterministic = false);
DO $$
DECLARE
	texts record;
BEGIN
	FOR texts IN SELECT attrelid::regclass AS relation, attname FROM pg_attribute
		WHERE attrelid IN ('observation'::regclass, 'total'::regclass)
			AND atttypid = 'text'::regtype
	LOOP
		EXECUTE format('ALTER TABLE %s ALTER %I TYPE text COLLATE loose',
			texts.relation, texts.attname);
	END LOOP;
END
$$;
SQL
	is(digests(), $expected, 'the same bytes under a collation that ignores accents and case');
}

$node->stop;
done_testing();
