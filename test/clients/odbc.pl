# psqlODBC, through unixODBC. The driver sends every parameter as text, or as bytea, for which there
# is no cast: so no values in binary.
use strict;
use warnings;
use DBI qw(:sql_types);
use Test::More;
use lib 'test/clients';
use client;

my ($driver) = glob '/usr/lib/*/odbc/psqlodbcw.so';
start_server();
my $odbc = DBI->connect(
	"dbi:ODBC:Driver=$driver;Server=$ENV{PGHOST};Port=$ENV{PGPORT};Database=$ENV{PGDATABASE};"
	  . 'UseServerSidePrepare=1;UnknownsAsLongVarchar=1;MaxLongVarcharSize=1000000',
	$ENV{PGUSER}, $ENV{PGPASSWORD},
	{ RaiseError => 1, PrintError => 0, LongReadLen => 2**20, odbc_utf8_on => 1,
		odbc_ignore_named_placeholders => 1 });

# What a tool would bind a value as.
my %bound = (
	integer => SQL_INTEGER,
	bigint => SQL_BIGINT,
	double => SQL_DOUBLE,
	numeric => SQL_NUMERIC,
	timestamptz => SQL_TYPE_TIMESTAMP,
);

sub ask
{
	my ($sql, @parameters) = @_;
	my $statement = $odbc->prepare($sql =~ s/\$\d/?/gr);
	my $place = 0;
	for (@parameters)
	{
		my ($type, $value) = @$_;
		$value = $odbc->selectrow_arrayref($value)->[0] if $type eq 'native';
		$value = '{' . join(',', @$value) . '}' if ref $value;
		$value =~ s/\+00$// if $type eq 'timestamptz';
		$statement->bind_param(++$place, $value, $bound{$type} // SQL_VARCHAR);
	}
	$statement->execute;
	return { rows => [] } unless $statement->{NUM_OF_FIELDS};
	# SQL_DESC_TYPE_NAME, or where that is empty SQL_DESC_CONCISE_TYPE
	my @types = map { $statement->func($_, 14, 'ColAttributes')
		  || $statement->func($_, 2, 'ColAttributes') } 1 .. $statement->{NUM_OF_FIELDS};
	return { types => \@types, rows => $statement->fetchall_arrayref };
}

my $ask = sub {
	my $answer = eval { ask(@_) };
	return $answer // { error => $odbc->state, message => $odbc->errstr, rows => [] };
};
# The driver knows most of PostgreSQL's own types; an interval is a nameless text to it, and a value
# of any other type, too.
my %own = map { $_ => $_ } qw(bool int4 int8 float8 numeric text date timestamptz);
check_client($ask, name => 'psqlODBC',
	type_of => sub { $_[0] eq 'interval' ? SQL_VARCHAR : $own{ $_[0] } // 'unknown' });
$odbc->disconnect;
done_testing();
