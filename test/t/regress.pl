# "make installcheck" against with_cluster's server: pg_regress over the SQL of test/laws and of the
# families in test/, and isolationtester over their specifications.
use strict;
use warnings;
use Test::More;

my $output = `make -s installcheck PG_CONFIG=$ENV{PG_CONFIG} 2>&1`;
my $status = $?;

# PostgreSQL 15 reports "test NAME ... ok  12 ms", later ones "ok 1  - NAME  12 ms".
my @results = $output =~ /^(?:test .*|(?:not )?ok \d.*)$/mg;
for (@results)
{
	my ($name) = /^test (\S+)/ ? $1 : /^(?:not )?ok \d+ +[-+] (\S+)/;
	ok(/\.\.\. ok|^ok/, $name);
}
ok(@results > 0 && $status == 0, 'make installcheck runs to its end') or diag($output);

for my $path (grep { -e } 'test/regression.diffs', 'output_iso/regression.diffs')
{
	open my $diffs, '<', $path or die "$path: $!";
	diag(<$diffs>);
}

done_testing();
