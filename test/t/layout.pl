# The house is in order: each concept has its room in every folder, the version stands in one file,
# and no line of code is longer than 100 columns.
use strict;
use warnings;
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

my ($concepts) = slurp('Makefile') =~ /^CONCEPTS = ((?:.*\\\n)*.*)$/m;
for my $concept (grep { $_ ne '\\' } split ' ', $concepts)
{
	my @missing = grep { !-e } map { sprintf $_, $concept }
	  'src/%s.c', 'sql/%s.sql', 'test/sql/%s.sql', 'expected/%s.out', 'docs/%s.md';
	is("@missing", '', "$concept has its file in every folder");
}

# Pages about set-ups rather than concepts: each with the test that it speaks of.
my %set_up = (
	citus => 'test/t/citus.pl',
	clients => 'test/clients/client.pm',
	partitions => 'test/t/partitions.pl',
	postgres_fdw => 'test/t/postgres_fdw.pl',
	reliability => 'test/fuzz/types.pl',
	scaling => 'test/bench/run',
	timescaledb => 'test/t/timescaledb.pl',
);
is(join(' ', grep { !-e "docs/$_.md" || !-e $set_up{$_} } sort keys %set_up),
	'', 'the pages of set-ups have their tests');
my %page = map { $_ => 1 } keys %set_up, split ' ', $concepts;
is(join(' ', grep { !$page{ s{.*/|\.md$}{}gr } } glob 'docs/*.md'),
	'', 'every other page is of a concept');

my %versions = map { $_ => 1 } slurp('META.json') =~ /^\t(?:\t\t)?"version": "(.*?)"/mg;
is(scalar keys %versions, 1, 'META.json names one version');

my $code =
  'src/*.[ch] src/core/*.[ch] sql/*.sql test/*/*.{c,h,pl,pm,py,java,js} tools/*';
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
