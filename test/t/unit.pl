# The unit tests of src/core, one program each, under the sanitizers. Where CXM_UNIT_COVERAGE
# names a directory, they count there which lines run.
use strict;
use warnings;
use File::Basename;
use File::Temp;
use Test::More;

my $compiler = 'gcc -std=c11 -g -O1 -Wall -Wextra -Werror -Isrc -Isrc/core '
  . '-fsanitize=address,undefined -fno-sanitize-recover=all';
my $programs = $ENV{CXM_UNIT_COVERAGE} // File::Temp->newdir;
$compiler .= ' -O0 --coverage' if $ENV{CXM_UNIT_COVERAGE};
my @core;
for my $source (sort glob 'src/core/*.c')
{
	my $name = basename($source, '.c');
	my $output = `$compiler -c -o $programs/$name.o $source 2>&1`;
	ok($? == 0, "$name builds") or diag($output);
	push @core, "$programs/$name.o";
}

# Integers of 128 bits are compared with the compiler's own, which compilers for 32 bits lack.
my @tests = glob 'test/unit/test_*.c';
@tests = grep { !/uint128|fixed_point/ } @tests
  if `gcc -dM -E -x c /dev/null` !~ /__SIZEOF_INT128__/;

$ENV{CMOCKA_MESSAGE_OUTPUT} = 'TAP';
for my $source (sort @tests)
{
	my $name = basename($source, '.c');
	my $program = "$programs/$name";
	my $output = `$compiler -o $program $source @core -lcmocka -lm 2>&1`;
	ok($? == 0, "$name builds") or diag($output), next;

	$output = `$program 2>&1`;
	my $status = $?;
	my @results = $output =~ /^((?:not )?ok \d+ .*)$/mg;
	for (@results)
	{
		my ($failed, $test) = /^(not )?ok \d+ -? ?(.*)/;
		ok(!$failed, "$name: $test");
	}
	ok(@results > 0 && $status == 0, "$name runs to its end") or diag($output);
}

done_testing();
