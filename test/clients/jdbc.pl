# JDBC: parameters and results in text, and in binary.
use strict;
use warnings;
use Test::More;
use lib 'test/clients';
use client;

start_server();
my @java = ('java', '-XX:TieredStopAtLevel=1', '-cp', '/usr/share/java/postgresql.jar',
	'test/clients/jdbc.java');

my ($ask, $finish) = start_program(@java);
check_client($ask, name => 'JDBC');
$finish->();

($ask, $finish) = start_program(@java, split /\n/, query('SELECT type::oid FROM extension_type'));
check_client($ask, name => 'JDBC in binary', binary_parameters => 1, binary_results => 1);
$finish->();
done_testing();
