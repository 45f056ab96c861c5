# What the cross products of drivers cost, beside a slope of PostgreSQL's own.
use strict;
use warnings;

# 16 columns x1 to x16, of grades from 1 to 5 and of fractions.
my $columns = join ', ',
  map { $_ % 2 ? "1 + floor(random() * 5) AS x$_" : "1 + random() * 1000 AS x$_" } 1 .. 16;

# The array of the first of them, and the call.
my $array = sub { return 'ARRAY[' . join(', ', map { "x$_" } 1 .. $_[0]) . ']' };
my $call = sub {
	my ($number) = @_;
	my $names = join ',', map { "x$_" } 1 .. $number;
	return "driver_agg(y, ${\ $array->($number)}, '{$names}')";
};

# A slope keeps six sums; beyond what their array costs, eight drivers may cost as much as three.
my $beside_slopes = sub {
	my ($number) = @_;
	my $base = 'the array and three slopes';
	return {
		title => "$number drivers",
		query => 'SELECT {} AS figure',
		runs => [
			{
				of => join(' + ', map { "(SELECT $_ FROM driven)" } "count(${\ $array->($number)})",
					map { "regr_slope(y, x$_)" } 1 .. 3),
				name => $base,
			},
			{
				of => "(SELECT complete_rows(${\ $call->($number)}) FROM driven)",
				name => 'driver_agg(y, ARRAY[...], names)',
				limits => $number == 8 ? ["time <= 1 x $base"] : [],
			},
		],
	};
};

return {
	tables => {
		driven => "CREATE TABLE driven AS SELECT floor(random() * 11) AS y, $columns
			FROM (SELECT setseed(0.6)) AS seed, generate_series(1, {rows/4})",
		many_drivers => q{CREATE TABLE many_drivers AS
			SELECT driver_agg(y, x[:12], names[:12]) AS twelve, driver_agg(y, x, names) AS sixteen
			FROM (SELECT y, (SELECT array_agg('x' || i) FROM generate_series(1, 16) i) AS names,
					ARRAY[x1, x2, x3, x4, x5, x6, x7, x8, x9, x10, x11, x12, x13, x14, x15, x16]
						AS x
				FROM driven LIMIT 10000) t},
	},

	benchmarks => [
		$beside_slopes->(8), $beside_slopes->(16),
		{
			title => 'Shapley values',
			query => 'SELECT {} AS figure FROM many_drivers',
			runs => [
				{
					of => q{(SELECT sum(importance) FROM drivers(twelve, 'shapley'))},
					name => '12 drivers',
					limits => ['milliseconds <= 50'],
				},
				{
					of => q{(SELECT sum(importance) FROM drivers(sixteen, 'shapley'))},
					name => '16 drivers',
				},
				{
					of => '(SELECT sum(importance) FROM drivers(sixteen))',
					name => '16 drivers, relative weights',
				},
			],
		},
	],
};
