# node-postgres: parameters in text and in binary.
use strict;
use warnings;
use Test::More;
use lib 'test/clients';
use client;

start_server();
my ($ask, $finish) = start_program('node', 'test/clients/node.js');
my %name_of = map { @$_ } rows('SELECT oid, typname FROM pg_type');
my $ask_by_name = sub {
	my $answer = $ask->(@_);
	$_ = $name_of{$_} // $_ for @{ $answer->{types} // [] };
	return $answer;
};
check_client($ask_by_name, name => 'node-postgres', binary_parameters => 1);
$finish->();
done_testing();
