# Compares texts line by line: a failure shows the first lines that differ, not half a megabyte.
package SameLines;
use strict;
use warnings;
use Exporter 'import';
use Test::More;
our @EXPORT = ('same_lines');

sub same_lines
{
	my ($got, $expected, $name) = @_;
	my %got = map { $_ => 1 } split /\n/, $got;
	my %expected = map { $_ => 1 } split /\n/, $expected;
	my @differences = ((map { "- $_" } grep { !$got{$_} } sort keys %expected),
		(map { "+ $_" } grep { !$expected{$_} } sort keys %got));
	local $Test::Builder::Level = $Test::Builder::Level + 1;
	return ok($got eq $expected, $name)
	  || diag(map { substr($_, 0, 300) . "\n" } splice @differences, 0, 10);
}

1;
