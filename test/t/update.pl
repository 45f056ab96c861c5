# What a released version stored, every later one reads, merges and sends alike; and updated to this
# version its catalog is that of a new installation. Released versions lie in test/frozen, where
# tools/freeze puts them. This version is frozen here as well and given another number, so that
# there is one to update from before the first release.
use strict;
use warnings;
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

use lib 'test';
use SameLines;

my ($version) = slurp_file('cxm.control') =~ /^default_version = '(.*)'$/m;
chomp(my $share = `$ENV{PG_CONFIG} --sharedir`);
my $definitions = slurp_file('test/definitions.sql');

my $node = PostgreSQL::Test::Cluster->new('update');
$node->init;
$node->append_conf('postgresql.conf', 'fsync = off');
$node->start;

sub query { return $node->safe_psql($_[0], $_[1]) }
sub definitions { return query($_[0], "$definitions; SELECT line FROM pg_temp.definitions()") }

# Definitions without the owner's name, which is that of whoever made the cluster.
sub whoever { return $_[0] =~ s/ owner \K("[^"]+"|\S+)(?= rights |$)/whoever/mgr }

sub spew
{
	my ($path, $contents) = @_;
	open my $file, '>', $path or die "$path: $!";
	print $file $contents;
	close $file;
}

sub database
{
	my ($name, $extension) = @_;
	query('postgres', "CREATE DATABASE $name");
	query($name, $extension);
}

sub make_values
{
	$node->command_ok([ 'psql', '-Xq', '-d', $_[0], '-f', 'test/values.sql' ], "values in $_[0]");
}

database('fresh', 'CREATE EXTENSION cxm');
make_values('fresh');
my $fresh_alone = definitions('fresh');
query('fresh', 'CREATE EXTENSION cxm_live');
my $fresh = definitions('fresh');
unlike($fresh, qr/not looked at/, 'every kind of object has its definitions');
like($fresh, qr/^view cxm_rollups: kind v .*public SELECT .* SELECT .*cxm_rollup_list/m,
	'views as well');
unlike($fresh_alone, qr/cxm_rollup|event trigger/, 'and cxm alone has nothing of cxm_live');
my $stored = query('fresh', 'SELECT * FROM kept.stored()');
my $contents = query('fresh', 'SELECT line FROM kept.contents()');

# Laws of frozen values, as queries for true: of a type, and of what is stored, sent and the text.
# The bytes of a table are those of one kind of machine: of 64 bits, the low byte first.
my %laws =
  ('is sent as the same bytes as its text' =>
	  q{SELECT cxm_internal.%1$I_send(%4$L::text::%1$I) = %3$L::bytea});
%laws = (
	%laws,
	'reads as the same text' => q{SELECT frozen.%1$I(%2$L)::text = %4$L},
	'is sent as the same bytes' =>
	  q{SELECT cxm_internal.%1$I_send(frozen.%1$I(%2$L)) = %3$L::bytea},
	'merges into what it is' => q{SELECT (rollup(s) = %4$L::text::%1$I) IS NOT FALSE
		FROM (VALUES (frozen.%1$I(%2$L))) v (s)},
) if unpack('C', pack('S', 1)) == 1 && length(pack('P', '')) == 8;

# The values of a frozen version, put before this version's functions byte for byte.
sub reads_values
{
	my ($database, $frozen) = @_;
	query($database, q{
		CREATE SCHEMA frozen;
		CREATE TABLE frozen.value (type text, name text, stored bytea, sent bytea, value text);
		COPY frozen.value FROM '{values}';
		DO $$
		DECLARE
			type text;
		BEGIN
			FOR type IN SELECT DISTINCT v.type FROM frozen.value v LOOP
				-- byteasend gives back what it was given
				EXECUTE format('CREATE FUNCTION frozen.%I(bytea) RETURNS %1$I
					LANGUAGE internal IMMUTABLE STRICT AS ''byteasend''', type);
			END LOOP;
		END
		$$;
		CREATE FUNCTION frozen.breaks(law text) RETURNS TABLE (type text, name text, outcome text)
			LANGUAGE plpgsql AS $$
		DECLARE
			v frozen.value;
		BEGIN
			FOR v IN TABLE frozen.value LOOP
				-- calendars and stages are not merged
				CONTINUE WHEN law ~ 'rollup' AND NOT EXISTS (SELECT FROM pg_proc
					WHERE proname = 'rollup' AND proargtypes[0] = v.type::regtype);
				BEGIN
					EXECUTE format(law, v.type, v.stored, v.sent, v.value) INTO outcome;
				EXCEPTION WHEN OTHERS THEN
					outcome := SQLSTATE || ' ' || SQLERRM;
				END;
				type := v.type;
				name := v.name;
				IF outcome IS DISTINCT FROM 'true' THEN
					RETURN NEXT;
				END IF;
			END LOOP;
		END
		$$} =~ s/\{values\}/$frozen\/values/r);
	cmp_ok(query($database, 'SELECT count(*) FROM frozen.value'), '>', 100, 'values are frozen');
	for my $law (sort keys %laws)
	{
		is(query($database, "SELECT * FROM frozen.breaks(\$law\$$laws{$law}\$law\$)"),
			'', "each value $law");
	}
}

# One frozen version: it can be installed, updated to this one, and its values are read.
sub updates_from
{
	my ($old, $frozen) = @_;
	my $database = "from_$old" =~ s/\W/_/gr;
	my @scripts = map { m{([^/]+)$} } glob "$frozen/cxm*--$old.sql";
	my $had_live = grep { /^cxm_live/ } @scripts;
	if ($old eq $version)
	{
		is(slurp_file("$frozen/$_"), slurp_file("$share/extension/$_"), "$_ is as it was released")
		  for @scripts;
		same_lines(whoever("$fresh\n"), whoever(slurp_file("$frozen/definitions")),
			'and what it makes');
	}
	else
	{
		database($database, "CREATE EXTENSION cxm VERSION '$old'");
		query($database, "CREATE EXTENSION cxm_live VERSION '$old'") if $had_live;
		my $rolls_up =
		  query($database, q{SELECT to_regproc('cxm_create_rollup') IS NOT NULL}) eq 't';
		make_values($database);
		query($database, q{CREATE TABLE watched (k integer, score integer);
			SELECT cxm_create_rollup('live',
				'SELECT k, nps_agg(score) AS s FROM watched GROUP BY 1')})
		  if $rolls_up;
		my $before = query($database, 'SELECT line FROM kept.contents()');
		my $stored_before = query($database, 'SELECT * FROM kept.stored()');
		query($database, 'ALTER EXTENSION cxm UPDATE');
		is(query($database, "SELECT extversion FROM pg_extension WHERE extname = 'cxm'"),
			$version, "$old is updated to $version");
		same_lines(definitions($database), $fresh_alone,
			"its catalog is that of a new installation") if !$had_live;
		query($database,
			$had_live ? 'ALTER EXTENSION cxm_live UPDATE' : 'CREATE EXTENSION cxm_live');
		same_lines(definitions($database), $fresh, 'and with live rollups as well');
		if ($rolls_up)
		{
			query($database, 'INSERT INTO watched VALUES (1, 10), (2, 0)');
			is(query($database, 'SELECT k, nps(s) FROM live ORDER BY k'), "1|100\n2|-100",
				'a live rollup goes on');
			is(query($database, q{SELECT * FROM cxm_verify_rollup('live')}), '', 'as it should');
			query($database, q{SELECT cxm_drop_rollup('live'); DROP TABLE watched});
		}
		same_lines(query($database, 'SELECT line FROM kept.contents()'), $before,
			'the values are what they were');
		same_lines(query($database, 'SELECT * FROM kept.stored()'), $stored_before, 'to the byte');
		my %old_value = map { /^(\w+\|[^|]*)/ && $1 => 1 } split /\n/, $before;
		same_lines($before,
			join("\n", grep { /^(\w+\|[^|]*)/ && $old_value{$1} } split /\n/, $contents),
			'and as this version makes those that there were');
		query($database, 'DROP SCHEMA kept CASCADE');
		query($database, 'DROP EXTENSION cxm_live; DROP EXTENSION cxm');
		is(query($database, q{SELECT oid::regprocedure FROM pg_proc WHERE probin LIKE '%cxm%'}), '',
			'and of both nothing is left when they are dropped');
	}
	database("reads_$database", 'CREATE EXTENSION cxm');
	reads_values("reads_$database", $frozen);
}

my @frozen = map { m{([^/]+)/$} } glob 'test/frozen/*/';
diag('frozen versions: ' . (join(' ', @frozen) || 'none yet'));
updates_from($_, "$ENV{TESTDIR}/test/frozen/$_") for @frozen;

# A rehearsal, and how the tests above fail: from a script that makes one object less and one
# otherwise, with an update script that does nothing and one that does what it should.
my $rehearsal = PostgreSQL::Test::Utils::tempdir;
my $script = slurp_file("cxm--$version.sql");
$node->command_ok([ 'psql', '-XqAt', '-d', 'fresh', '-c', "COPY (
	SELECT type, name, stored, sent, value FROM kept.stored() JOIN kept.sent() USING (type, name)
	WHERE value IS NOT NULL) TO '$rehearsal/values'" ], 'this version is frozen');
spew($_, $script) for "$rehearsal/cxm--0.0.1.sql", "$share/extension/cxm--0.0.1.sql";
spew("$share/extension/cxm--0.0.1--$version.sql", '');
updates_from('0.0.1', $rehearsal);

my ($dropped) = $script =~ /^(CREATE FUNCTION at_least\(.*?;\nCOMMENT .*?;\n)/ms;
ok($dropped, 'there is a function to do without');
my $lesser = $script =~ s/\Q$dropped\E//r;
$lesser =~ s/^(CREATE FUNCTION promoters\(.*?)IMMUTABLE/$1STABLE/ms or die;
spew("$share/extension/cxm--0.0.2.sql", $lesser);
spew("$share/extension/cxm--0.0.2--$version.sql", '');
database('forgotten', q{CREATE EXTENSION cxm VERSION '0.0.2'});
query('forgotten', 'ALTER EXTENSION cxm UPDATE');
my %forgotten = map { $_ => 1 } split /\n/, definitions('forgotten');
my @missing = grep { !$forgotten{$_} } split /\n/, $fresh_alone;
ok((grep { /^function at_least\(/ } @missing), 'an object that an update forgets is noticed');
ok((grep { /promoters/ } @missing), 'and so is one that it forgets to change');
spew("$share/extension/cxm--0.0.2--$version.sql", "$dropped
	ALTER FUNCTION promoters(rating_summary) IMMUTABLE;");
database('remembered', q{CREATE EXTENSION cxm VERSION '0.0.2'});
query('remembered', 'ALTER EXTENSION cxm UPDATE');
same_lines(definitions('remembered'), $fresh_alone,
	'an update that forgets nothing makes no difference');

# Stored bytes that differ are noticed, too.
database('changed', 'CREATE EXTENSION cxm');
query('changed', qq{
	CREATE TABLE value (type text, name text, stored bytea, sent bytea, value text);
	COPY value FROM '$rehearsal/values';
	CREATE FUNCTION raw(bytea) RETURNS churn_summary LANGUAGE internal STRICT AS 'byteasend'});
is( query('changed', q{SELECT raw(set_byte(stored, 2, get_byte(stored, 2) + 1))::text = value,
		raw(stored)::text = value FROM value WHERE type = 'churn_summary' AND name = 'small'}),
	'f|t', 'a byte that differs makes another value');
like(($node->psql('changed', q{SELECT raw(set_byte(stored, 0, 3)) FROM value
		WHERE type = 'churn_summary' AND name = 'small'}))[2],
	qr/unsupported format version 3 of type churn_summary/, 'and an unknown version is refused');
unlink glob "$share/extension/cxm--0.0.*";

$node->stop;
done_testing();
