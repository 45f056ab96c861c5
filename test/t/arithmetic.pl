# Figures of the ratings over made-up data, against the textbooks' formulas written anew: rational
# numbers for ratios, orthogonal columns for regressions, every order of drivers for Shapley values.
use strict;
use warnings;
use List::Util qw(max min sum);
use Math::BigRat;
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

my $node = PostgreSQL::Test::Cluster->new('arithmetic');
$node->init;
$node->append_conf('postgresql.conf', 'fsync = off');
$node->start;
$node->safe_psql('postgres', 'CREATE EXTENSION cxm');

# The rows of a query, each a list of numbers.
sub rows
{
	my @rows = split /\n/, $node->safe_psql('postgres', $_[0]);
	return map { [ split /\|/ ] } @rows;
}

# Numbers that look random and are the same everywhere (Park and Miller 1988).
my $state = 20_261_130;
sub uniform { return ($state = $state * 48_271 % 2_147_483_647) / 2_147_483_647 }
sub normal { return sum(map { uniform() } 1 .. 12) - 6 }

# What the extension counts: a multiple of 2^-32.
sub on_grid { return sprintf('%.0f', $_[0] * 2**32) / 2**32 }

my %worst;

sub compare
{
	my ($figure, $ours, $theirs, $relative_to) = @_;
	my $off = abs($ours - $theirs) / ($relative_to // abs $theirs || 1);
	$worst{$figure} = max($worst{$figure} // 0, $off);
}

#
# Drivers
#

sub dot { my ($x, $y) = @_; return sum(map { $x->[$_] * $y->[$_] } 0 .. $#$x) }

sub less
{
	my ($x, $factor, $y) = @_;
	return [ map { $x->[$_] - $factor * $y->[$_] } 0 .. $#$x ];
}

sub centred
{
	my ($x) = @_;
	my $mean = sum(@$x) / @$x;
	return [ map { $_ - $mean } @$x ];
}

# What of y is left when the columns are taken out of it, which are made orthogonal, twice.
sub residual
{
	my ($y, @columns) = @_;
	my @basis;
	for my $column (@columns, $y)
	{
		for my $other (@basis, @basis)
		{
			$column = less($column, dot($column, $other) / dot($other, $other), $other);
		}
		push @basis, $column;
	}
	return $basis[-1];
}

sub r_squared
{
	my ($y, @x) = @_;
	my $left = residual($y, @x);
	return 1 - dot($left, $left) / dot($y, $y);
}

# What a driver adds, on the average of the orders: a set of k others has k! (p - k - 1)! of p!.
sub shapley
{
	my ($y, @x) = @_;
	my $p = @x;
	my @of = map
	{
		my $set = $_;
		r_squared($y, @x[ grep { $set >> $_ & 1 } 0 .. $p - 1 ])
	} 0 .. 2**$p - 1;
	my @factorial = (1);
	push @factorial, $_ * $factorial[-1] for 1 .. $p;
	my @value = (0) x $p;
	for my $set (0 .. 2**$p - 1)
	{
		my $k = grep { $set >> $_ & 1 } 0 .. $p - 1;
		my $orders = $k < $p ? $factorial[$k] * $factorial[ $p - $k - 1 ] / $factorial[$p] : 0;
		$value[$_] += ($of[ $set | 1 << $_ ] - $of[$set]) * $orders
		  for grep { !($set >> $_ & 1) } 0 .. $p - 1;
	}
	return @value;
}

# Johnson 2000: the symmetric root of the correlation matrix, by Denman and Beavers' iteration.
sub inverse
{
	my @m = map { [@$_] } @{ $_[0] };
	my $n = @m;
	my @inverse = map { my $i = $_; [ map { $_ == $i ? 1 : 0 } 0 .. $n - 1 ] } 0 .. $n - 1;
	for my $i (0 .. $n - 1)
	{
		my $pivot = $m[$i][$i];
		for my $rows (\@m, \@inverse) { $_ /= $pivot for @{ $rows->[$i] } }
		for my $k (grep { $_ != $i } 0 .. $n - 1)
		{
			my $factor = $m[$k][$i];
			$_->[$k] = less($_->[$k], $factor, $_->[$i]) for \@m, \@inverse;
		}
	}
	return \@inverse;
}

sub relative_weights
{
	my ($y, @x) = @_;
	my @unit = map { my $size = sqrt dot($_, $_); [ map { $_ / $size } @$_ ] } @x;
	my $outcome = sqrt dot($y, $y);
	my $root = [ map { my $i = $_; [ map { dot($i, $_) } @unit ] } @unit ];
	my $of_inverse = [ map { my $i = $_; [ map { $_ == $i ? 1 : 0 } 0 .. $#x ] } 0 .. $#x ];
	for (1 .. 40)
	{
		my ($a, $b) = (inverse($of_inverse), inverse($root));
		($root, $of_inverse) = map
		{
			my ($m, $inverse) = @$_;
			[ map { less([ map { $_ / 2 } @{ $m->[$_] } ], -0.5, $inverse->[$_]) } 0 .. $#x ]
		} [ $root, $a ], [ $of_inverse, $b ];
	}
	my @r = map { dot($_, $y) / $outcome } @unit;
	my @beta = map { dot($_, \@r) } @$of_inverse;
	return map { my $row = $_; sum(map { ($row->[$_] * $beta[$_])**2 } 0 .. $#x) } @$root;
}

for my $p (1 .. 6)
{
	my $n = 30 + 10 * $p;
	my @scale = map { 10**(6 * uniform() - 2) } 0 .. $p;
	my @rows = map
	{
		my $common = normal();
		my @z = map { normal() / 3 + $common } 1 .. $p;
		my $outcome = $scale[0] * (5 + sum(@z) + 2 * normal());
		[ map { on_grid($_) } $outcome, map { $scale[$_] * (3 + $z[ $_ - 1 ]) } 1 .. $p ];
	} 1 .. $n;
	my ($y, @x) = map { my $i = $_; centred([ map { $_->[$i] } @rows ]) } 0 .. $p;
	my $values = join ', ', map
	{
		my ($first, @others) = map { sprintf '%.17g::double precision', $_ } @$_;
		"($first, ARRAY[" . join(', ', @others) . '])'
	} @rows;
	my $names = '{' . join(',', 1 .. $p) . '}';
	my @ours = rows(qq{
		SELECT r.*, h.importance, r_squared(s)
		FROM (SELECT driver_agg(y, x, '$names') AS s FROM (VALUES $values) v (y, x)) t,
			drivers(s) WITH ORDINALITY r JOIN drivers(s, 'shapley') h USING (driver)
		ORDER BY ordinality});
	my @shapley = shapley($y, @x);
	my @weights = relative_weights($y, @x);
	my $left = residual($y, @x);
	for my $i (0 .. $p - 1)
	{
		my (undef, $mean, $correlation, $coefficient, $error, undef, $vif, $weight) =
		  @{ $ours[$i] };
		my $own = residual($x[$i], @x[ grep { $_ != $i } 0 .. $p - 1 ]);
		my $se = sqrt(dot($left, $left) / ($n - $p - 1) / dot($own, $own));
		compare('mean', $mean, sum(map { $_->[ $i + 1 ] } @rows) / $n);
		compare('correlation', $correlation,
			dot($x[$i], $y) / sqrt(dot($x[$i], $x[$i]) * dot($y, $y)));
		compare('coefficient', $coefficient, dot($own, $y) / dot($own, $own), $se);
		compare('standard error', $error, $se);
		compare('VIF', $vif, dot($x[$i], $x[$i]) / dot($own, $own));
		compare('relative weight', $weight, $weights[$i], 1);
		compare('Shapley value', $ours[$i][-2], $shapley[$i], 1);
		compare('R squared', $ours[$i][-1], r_squared($y, @x));
	}
}
cmp_ok($worst{$_}, '<', 1e-9, "$_ of drivers") for sort keys %worst;

#
# Ratios; R's qt(0.975, units - 1)
#

%worst = ();
my %quantile = (
	2 => 12.7062047361747,
	3 => 4.30265272974946,
	10 => 2.26215716279820,
	40 => 2.02269092003676);
for my $round (1 .. 12)
{
	my $n = (2, 3, 10, 40)[ $round % 4 ];
	my $base = 10**($round % 5 * 2);
	my @pairs = map { [ map { sprintf '%.2f', $_ } $base + 100 * normal(), 1 + 9 * uniform() ] }
	  1 .. $n;
	my @exact = map { [ map { Math::BigRat->new($_) } @$_ ] } @pairs;
	my ($x, $y, $squares) = map { Math::BigRat->new(0) } 1 .. 3;
	$x += $_->[0], $y += $_->[1] for @exact;
	my $ratio = $x / $y;
	$squares += ($_->[0] - $ratio * $_->[1])**2 for @exact;
	my $error = sqrt(($squares * $n / ($n - 1) / $y / $y)->numify);
	my $values = join ', ', map { "($_->[0], $_->[1])" } @pairs;
	my ($ours) = rows("SELECT ratio(s), std_error(s), ratio_lower(s), ratio_upper(s)
		FROM (SELECT ratio_agg(x, y) AS s FROM (VALUES $values) v (x, y)) t");
	my $middle = $ratio->numify;
	my $size = max(abs $middle, $quantile{$n} * $error);
	compare('ratio', $ours->[0], $middle);
	compare('standard error', $ours->[1], $error);
	compare('lower bound', $ours->[2], $middle - $quantile{$n} * $error, $size);
	compare('upper bound', $ours->[3], $middle + $quantile{$n} * $error, $size);
}
cmp_ok($worst{$_}, '<', 1e-12, "$_ of ratios") for sort keys %worst;

#
# P-values of many tests, by the definitions of Holm and of Benjamini and Hochberg
#

for my $n (1, 2, 7, 60)
{
	my @p = map { $n < 60 ? sprintf('%.1f', uniform()) + 0 : uniform()**3 } 1 .. $n;
	my @sorted = sort { $a <=> $b } @p;
	my @theirs = map
	{
		my $p = $_;
		my $holm = max(map { ($n - $_) * $sorted[$_] } grep { $sorted[$_] <= $p } 0 .. $n - 1);
		my $hochberg =
		  min(map { $sorted[$_] * $n / ($_ + 1) } grep { $sorted[$_] >= $p } 0 .. $n - 1);
		[ min(1, $holm), min(1, $hochberg) ]
	} @p;
	my $list = join ',', map { sprintf '%.17g', $_ } @p;
	my @ours = rows("SELECT * FROM unnest(adjusted_p_values('{$list}'),
		adjusted_p_values('{$list}', 'benjamini_hochberg'))");
	# processors of 32 bits round the last bit otherwise
	my $off = sum(
		map
		{
			my $i = $_;
			grep { abs($ours[$i][$_] - $theirs[$i][$_]) > 4e-16 * $theirs[$i][$_] } 0, 1
		} 0 .. $n - 1);
	is($off // 0, 0, "$n p-values, to the last bit");
}

$node->stop;
done_testing();
