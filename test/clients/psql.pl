# psql: types by \gdesc, values as CSV, COPY in text and in binary, prepared statements.
use strict;
use warnings;
use PostgreSQL::Test::Utils;
use Test::More;
use lib 'test/clients';
use client;

start_server();
my $files = PostgreSQL::Test::Utils::tempdir;

sub psql
{
	my ($input) = @_;
	my ($output, $errors);
	my @psql = ('psql', '-X', '-q', '--csv', '-t');
	IPC::Run::run(\@psql, '<', \$input, '>', \$output, '2>', \$errors);
	return $output . $errors;
}

my @kept = rows('SELECT type, send FROM kept ORDER BY type::text');
cmp_ok(scalar @kept, '>=', 12, 'every type');
is(psql(join '', map { "SELECT s FROM kept_$_->[0] \\gdesc\n" } @kept),
	join('', map { "s,$_->[0]\n" } @kept), 'each is known by its name');

for my $format ('csv', 'text', 'binary')
{
	is( psql(join '', map { "\\copy kept_$_->[0] to '$files/$_->[0]' (format $format)
TRUNCATE received_$_->[0];
\\copy received_$_->[0] from '$files/$_->[0]' (format $format)\n" } @kept),
		'', "each is copied out and in: $format");
	my @changed = grep {
		my ($type, $send) = @$_;
		query("SELECT count(*) > 0 AND bool_and($send(k.s) = $send(r.s))
			FROM kept_$type k FULL JOIN received_$type r USING (id)") ne 't'
	} @kept;
	is("@{[ map { $_->[0] } @changed ]}", '', "the same bytes: $format");
}

# Every view of every call, its columns' types and its rows.
my @views = rows('SELECT name, call, rows FROM flat_view ORDER BY name');
my $expected = query(q{
	SELECT string_agg(format('%s,%s', attname, format_type(atttypid, NULL)), E'\n' ORDER BY attnum)
	FROM flat_view JOIN pg_attribute ON attrelid = name::regclass GROUP BY name ORDER BY name});
is(psql(join '', map { "TABLE $_->[0] \\gdesc\n" } @views), "$expected\n",
	'every figure has the type that it has in the server');
my $through_csv = join '', map { <<"SQL" } @views;
\\copy (TABLE $_->[0]) to '$files/$_->[0].csv' (format csv, header)
CREATE TEMP TABLE again_$_->[0] (LIKE $_->[0]);
\\copy again_$_->[0] from '$files/$_->[0].csv' (format csv, header)
SELECT '$_->[0]', missing, again
FROM (SELECT count(*) AS missing FROM (SELECT shown::text FROM $_->[0] shown
		EXCEPT ALL SELECT copied::text FROM again_$_->[0] copied) t) m,
	(SELECT count(*) AS again FROM again_$_->[0]) a
WHERE missing > 0 OR again <> $_->[2];
SQL
is(psql($through_csv), '', 'every figure goes through CSV and is the same');

is(psql(<<'SQL'), "100\n100\n3\n", 'prepared statements');
PREPARE a AS SELECT nps(nps_agg($1)) FROM generate_series(1, 3);
PREPARE b AS SELECT csat(csat_agg($1, $2)) FROM generate_series(1, 3);
PREPARE c (text[]) AS SELECT max(funnel_level(journey, $1)) FROM observation;
EXECUTE a (9);
EXECUTE b (2, '5..1');
EXECUTE c ('{awareness,trial,purchase}');
SQL
SKIP:
{
	skip 'psql has \bind since 16', 1 if `psql --version` =~ / 15/;
	is(psql("SELECT nps(\$1) \\bind 10 \\g\nSELECT csat(csat_agg(whole, \$1), \$2) > 0
		FROM observation \\bind 1..7 5 \\g\n"), "100\nt\n", 'parameters without types: \bind');
}

done_testing();
