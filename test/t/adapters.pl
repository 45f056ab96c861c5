# The adapters: each folder of adapters/ is a system, whose tables layout.sql makes and company.sql
# fills. test/adapters/<system>.sql holds the cases in which the system's own figures are known,
# <system>_company.sql what comes out of the demo company's rows, <system>_older.sql makes the
# layout that of an older version.
use strict;
use warnings;
use IPC::Run;
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

my $node = PostgreSQL::Test::Cluster->new('adapters');
$node->init;
$node->append_conf('postgresql.conf',
	"timezone = 'UTC'\nfsync = off\njit = off\nwork_mem = '32MB'");
$node->start;

# Runs files and commands in one psql; returns what it printed, and what went wrong.
sub run
{
	my ($database, @arguments) = @_;
	my @psql = ($node->installed_command('psql'), '-X', '-q', '-A', '-t', '-v', 'ON_ERROR_STOP=1',
		'-d', $node->connstr($database));
	my ($output, $errors);
	IPC::Run::run([ @psql, @arguments ], '>', \$output, '2>', \$errors);
	return ($output, $errors);
}

sub database
{
	my ($name, $template) = @_;
	$node->safe_psql('postgres', "DROP DATABASE IF EXISTS $name");
	$node->safe_psql('postgres', "CREATE DATABASE $name TEMPLATE @{[ $template // 'template1' ]}");
	return $name;
}

# Runs a file of figures; all of them have to hold. Returns them.
my $figures = q{SELECT number, what, class, theirs, ours, other, CASE class
		WHEN 'equal' THEN ours = theirs
		WHEN 'named' THEN ours IS DISTINCT FROM theirs AND other = theirs
		ELSE ours IS DISTINCT FROM theirs AND ours = other END IS TRUE
	FROM pg_temp.figure ORDER BY nth};
sub figures_hold
{
	my ($database, $file, $name) = @_;
	my ($output, $errors) = run($database, '-f', 'test/adapters/figures.psql', '-o', '/dev/null',
		'-f', $file, '-c', '\o', '-c', $figures);
	my @figures = split /\n/, $output;
	my @wrong = grep { !/\|t$/ } @figures;
	ok(@figures > 0 && !@wrong && $errors eq '', $name) or diag("$errors\n" . join "\n", @wrong);
	return join "\n", @figures;
}

# A session whose settings are as unlike the usual ones as can be.
sub hostile
{
	my ($zone) = @_;
	return "-c TimeZone=$zone -c DateStyle=German -c IntervalStyle=sql_standard "
	  . '-c search_path=hostile,public -c client_min_messages=warning';
}

my @systems = map { m{^adapters/(\w+)/} && $1 ne 'common' ? $1 : () } glob 'adapters/*/';
ok(@systems > 0, 'there are adapters');

my ($output, $errors) = run(database('company'), '-c', 'CREATE EXTENSION cxm',
	'-f', 'examples/company.sql');
is($errors, '', 'the company is loaded');

