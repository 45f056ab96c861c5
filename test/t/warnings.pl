# Every C file compiles with clang without a warning, as the build, with gcc, just did; and src/core
# does so without PostgreSQL's headers.
use strict;
use warnings;
use Test::More;

chomp(my $server_headers = `$ENV{PG_CONFIG} --includedir-server`);

sub compiles
{
	my ($file, @flags) = @_;
	my $output = `clang -fsyntax-only -Wall -Wextra -Werror -Wmissing-prototypes @flags $file 2>&1`;
	ok($? == 0 && $output eq '', "$file compiles with clang") or diag($output);
}

compiles($_, '-D_GNU_SOURCE', '-DCXM_VERSION=\"test\"', '-Isrc', "-isystem $server_headers")
  for grep { !m{^src/core/} } sort glob 'src/*.c src/*/*.c';
compiles($_, '-std=c11', '-Isrc') for sort glob 'src/core/*.c';

done_testing();
