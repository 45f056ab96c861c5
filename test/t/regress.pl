# pg_regress over test/sql/*.sql, as "make installcheck" runs it, against with_cluster's server.
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
ok(@results > 0 && $status == 0, 'pg_regress runs to its end') or diag($output);

if (open my $diffs, '<', 'regression.diffs')
{
	diag(<$diffs>);
}

done_testing();
