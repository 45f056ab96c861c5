# What every client has to manage: each type there and back, each figure as the type it has in the
# server, parameters. A client is a function: ask(SQL, parameters) returns the names of the columns'
# types as the driver reports them, the rows, and the SQLSTATE of an error.
#
# A parameter is [ type => value ] with one of the types integer, bigint, double, numeric, text,
# text[] (a list), timestamptz, interval; or [ binary => type, hexadecimal ]; or [ native => SQL ]:
# the first value of that query, in whatever the driver makes of it.
package client;
use strict;
use warnings;
use Exporter 'import';
use IPC::Run;
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

our @EXPORT = qw(start_server server start_program check_client query rows);

my $node;

# A server on a free port of the loopback interface, where a password is asked for. Its database
# belongs to an analyst, who has installed cxm there.
sub start_server
{
	my $password = join '', map { sprintf '%04x', rand 2**16 } 1 .. 8;
	$node = PostgreSQL::Test::Cluster->new('clients');
	$node->init;
	$node->append_conf('postgresql.conf', "listen_addresses = '127.0.0.1'\nfsync = off");
	unlink $node->data_dir . '/pg_hba.conf';
	$node->append_conf('pg_hba.conf',
		"local all all trust\nhost all analyst 127.0.0.1/32 scram-sha-256\n");
	$node->start;
	$node->safe_psql('postgres', "CREATE ROLE analyst LOGIN PASSWORD '$password'");
	$node->safe_psql('postgres', 'CREATE DATABASE clients OWNER analyst');

	$ENV{CXM_SOCKETS} = $node->host;
	@ENV{qw(PGHOST PGPORT PGUSER PGPASSWORD PGDATABASE)} =
	  ('127.0.0.1', $node->port, 'analyst', $password, 'clients');

	query(slurp_file('test/every_aggregate.sql'));
	query(<<'SQL');
-- Some values of each type, a table each; and one to write them back to.
CREATE TABLE kept (type regtype PRIMARY KEY, send regproc);
INSERT INTO kept SELECT type, typsend FROM extension_type;
DO $$
DECLARE
	kept record;
BEGIN
	FOR kept IN SELECT DISTINCT ON (type) type, attname, EXISTS (SELECT FROM extension_function
				WHERE proname = 'rollup' AND proargtypes[0] = type) AS rolls_up
			FROM extension_type, pg_attribute
			WHERE attrelid = 'observation'::regclass AND atttypid = type ORDER BY type, attnum LOOP
		EXECUTE format('CREATE TABLE kept_%1$s AS SELECT row_number() OVER ()::integer AS id, s
			FROM (SELECT %2$s AS s FROM observation WHERE n <= 20 %3$s) t
			WHERE s IS NOT NULL',
			kept.type, kept.attname, CASE WHEN kept.rolls_up THEN format('UNION ALL
				SELECT rollup(%1$s) FROM observation GROUP BY part UNION ALL
				SELECT rollup(%1$s) FROM observation', kept.attname) END);
		EXECUTE format('CREATE TABLE received_%1$s (LIKE kept_%1$s)', kept.type);
	END LOOP;
END
$$;
-- A view of each call, its record or set laid flat: tools that only know tables read these.
CREATE TABLE flat_view (name text PRIMARY KEY, call text, rows bigint);
DO $$
DECLARE
	calls record;
	flat text;
BEGIN
	FOR calls IN SELECT row_number() OVER (ORDER BY call COLLATE "C") AS n, *
			FROM (SELECT call, function, 'observation' AS source FROM aggregate_call
				UNION ALL SELECT call, function, 'total' FROM reading_call) c LOOP
		flat := CASE WHEN 'c' = (SELECT typtype
			FROM pg_proc JOIN pg_type ON pg_type.oid = prorettype
			WHERE pg_proc.oid = calls.function) THEN '(value).*' ELSE 'value' END;
		EXECUTE format('CREATE VIEW view_%s AS SELECT %s FROM (SELECT %s AS value FROM %s) t',
			calls.n, flat, calls.call, calls.source);
		EXECUTE format('INSERT INTO flat_view SELECT %1$L, $1, count(*) FROM %1$s',
			'view_' || calls.n) USING calls.call;
	END LOOP;
END
$$;
SQL
	return;
}

# Directly, as the analyst.
sub query
{
	return $node->safe_psql('clients', $_[0],
		connstr => "host=$ENV{CXM_SOCKETS} port=$ENV{PGPORT} dbname=clients user=analyst");
}

sub rows { return map { [ split /\|/, $_, -1 ] } split /\n/, query($_[0]) }

sub escaped
{
	my ($text) = @_;
	return '\N' unless defined $text;
	my %escape = ("\\" => '\\\\', "\t" => '\t', "\n" => '\n');
	return $text =~ s/([\\\t\n])/$escape{$1}/gr;
}

sub unescaped
{
	my ($text) = @_;
	return undef if $text eq '\N';
	my %meant = ("\\" => "\\", t => "\t", n => "\n");
	return $text =~ s/\\([\\tn])/$meant{$1}/ger;
}

# A client that is a program of its own: one line a request, fields separated by tabs; it answers
# with the lines "types", "row" ... or "error", and "done".
sub start_program
{
	my @command = @_;
	my ($requests, $answers, $errors) = ('', '', '');
	my $timer = IPC::Run::timeout($PostgreSQL::Test::Utils::timeout_default);
	my $program =
	  IPC::Run::start(\@command, '<', \$requests, '>', \$answers, '2>', \$errors, $timer);
	my $ask = sub {
		my ($sql, @parameters) = @_;
		my @fields = ($sql =~ s/\s+/ /gr, map {
				my ($type, @value) = @$_;
				ref $value[0] ? ($type, join ',', @{ $value[0] }) : ($type, join ' ', @value)
		} @parameters);
		$answers = '';
		$requests .= join("\t", map { escaped($_) } @fields) . "\n";
		$program->pump while $answers !~ /^done\n/m && $program->pumpable;
		my %answer = (rows => []);
		for (split /\n/, $answers)
		{
			my ($kind, @values) = map { unescaped($_) } split /\t/, $_, -1;
			push @{ $answer{rows} }, \@values if $kind eq 'row';
			$answer{types} = \@values if $kind eq 'types';
			@answer{qw(error message)} = @values if $kind eq 'error';
		}
		die "the client broke off: $errors" if $answers !~ /^done\n/m;
		return \%answer;
	};
	return ($ask, sub { $program->finish });
}

# The statements that tools prepare, each with the same in plain SQL.
my @prepared = (
	[ 'SELECT nps(nps_agg($1)) FROM generate_series(1, 3)', [ [ integer => 9 ] ], '100' ],
	[ 'SELECT nps($1) FROM generate_series(1, 3)', [ [ double => 6 ] ], '-100' ],
	[ 'SELECT nps($1) FROM generate_series(1, 3)', [ [ bigint => 8 ] ], '0' ],
	[ 'SELECT csat($1) FROM generate_series(1, 3)', [ [ numeric => '4' ] ], '100' ],
	[
		'SELECT csat(csat_agg($1, $2)) FROM observation',
		[ [ integer => 2 ], [ text => '5..1' ] ], '100'
	],
	[
		'SELECT csat(csat_agg(whole, $1), $2) FROM observation',
		[ [ text => '1..7' ], [ double => 5 ] ],
		q{csat(csat_agg(whole, '1..7'), 5) FROM observation}
	],
	[
		'SELECT round((f).from_first::numeric, 4) FROM (SELECT funnel(funnel_agg(journey, $1,
			CAST($2 AS interval), CAST($3 AS timestamptz))) AS f FROM observation) t
			WHERE (f).step = 2',
		[
			[ 'text[]' => [ 'awareness', 'trial' ] ], [ interval => '3 days' ],
			[ timestamptz => '2026-01-01 00:00:00+00' ]
		],
		q{round((f).from_first::numeric, 4) FROM (SELECT funnel(funnel_agg(journey,
			'{awareness,trial}', '3 days', timestamptz '2026-01-01Z')) AS f FROM observation) t
			WHERE (f).step = 2}
	],
	[
		'SELECT sum(funnel_level(journey, $1)) FROM observation',
		[ [ 'text[]' => [ 'awareness', 'trial', 'purchase' ] ] ],
		q{sum(funnel_level(journey, '{awareness,trial,purchase}')) FROM observation}
	],
	[
		'SELECT survival(survival_agg(duration, yes), $1) FROM observation',
		[ [ integer => 40 ] ], 'survival(survival_agg(duration, yes), 40) FROM observation'
	],
);

