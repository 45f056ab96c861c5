# Runs every ```sql block of README.md and of the pages in docs/ in psql, in order, one new database
# a page. The text of a ``` or ```text fence that comes next is the block's output, errors included;
# a block without one must pass without an error. Command tags (CREATE TABLE ...) are not output:
# psql -q.
#
# cxm is there from the start, unless the page itself says CREATE EXTENSION cxm. A page that begins
# with <!-- data: company --> finds the tables of examples/company.sql; one that names the folder of
# an adapter instead finds, beside them, the company in the layout of that system, and the adapter.
use strict;
use warnings;
use File::Temp;
use IPC::Run;
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

my $node = PostgreSQL::Test::Cluster->new('documentation');
$node->init;
$node->append_conf('postgresql.conf', "timezone = 'UTC'\nfsync = off\njit = off");
$node->start;

# The databases that pages start from, each made when it is first asked for.
my %template = (none => 'template1');

sub template_with
{
	my ($data) = @_;
	return $template{$data} //= do
	{
		my ($template, $load) = ('template1', "CREATE EXTENSION cxm;\n\\i examples/$data.sql\n");
		if (-d "adapters/$data")
		{
			$template = template_with('company');
			$load = "\\set adapter $data\n\\i examples/company_in_layout.sql\n";
		}
		$node->safe_psql('postgres', "CREATE DATABASE $data TEMPLATE $template");
		my $output = psql($data, "\\set ON_ERROR_STOP on\n$load\\echo loaded\n");
		$output =~ /^loaded$/m or BAIL_OUT("could not load the data of $data: $output");
		$data;
	};
}

sub psql
{
	my ($database, $input) = @_;
	my @psql = ($node->installed_command('psql'), '-X', '-q', '-d', $node->connstr($database));
	my $output;
	IPC::Run::run(\@psql, '<', \$input, '>&', \$output);
	return $output;
}

# The fenced blocks of a page: language, line of the fence, text.
sub fences
{
	my ($page) = @_;
	my (@fences, $open, $line);
	for (split /^/m, $page)
	{
		$line++;
		if ($open && /^\s*\Q$open->{mark}\E`*\s*$/)
		{
			$open = undef;
		}
		elsif ($open)
		{
			$open->{text} .= $_ =~ s/^\Q$open->{indent}\E//r;
		}
		elsif (/^(\s*)(```+)\s*(\w*)/)
		{
			$open = { indent => $1, mark => $2, language => $3, line => $line, text => '' };
			push @fences, $open;
		}
	}
	return @fences;
}

# Trailing spaces and surrounding empty lines do not count.
sub trimmed
{
	my ($text) = @_;
	$text =~ s/[ \t]+$//mg;
	$text =~ s/^\n+|\n+$//g;
	return "$text\n";
}

sub difference
{
	my @files = map { my $file = File::Temp->new; print $file $_; $file->flush; $file } @_;
	return scalar `diff -U 3 --label shown --label actual @files`;
}

# The sanitizers have not the time to write the company into the layout of each system.
my @pages = grep { !($ENV{CXM_WITHOUT_ADAPTERS} && m{^docs/adapters/}) }
  ('README.md', sort glob 'docs/*.md docs/*/*.md');
for my $path (@pages)
{
	my $page = slurp_file($path);
	my @fences = fences($page);
	my @blocks = grep { $fences[$_]->{language} eq 'sql' } 0 .. $#fences;
	ok(@blocks > 0, "$path has SQL to run");

	my ($data) = $page =~ /^<!-- data: (\w+) -->/;
	my $template = template_with($data // 'none');
	my $database = 'page';
	$node->safe_psql('postgres', "DROP DATABASE IF EXISTS $database");
	$node->safe_psql('postgres', "CREATE DATABASE $database TEMPLATE $template");
	# the tables may have columns of our types, which such a page does without
	my $creates = grep { $fences[$_]->{text} =~ /^\s*CREATE EXTENSION cxm\b/mi } @blocks;
	$node->safe_psql($database, $creates ? 'DROP EXTENSION IF EXISTS cxm CASCADE'
		: 'CREATE EXTENSION IF NOT EXISTS cxm');

	# A PostgreSQL built from its sources may be without those of contrib. Ours are always there.
	my @needed = grep { !/^cxm/ }
	  map { $fences[$_]->{text} =~ /^\s*CREATE EXTENSION (\w+)/mgi } @blocks;
	my @missing = grep { !$node->safe_psql($database,
		"SELECT 1 FROM pg_available_extensions WHERE name = '$_'") } @needed;
	if (@missing)
	{
	  SKIP: { skip("@missing: not installed", scalar @blocks); }
		next;
	}

	# One session runs the page; a line of its own after each block tells the outputs apart.
	my $session = join '', map { "$fences[$_]->{text}\n;\n\\echo end-of-block\n" } @blocks;
	my @outputs = split /^end-of-block\n/m, psql($database, $session), -1;

	for my $i (0 .. $#blocks)
	{
		my ($block, $next) = @fences[ $blocks[$i], $blocks[$i] + 1 ];
		my $name = "$path:$block->{line}";
		my $output = $outputs[$i] // "no output: the session broke off\n";

		if ($next && $next->{language} =~ /^(text)?$/)
		{
			my ($shown, $actual) = (trimmed($next->{text}), trimmed($output));
			ok($shown eq $actual, $name) or diag(difference($shown, $actual));
		}
		else
		{
			ok($i < $#outputs && $output !~ /^(ERROR|FATAL|PANIC): /m, $name) or diag($output);
		}
	}
}

$node->stop;
done_testing();
