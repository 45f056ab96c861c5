# psqlODBC, through unixODBC. The driver sends every parameter as text, or as bytea, for which there
# is no cast: so no values in binary.
use strict;
use warnings;
use Test::More;
use lib 'test/clients';
use client;

my ($driver) = glob '/usr/lib/*/odbc/psqlodbcw.so';
start_server();
my ($ask, $finish) = start_program('/usr/bin/python3', 'test/clients/odbc.py', $driver);
# The driver knows most of PostgreSQL's own types; a boolean and an interval are short texts to it,
# and a text or a value of any other type is a long one.
my %own = (
	bool => 'str 5',
	date => 'date 10',
	float8 => 'float 17',
	int4 => 'int 10',
	int8 => 'int 19',
	interval => 'str 32',
	numeric => 'Decimal 28',
	timestamptz => 'datetime 26',
);
check_client($ask, name => 'psqlODBC', type_of => sub { $own{ $_[0] } // 'str 1000000' });
$finish->();
done_testing();