for my $system (@systems)
{
	my $install = "adapters/$system/install.sql";
	my $cases = "test/adapters/$system.sql";

	#
	# Installation
	#
	database('layout');
	run('layout', '-c', 'CREATE EXTENSION cxm', '-f', "adapters/$system/layout.sql");
	($output, $errors) = run('layout', '-f', $install);
	is("$output$errors", '', "$system: the adapter is installed");
	my $definitions = q{SELECT string_agg(pg_get_viewdef(oid), '' ORDER BY relname)
		FROM pg_class WHERE relkind = 'v' AND relnamespace = '%s'::regnamespace};
	my $first = $node->safe_psql('layout', sprintf $definitions, "cx_$system");
	($output, $errors) = run('layout', '-f', $install);
	is("$output$errors", '', "$system: and installed again");
	is($node->safe_psql('layout', sprintf $definitions, "cx_$system"),
		$first, "$system: which changes nothing");

	# Objects of the same names in a schema that the session's search path puts first.
	$node->safe_psql('layout', q{CREATE SCHEMA hostile; SELECT format('CREATE VIEW hostile.%I AS
		SELECT 1 AS nothing', relname) FROM pg_class WHERE relkind IN ('r', 'v') AND relnamespace
		IN ('public'::regnamespace, 'cx_} . $system . q{'::regnamespace) \gexec});
	{
		local $ENV{PGOPTIONS} = hostile('America/Chicago');
		($output, $errors) = run('layout', '-f', $install);
	}
	is("$output$errors", '', "$system: installed in a hostile session");
	is($node->safe_psql('layout', sprintf $definitions, "cx_$system"),
		$first, "$system: which has no say");

	# A schema that somebody else has made is not touched.
	$node->safe_psql('layout', 'CREATE SCHEMA taken');
	for my $script ('install', 'drop')
	{
		($output, $errors) = run('layout', '-v', 'schema=taken',
			'-f', "adapters/$system/$script.sql");
		like($errors, qr/the schema "taken" is not one that the adapter for $system has made/,
			"$system: $script.sql refuses a schema of others");
	}
	$node->safe_psql('layout',
		"CREATE VIEW public.reader AS SELECT * FROM cx_$system.ticket");
	($output, $errors) = run('layout', '-f', "adapters/$system/drop.sql");
	like($errors, qr/is read by (public\.)?reader/, "$system: nothing is dropped that is read");
	$node->safe_psql('layout', 'DROP VIEW public.reader');

	#
	# What it reads
	#
	my $text = slurp_file($install);
	my %needed;
	for my $statement ($text =~ /INSERT INTO pg_temp.needed VALUES(.*?);/sg)
	{
		$needed{$1} = [ split ' ', $2 ] while $statement =~ /\('([^']+)',\s*'([^']+)'\)/g;
	}
	# What a version may lack is asked for by itself; where it is the id, all of the table.
	my %optional;
	$optional{"$1.$2"} = 1 while $text =~ /has_column\('(\w+)', '(\w+)'\)/g;
	my %reads = map { $_ => 1 } split /\n/, $node->safe_psql('layout', qq{
		SELECT DISTINCT c.relname || '.' || attname
		FROM pg_depend JOIN pg_rewrite r ON r.oid = objid JOIN pg_class v ON v.oid = ev_class
			JOIN pg_class c ON c.oid = refobjid
			JOIN pg_attribute ON attrelid = refobjid AND attnum = refobjsubid
		WHERE classid = 'pg_rewrite'::regclass AND refclassid = 'pg_class'::regclass
			AND v.relnamespace = 'cx_$system'::regnamespace
			AND c.relnamespace = 'public'::regnamespace});
	my @unknown = grep { my ($table, $column) = split /\./; !$optional{$_}
		&& !grep { $_ eq $column } @{ $needed{$table} // [] } } sort keys %reads;
	is("@unknown", '', "$system: every column that the views read is asked for");

	# The session that fails takes its renaming with it.
	my @silent;
	for my $table (sort keys %needed)
	{
		for my $column ('', @{ $needed{$table} })
		{
			next if $optional{"$table.id"} && $column =~ /^(id)?$/;
			my ($renamed, $named) = $column eq '' ? ('RENAME', "the table $table")
			  : (qq{RENAME "$column"}, "the column $table.$column");
			($output, $errors) = run('layout', '-v', 'schema=drift', '-c', 'BEGIN',
				'-c', qq{ALTER TABLE public."$table" $renamed TO renamed}, '-f', $install);
			push @silent, "$table.$column"
			  unless $errors =~ /lacks what the adapter for $system reads: .*\Q$named\E/;
		}
	}
	is("@silent", '', "$system: whatever it needs and is not there, it stops and names it");

	#
	# The cases
	#
	my %figures;
	for my $zone ('UTC', 'Asia/Kathmandu', 'America/Chicago')
	{
		database('cases', 'layout');
		local $ENV{PGOPTIONS} = hostile($zone);
		$figures{ figures_hold('cases', $cases, "$system: the figures hold in $zone") } = 1;
	}
	is(scalar keys %figures, 1, "$system: and are the same in all zones");
	if (-e "test/adapters/${system}_older.sql")
	{
		database('older');
		run('older', '-c', 'CREATE EXTENSION cxm', '-f', "adapters/$system/layout.sql");
		($output, $errors) = run('older', '-f', "test/adapters/${system}_older.sql",
			'-f', $install, '-c', 'CREATE SCHEMA hostile');
		is("$output$errors", '', "$system: installed over an older layout");
		local $ENV{PGOPTIONS} = hostile('UTC');
		$figures{ figures_hold('older', $cases, "$system: which has the same figures") } = 1;
		is(scalar keys %figures, 1, "$system: byte for byte");
	}

	if (my @modules = map { /^(\w+)\.id$/ } sort keys %optional)
	{
		database('bare');
		run('bare', '-c', 'CREATE EXTENSION cxm', '-f', "adapters/$system/layout.sql",
			'-c', 'DROP TABLE ' . join ', ', @modules);
		($output, $errors) = run('bare', '-f', $install, '-c', "TABLE cx_$system.skipped");
		is("$output$errors", '', "$system: installed without @modules");
	}

	($output, $errors) = run('layout', '-f', "adapters/$system/drop.sql");
	is("$output$errors", '', "$system: the adapter is dropped");
	is($node->safe_psql('layout', "SELECT count(*) FROM pg_namespace WHERE nspname = 'cx_$system'"),
		0, "$system: and gone");

	#
	# The company
	#
	($output, $errors) = run(database('filled', 'company'), '-v', "adapter=$system",
		'-f', 'examples/company_in_layout.sql');
	is("$output$errors", '', "$system: the company is in its layout");
	figures_hold('filled', "test/adapters/${system}_company.sql", "$system: and comes out of it");
	is($node->safe_psql('filled', qq{SET search_path = cx_$system, public;
		SELECT what, violations FROM (
			SELECT 'a row without a tenant', count(*) FROM (
				SELECT tenant FROM customer UNION ALL SELECT tenant FROM response
				UNION ALL SELECT tenant FROM ticket UNION ALL SELECT tenant FROM ticket_status
				UNION ALL SELECT tenant FROM reply UNION ALL SELECT tenant FROM subscription
				UNION ALL SELECT tenant FROM invoice UNION ALL SELECT tenant FROM event) t
			WHERE tenant IS NULL
			UNION ALL SELECT 'two customers of one id',
				count(*) - count(DISTINCT (tenant, customer))
			FROM customer
			UNION ALL SELECT 'two responses of one id',
				count(*) - count(DISTINCT (tenant, response))
			FROM response
			UNION ALL SELECT 'two tickets of one id', count(*) - count(DISTINCT (tenant, ticket))
			FROM ticket
			UNION ALL SELECT 'an answer that is not on its scale', count(*) FROM response
			WHERE answer IS NOT NULL AND valid_answer(answer, scale) IS NULL
			UNION ALL SELECT 'an answer before its question', count(*) FROM response
			WHERE answered_at < asked_at
			UNION ALL SELECT 'a reply before the opening', count(*) FROM ticket
			WHERE first_reply_at < opened_at
			UNION ALL SELECT 'moments in the wrong order', count(*) FROM ticket
			WHERE first_resolved_at < opened_at OR resolved_at < first_resolved_at
				OR closed_at < resolved_at
			UNION ALL SELECT 'resolved at an unknown moment', count(*) FROM ticket
			WHERE resolved_at IS NULL AND first_resolved_at IS NOT NULL AND status = 'resolved'
			UNION ALL SELECT 'a pause outside of the ticket', count(*) FROM ticket
			WHERE NOT paused <@ tstzmultirange(tstzrange(opened_at, resolved_at))
			UNION ALL SELECT 'a ticket that does not begin with its opening', count(*)
			FROM ticket JOIN (SELECT tenant, ticket, min(at) AS at,
				count(*) FILTER (WHERE previous IS NULL) AS openings FROM ticket_status
				GROUP BY 1, 2) s USING (tenant, ticket) WHERE at <> opened_at OR openings <> 1
			UNION ALL SELECT 'a change of status that does not go on from the one before', count(*)
			FROM (SELECT previous, lag(stage) OVER w AS before FROM ticket_status
				WINDOW w AS (PARTITION BY tenant, ticket ORDER BY at)) s
			WHERE previous IS DISTINCT FROM before
			UNION ALL SELECT 'a reply before its question', count(*) FROM reply
			WHERE replied_at < waiting_from
			UNION ALL SELECT 'periods of a chain that overlap', count(*)
			FROM (SELECT started_at, max(coalesce(ended_at, 'infinity')) OVER (
				PARTITION BY tenant, chain ORDER BY started_at, ended_at
				ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS before FROM subscription) s
			WHERE before > started_at) v (what, violations)
		WHERE violations <> 0}),
		'', "$system: what holds of any rows holds");

	# What one customer or one ticket needs is found by the system's own indexes.
	my %slow;
	for my $of ('ticket customer_key', 'response customer_key', 'ticket_status ticket_key',
		'reply ticket_key')
	{
		my ($relation, $key) = split ' ', $of;
		my $one = $node->safe_psql('filled', qq{SELECT 1 FROM pg_attribute
			WHERE attrelid = 'cx_$system.$relation'::regclass AND attname = '$key'})
		  && $node->safe_psql('filled', "SELECT max($key) FROM cx_$system.$relation");
		next if !$one;
		my $plan = $node->safe_psql('filled',
			"EXPLAIN SELECT * FROM cx_$system.$relation WHERE $key = '$one'");
		$slow{"$of: $_"} = 1 for grep {
			$node->safe_psql('filled', "SELECT reltuples > 1000 FROM pg_class
				WHERE relname = '$_' AND relkind = 'r'") =~ /t/ } $plan =~ /Seq Scan on (\w+)/g;
	}
	is(join(', ', sort keys %slow), '', "$system: one of many is found by an index");
}

$node->stop;
done_testing();
