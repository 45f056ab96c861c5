# src/core under libFuzzer, a harness each, with the sanitizers: CXM_FUZZ_SECONDS for all of them.
use strict;
use warnings;
use File::Basename;
use File::Temp;
use Test::More;

my @sources = grep { !/fuzz_types/ } sort glob 'test/fuzz/fuzz_*.c';
my $seconds = int(($ENV{CXM_FUZZ_SECONDS} // 60) / @sources) || 1;
my $flags = '-std=gnu11 -g -O1 -Wall -Wextra -Werror -Isrc -Isrc/core -fno-sanitize-recover=all '
  . '-fsanitize=fuzzer,address,undefined,float-cast-overflow';
my $programs = File::Temp->newdir;

for my $source (@sources)
{
	my $name = basename($source, '.c');
	my $output = `clang $flags -o $programs/$name $source src/core/*.c -lm 2>&1`;
	ok($? == 0, "$name builds") or diag($output), next;

	# libFuzzer writes what it finds into the first directory, and only reads the second
	my @corpus = ("$programs/$name.found", grep { -d } "test/fuzz/corpus/$name");
	mkdir $corpus[0];
	$output = `$programs/$name -max_total_time=$seconds -artifact_prefix=$programs/ @corpus 2>&1`;
	my ($runs) = $output =~ /^Done (\d+) runs/m;
	ok($? == 0 && $runs, "$name keeps its laws") or diag(substr $output, -4000);
	diag("$name: $runs inputs in $seconds s") if $runs;
}

done_testing();
