# The house is in order: each concept has its room in every folder, the version stands in one file,
# and no line of code is longer than 100 columns.
use strict;
use warnings;
use Encode;
use JSON::PP;
use Test::More;
use Text::Tabs;
$tabstop = 4;

sub slurp
{
	my ($path) = @_;
	open my $file, '<', $path or return '';
	local $/;
	return <$file>;
}

# The headings of a page, as links name them.
sub anchors
{
	my ($path) = @_;
	my $prose = (slurp($path) =~ s/^([ \t]*)```.*?^\1```$//msgr);
	return map { (lc decode_utf8($_)) =~ s/[^\w\s-]//gr =~ tr/ /-/r } $prose =~ /^#+ +(.*)$/mg;
}

sub leads_somewhere
{
	my ($page, $link) = @_;
	return 1 if $link =~ m{^https?://};
	my ($path, $anchor) = $link =~ /^([^#]*)#?(.*)$/;
	my $target = $path eq '' ? $page : ($page =~ s{[^/]*$}{}r) . $path;
	return -e $target && ($anchor eq '' || grep { $_ eq $anchor } anchors($target));
}

my ($concepts, $of_live) = map { slurp('Makefile') =~ /^$_ = ((?:.*\\\n)*.*)$/m }
  qw(CONCEPTS LIVE_CONCEPTS);
for my $path (grep { $_ ne '\\' } split ' ', "$concepts $of_live")
{
	my ($concept) = $path =~ m{([^/]*)$};
	my @missing = grep { !-e } "src/$path.c", "sql/$path.sql", "test/$path.sql",
	  "docs/$path.md", "expected/$concept.out";
	is("@missing", '', "$concept has its file in every folder");
}

# What is run and what is expected of it: a file each, wherever in test/ the first one lies.
my ($folders) = slurp('Makefile') =~ /^TEST_FOLDERS = (.*)$/m;
my %tests;
$tests{ s{.*/|\.\w+$}{}gr }++
  for map { glob "test/$_/*.{sql,spec}" } split ' ', $folders;
$tests{ s{.*/|\.out$}{}gr } += 2 for glob 'expected/*.out';
is(join(' ', grep { $tests{$_} != 3 } sort keys %tests),
	'', 'every test is expected to print something, and has a name of its own');
is(join(' ', glob('test/sql/*'), glob('test/specs/*')), '', 'none lies where none is looked for');

# The scripts are the same whichever awk expands their templates.
my @awks = grep { my ($program) = split; grep { -x "$_/$program" } split /:/, $ENV{PATH} }
  ('awk', 'mawk', 'gawk --posix', 'busybox awk', 'original-awk');
for (['install', '', 'cxm', 'CREATE'],
	['update', '-v from=1.0.0', 'update_from_1.0.0', 'CREATE OR REPLACE'])
{
	my ($name, $option, $first, $create) = @$_;
	my @parts = map { "sql/$_.sql" } qw(templates/types templates/functions), $first,
	  grep { $_ ne '\\' } split ' ', $concepts;
	my %script = map { my $made = qx($_ $option -f sql/templates/expand.awk @parts); ($made => $_) }
	  @awks;
	is(scalar keys %script, 1, "every awk there is makes the same $name script")
	  or diag "they differ: @{[ values %script ]}";
	like((keys %script)[0], qr/^$create AGGREGATE nps\(answer smallint\) \(\n/m, 'and makes one');
	is(join(' ', grep { length expand($_) > 100 } split /\n/, (keys %script)[0]),
		'', 'which has no line that is too long');
}

# Every page is of a concept, of a set-up, with the test that it speaks of, or for all of it.
my %set_up = (
	bi_tools => 'test/bi/bi.py',
	citus => 'test/t/citus.pl',
	clients => 'test/clients/client.pm',
	erasure => 'test/live/live_summaries.sql',
	partitions => 'test/t/partitions.pl',
	postgres_fdw => 'test/t/postgres_fdw.pl',
	scaling => 'test/bench/run',
	timescaledb => 'test/t/timescaledb.pl',
);
is(join(' ', grep { !-e "docs/operate/$_.md" || !-e $set_up{$_} } sort keys %set_up),
	'', 'the pages of set-ups have their tests');

# An adapter is a folder with the same files as the others, a page, and its cases.
my @adapters = grep { $_ ne 'common' } map { m{^adapters/(\w+)/$} } glob 'adapters/*/';
is(join(' ', grep { !-e } map { my $system = $_; (map { "adapters/$system/$_.sql" }
		qw(install drop layout company)), "docs/adapters/$system.md",
	  map { "test/adapters/$system$_.sql" } '', '_company' } @adapters),
	'', 'every adapter has its files, its page and its cases');

my @answers = map { m{([^/]+)\.sql$} }
  glob 'adapters/common/{alerts,audit,customer_360,themes}.sql';
my %page = map { ("docs/$_.md" => 1) } (map { "operate/$_" } keys %set_up),
  (map { "adapters/$_" } @adapters), (map { "answers/$_" } @answers),
  qw(start questions relations adapters operate reliability internals),
  split ' ', "$concepts $of_live";
my @pages = glob 'docs/*.md docs/*/*.md';
is(join(' ', grep { !$page{$_} } @pages),
	'', 'every other page is of a concept, of an adapter or of all of them');

# A page is read by a tired reader, on a narrow screen, who follows its links.
for my $path (@pages, 'src/README.md', map { "$_.md" } qw(README CONTRIBUTING SECURITY CHANGELOG))
{
	my $text = slurp($path);
	my $prose = ($text =~ s/^([ \t]*)```.*?^\1```$//msgr);
	is(join("\n", grep { length decode_utf8($_) > 160 } split /\n/, $prose),
		'', "$path has no line of more than 160 characters outside of code");
	is(join(' ', grep { !leads_somewhere($path, $_) } $prose =~ /\]\(([^)\s]+)\)/g),
		'', "the links of $path lead somewhere");
	is(join(' ', grep { !-e } $prose =~ m{`((?:test|tools|src|sql|examples|adapters)/[\w./-]+)`}g),
		'', "the files that $path names are there") if $path =~ /^docs/;
	like($prose, qr/^## Reference$/m, "$path ends in its reference")
	  if $path =~ m{^docs/(\w+)/} && $1 ne 'operate';
}

# The version stands in cxm.control, where make reads it.
my ($version, $version_of_live) =
  map { slurp("$_.control") =~ /^default_version = '(.*)'$/m } qw(cxm cxm_live);
my %versions = map { $_ => 1 } $version_of_live,
  slurp('META.json') =~ /^\t(?:\t\t)?"version": "(.*?)"/mg, slurp('CHANGELOG.md') =~ /^## (\S+)/m;
is(join(' ', keys %versions), $version,
	'cxm_live.control, META.json and CHANGELOG.md name the version of cxm.control');
is_deeply([ sort(slurp('META.json') =~ /^\t\t"(\w+)": \{\n\t\t\t"abstract"/mg) ],
	[qw(cxm cxm_live)], 'META.json provides both extensions');

# The rules of PGXN's META.json 1.0.0, as far as they are about what it must have.
my $meta = decode_json(slurp('META.json'));
is(join(' ', grep { !$meta->{$_} } qw(name version abstract maintainer license provides meta-spec)),
	'', 'META.json has every field that it must have');
is($meta->{'meta-spec'}{version}, '1.0.0', 'and names its rules');
is($meta->{license}, 'postgresql', 'and a licence that they know');
is(join(' ', grep { !/^\d+\.\d+\.\d+$/ } $meta->{version},
		map { $_->{version} } values %{ $meta->{provides} }),
	'', 'its versions are semantic');
is(join(' ', grep { !-f } map { @$_{qw(file docfile)} } values %{ $meta->{provides} }),
	'', 'the files that it names are there');
is(join(' ', grep { /[^\w ]/ || length > 255 } @{ $meta->{tags} }), '', 'its tags are words');
my ($packaged) = slurp('debian/changelog') =~ /^cxm \((.*)-\d+\)/;
is($packaged, $meta->{version}, 'debian/changelog names the same version');
my @updates = map { m{([^/]+)/$} && $1 ne $version ? "cxm--$1--$version.sql" : () }
  glob 'test/frozen/*/';
is(join(' ', sort glob '{cxm,cxm_live}--*.sql'),
	join(' ', sort @updates, "cxm--$version.sql", "cxm_live--$version.sql"),
	'make has made the scripts of this version, and an update from each that was released');
unlike(slurp("cxm--$version.sql"), qr/EVENT TRIGGER/i, 'cxm itself makes no event trigger');

# Dependencies run one way: core, common, the families, which do not know each other, and live.
my %layer = (core => 0, common => 1, live => 3,
	map { $_ => 2 } qw(ratings service customers journeys));
my (%needs, @upwards);
for my $path (glob 'src/*/*.[ch]')
{
	my ($module, $folder) = $path =~ m{^src/((\w+)/\w+)\.};
	for my $needed (slurp($path) =~ m{^#include "(\w+/\w+)\.h"}mg)
	{
		next if $needed eq $module || !-e "src/$needed.h";
		my ($of) = $needed =~ /^(\w+)/;
		push @upwards, "$path: $needed"
		  if $layer{$of} > $layer{$folder} || ($layer{$of} == $layer{$folder} && $of ne $folder);
		$needs{$module}{$needed} = 1;
	}
}
is("@upwards", '', 'no file of src/ needs one that is above it or in another family');

# Modules that none of the others needs are taken away, again and again: a circle stays.
my $left = -1;
while ($left != keys %needs)
{
	$left = keys %needs;
	my %needed = map { %$_ } values %needs;
	delete @needs{ grep { !$needed{$_} } keys %needs };
}
is(join(' ', sort keys %needs), '', 'no files of src/ need each other in a circle');

my $code =
  'src/*.[ch] src/*/*.[ch] sql/*.sql sql/*/*.{sql,awk} test/*/*.{c,h,pl,pm,py,java,js} tools/* '
  . 'adapters/*/*.sql test/adapters/*';
for my $path (sort glob $code)
{
	my ($line, @long) = (0);
	for (split /\n/, slurp($path))
	{
		$line++;
		push @long, $line if length expand($_) > 100 or /[ \t]$/;
	}
	is("@long", '', "$path has no line that is too long or ends in a blank");
}

done_testing();