# All of it. %option: name; type_of: what the driver calls a type of the server, or undef where its
# own name; binary_parameters, binary_results: can it?
sub check_client
{
	my ($ask, %option) = @_;
	my $name = $option{name};
	my $driver_type = sub { $option{type_of} && $option{type_of}->($_[0]) || $_[0] };

	my (@types, @texts, @binaries);
	my @kept = rows('SELECT type, send FROM kept ORDER BY type::text');
	for (@kept)
	{
		my ($type, $send) = @$_;
		my $read = $ask->("SELECT id, s FROM kept_$type ORDER BY id");
		push @types, $type if $read->{types}[1] ne $driver_type->($type);
		my @sent = rows("SELECT id, encode($send(s), 'hex'), s FROM kept_$type ORDER BY id");

		query("TRUNCATE received_$type");
		for (@{ $read->{rows} })
		{
			my ($id, $value) = @$_;
			$value = $ask->("SELECT CAST(s AS text) FROM kept_$type WHERE id = \$1",
				[ integer => $id ])->{rows}[0][0] if $option{binary_results};
			$ask->("INSERT INTO received_$type VALUES (\$1, CAST(\$2 AS $type))",
				[ integer => $id ], [ text => $value ]);
		}
		my $back = "SELECT id, encode($send(s), 'hex'), s FROM received_$type ORDER BY id";
		push @texts, $type if !@sent || query($back) ne join "\n", map { join '|', @$_ } @sent;

		if ($option{binary_results})
		{
			my $bytes = join ' ', map { "binary:$_->[1]" } @sent;
			push @binaries, $type if $bytes ne join ' ', map { $_->[1] } @{ $read->{rows} };
		}
		next unless $option{binary_parameters};
		query("TRUNCATE received_$type");
		$ask->("INSERT INTO received_$type VALUES (\$1, \$2)",
			[ integer => $_->[0] ], [ binary => $type, $_->[1] ]) for @sent;
		push @binaries, $type if query($back) ne join "\n", map { join '|', @$_ } @sent;
	}
	cmp_ok(scalar @kept, '>=', 12, "$name reads every type");
	is("@types", '', "$name: the driver knows each by its name");
	is("@texts", '', "$name: each comes back as text, the same bytes");
	is("@binaries", '', "$name: and in binary")
	  if $option{binary_parameters} || $option{binary_results};

	# Every figure: its type, the number of its rows, and the first row's value as a parameter.
	my %seen;
	my (@wrong_types, @wrong_values);
	my %columns;
	push @{ $columns{ $_->[0] } }, $_ for rows(q{
		SELECT name, attname, typname, atttypid::regtype
		FROM flat_view JOIN pg_attribute ON attrelid = name::regclass
			JOIN pg_type ON pg_type.oid = atttypid ORDER BY name, attnum});
	for (rows('SELECT name, call, rows FROM flat_view ORDER BY name'))
	{
		my ($view, $call, $rows) = @$_;
		my @columns = @{ $columns{$view} };
		my $read = $ask->("SELECT * FROM $view");
		my $expected = join ' ', map { $driver_type->($_->[2]) } @columns;
		push @wrong_types, "$call: $expected, not @{$read->{types} // [$read->{message}]}"
		  if $expected ne join ' ', @{ $read->{types} // [] };
		push @wrong_values, "$call: rows" if @{ $read->{rows} } != $rows;
		for (@columns)
		{
			my (undef, $column, $typname, $type) = @$_;
			$seen{$typname} = 1;
			my $first = "(SELECT \"$column\" FROM $view LIMIT 1)";
			my $same = $ask->("SELECT CAST(\$1 AS $type) IS NOT DISTINCT FROM $first",
				[ native => "SELECT \"$column\" FROM $view LIMIT 1" ]);
			push @wrong_values, "$call: $column " . ($same->{message} // '')
			  if ($same->{rows}[0][0] // '') !~ /^(1|t|true)$/;
		}
	}
	is(join("\n", @wrong_types), '', "$name: every figure has the type that it has in the server");
	is(join("\n", @wrong_values), '', "$name: every value that was read can be written, and is it");
	is(join(' ', grep { !$seen{$_} } qw(float8 int8 interval timestamptz)), '',
		"$name: there were metrics, counts, durations and times");

	for (@prepared)
	{
		my ($sql, $parameters, $plain) = @$_;
		my $expected = query("SELECT $plain");
		my @wrong = grep { $_ != $expected }
		  map { $_->{rows}[0][0] // die $_->{message} } map { $ask->($sql, @$parameters) } 1 .. 7;
		is("@wrong", '', "$name: " . $sql =~ s/\s+/ /gr);
	}

	my $refused = $ask->('SELECT nps($1)', [ integer => 11 ]);
	like("$refused->{error} $refused->{message}", qr/^22\w{3} .*answer 11 is outside the scale/s,
		"$name: an error has its SQLSTATE");
	cmp_ok($ask->('SELECT nps($1)', [ integer => 10 ])->{rows}[0][0] // 0,
		'==', 100, "$name: and life goes on");
	return;
}

1;
