# Figures of survival over made-up customers, some of whom were seen only from some age on, against
# the textbooks' formulas written anew: customer by customer, without summaries.
use strict;
use warnings;
use List::Util qw(max min sum sum0);
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

my $node = PostgreSQL::Test::Cluster->new('survival');
$node->init;
$node->append_conf('postgresql.conf', 'fsync = off');
$node->start;
$node->safe_psql('postgres', 'CREATE EXTENSION cxm');

# Numbers that look random and are the same everywhere (Park and Miller 1988).
my $state = 19_580_601;
sub uniform { return ($state = $state * 48_271 % 2_147_483_647) / 2_147_483_647 }

my $z = 1.959963984540054;
my (%worst, %compared);

# NULL is compared with NULL, and else by how far they are apart.
sub compare
{
	my ($figure, $ours, $theirs) = @_;
	$compared{$figure}++;
	my $off =
	    !defined $theirs || $ours eq ''
	  ? (!defined $theirs && $ours eq '' ? 0 : 9)
	  : abs($ours - $theirs) / max(1, abs $theirs);
	diag("$figure: $ours, not " . ($theirs // 'NULL')) if $off > 1e-8 && $compared{$figure} < 1e6;
	$worst{$figure} = max($worst{$figure} // 0, $off);
}

# A customer is [entry, duration, reason]; no reason is one who is still there.
sub at_risk
{
	my ($t, @c) = @_;
	return scalar grep { ($_->[0] == 0 || $_->[0] < $t) && $_->[1] >= $t } @c;
}

sub gone
{
	my ($t, @c) = @_;
	return scalar grep { $_->[1] == $t && defined $_->[2] } @c;
}

sub departures
{
	my %times = map { $_->[1] => 1 } grep { defined $_->[2] } @_;
	return sort { $a <=> $b } keys %times;
}

# The curve: [time, at risk, gone, S, Greenwood's sum] for each time at which somebody left.
sub curve
{
	my @c = @_;
	my ($s, $g) = (1, 0);
	return map
	{
		my ($n, $d) = (at_risk($_, @c), gone($_, @c));
		$s *= 1 - $d / $n;
		$g += $d < $n ? $d / ($n * ($n - $d)) : 9e99;
		[ $_, $n, $d, $s, $g ]
	} departures(@c);
}

sub survival_at
{
	my ($t, @curve) = @_;
	my @passed = grep { $_->[0] <= $t } @curve;
	return @passed ? $passed[-1][3] : 1;
}

# The log-log interval of a share.
sub limits
{
	my ($s, $g) = @_;
	return () if $s <= 0 || $s >= 1;
	my $margin = $z * sqrt($g) / -log $s;
	return map { $s**exp($_ * $margin) } 1, -1;
}

# The mean within [from, to] of those who come beyond from, unit by unit, and its standard error.
sub mean
{
	my ($from, $to, @c) = @_;
	my @later = grep { $_->[1] > $from } @c;
	@later = map { [ max($_->[0], $from), $_->[1], $_->[2] ] } @later if $from > 0;
	my @curve = curve(@later);
	my $area = sub { return sum0(map { survival_at($_, @curve) } $_[0] .. $to - 1) };
	my $variance = 0;
	for (grep { $_->[0] < $to && $_->[1] > $_->[2] } @curve)
	{
		my ($t, $n, $d) = @$_;
		$variance += $area->($t)**2 * $d / ($n * ($n - $d));
	}
	return ($area->($from), sqrt $variance);
}

# Marubini and Valsecchi 1995: the incidence of a reason by t, and its variance as a double sum.
sub incidence
{
	my ($reason, $t, @c) = @_;
	my ($s, $sum, @steps) = (1, 0);
	for my $step (grep { $_->[0] <= $t } curve(@c))
	{
		my $of = grep { $_->[1] == $step->[0] && ($_->[2] // '') eq $reason } @c;
		$sum += $s * $of / $step->[1];
		push @steps, [ @$step[ 1, 2 ], $of, $s, $sum ];
		$s = $step->[3];
	}
	my $variance = 0;
	for (@steps)
	{
		my ($n, $d, $of, $before, $so_far) = @$_;
		my $rest = $sum - $so_far;
		$variance += $rest**2 * $d / ($n * ($n - $d)) if $d < $n;
		$variance += $before**2 * $of * ($n - $of) / $n**3 - 2 * $rest * $before * $of / $n**2;
	}
	return ($sum, sqrt max($variance, 0));
}

# The score of Efron's likelihood one customer after the other, and its root by halving.
sub hazard_ratio
{
	my ($x, $y) = @_;
	my @times = grep { at_risk($_, @$x) && at_risk($_, @$y) } departures(@$x, @$y);
	my @lost = map { my $c = $_; sum0(map { gone($_, @$c) } @times) } $x, $y;
	return () unless $lost[0] && $lost[1];
	my $derivatives = sub {
		my $ratio = exp $_[0];
		my ($score, $information) = (0, 0);
		for my $t (@times)
		{
			my ($n, $d) = (at_risk($t, @$x), gone($t, @$x));
			my ($m, $e) = (at_risk($t, @$y), gone($t, @$y));
			$score += $d;
			for my $l (0 .. $d + $e - 1)
			{
				my $u = $l / ($d + $e);
				my $of_x = $ratio * ($n - $u * $d);
				my $share = $of_x / ($of_x + $m - $u * $e);
				$score -= $share;
				$information += $share * (1 - $share);
			}
		}
		return ($score, $information);
	};
	my ($low, $high) = (-20, 20);
	for (1 .. 80)
	{
		my $middle = ($low + $high) / 2;
		(($derivatives->($middle))[0] > 0 ? $low : $high) = $middle;
	}
	my $margin = $z / sqrt((($derivatives->($low))[1]));
	return map { exp($low + $_ * $margin) } 0, -1, 1;
}

# Log-rank of many: excesses over their covariance matrix without the last row, by elimination.
sub logrank
{
	my @groups = @_;
	my @all = map { @$_ } @groups;
	my (@excess, @v);
	for my $t (departures(@all))
	{
		my ($n, $d) = (at_risk($t, @all), gone($t, @all));
		my @share = map { at_risk($t, @$_) / $n } @groups;
		for my $i (0 .. $#groups)
		{
			$excess[$i] += gone($t, @{ $groups[$i] }) - $d * $share[$i];
			next if $n == 1;
			my $scale = $d * ($n - $d) / ($n - 1);
			$v[$i][$_] += $scale * $share[$i] * (($i == $_) - $share[$_]) for 0 .. $#groups;
		}
	}
	my $k = $#groups;
	my @x = @excess[ 0 .. $k - 1 ];
	my @m = map { [ @{ $v[$_] }[ 0 .. $k - 1 ], $x[$_] ] } 0 .. $k - 1;
	for my $i (0 .. $k - 1)
	{
		my $pivot = $m[$i][$i];
		$_ /= $pivot for @{ $m[$i] };
		for my $row (grep { $_ != $i } 0 .. $k - 1)
		{
			my $factor = $m[$row][$i];
			$m[$row][$_] -= $factor * $m[$i][$_] for 0 .. $k;
		}
	}
	return sum map { $x[$_] * $m[$_][$k] } 0 .. $k - 1;
}

sub agg
{
	my $rows = join ', ',
	  map { "($_->[0], $_->[1], " . (defined $_->[2] ? "true, '$_->[2]')" : 'false, NULL)') } @_;
	return "(SELECT survival_reason_agg(e, t, ended, reason)
		FROM (VALUES $rows) v (e, t, ended, reason))";
}

sub rows
{
	my @rows = split /\n/, $node->safe_psql('postgres', $_[0]);
	return map { [ split /\|/, $_, -1 ] } @rows;
}

sub row { return @{ (rows("SELECT $_[0]"))[0] } }

# A figure of a summary with its interval.
sub with_interval
{
	my ($s, $name, $arguments) = @_;
	return row(join(', ', map { "$name$_($arguments)" } '', '_lower', '_upper')
		  . " FROM (SELECT $s AS s) x");
}

for my $set (1 .. 60)
{
	my $spread = 3 + int 40 * uniform();
	my @groups = map
	{
		my $hazard = 0.3 + uniform();
		[
			map
			{
				my $entry = $set % 3 > 0 && uniform() < 0.6 ? int 6 * uniform() : 0;
				my $duration = $entry + 1 + int($spread * uniform()**$hazard);
				[ $entry, $duration, (undef, 'price', 'service', 'price')[ 4 * uniform() ] ]
			} 1 .. 12 + int 40 * uniform()
		]
	} 1 .. 3;
	my @c = map { @$_ } @groups;
	my $last = max map { $_->[1] } @c;
	my $s = agg(@c);
	my ($t, $age) = (1 + int $last * uniform(), int $last / 3 * uniform());
	my $horizon = 1 + int(($last - $age) * uniform());

	my @curve = curve(@c);
	my @at = grep { $_->[0] <= $t } @curve;
	my @limits = @at ? limits(@{ $at[-1] }[ 3, 4 ]) : ();
	my @row = with_interval($s, 'survival', "s, $t");
	compare('survival', $row[0], @at ? $at[-1][3] : 1);
	compare('survival_interval', $row[ 1 + $_ ], $limits[$_]) for 0, 1;

	my @median = map
	{
		my $of = $_;
		(grep { my @l = ($_->[3], limits(@$_[ 3, 4 ])); ($l[$of] // 1) <= 0.5 + 1e-12 } @curve)[0]
	} 0 .. 2;
	@row = with_interval($s, 'median_survival', 's');
	compare('median_survival_interval', $row[$_], $median[$_] && $median[$_][0]) for 0 .. 2;

	for (
		[ 'restricted_mean', "s, $t", 0, $t ],
		[ 'expected_remaining', "s, $age, $horizon", $age, $age + $horizon ])
	{
		my ($name, $arguments, $from, $to) = @$_;
		my ($mean, $error) = mean($from, $to, @c);
		@row = with_interval($s, $name, $arguments);
		# of those who come beyond an age nobody may be left
		next if $row[0] eq '' && survival_at($from, @curve) < 1e-12;
		compare($name, $row[0], $mean);
		my @sure = $error > 0 ? map { $mean + $_ * $z * $error } -1, 1 : ();
		@sure = (max($sure[0], 0), min($sure[1], $to - $from)) if @sure;
		compare("${name}_interval", $row[ 1 + $_ ], $sure[$_]) for 0, 1;
	}

	for my $reason ('price', 'service')
	{
		my ($share, $error) = incidence($reason, $t, @c);
		my $inside = $share > 0 && $share < 1 - 1e-12;
		my $margin = $inside ? $z * $error / ((1 - $share) * -log(1 - $share)) : 0;
		my $arguments = "s, '$reason', $t";
		@row = with_interval($s, 'cumulative_incidence', $arguments);
		compare('cumulative_incidence', $row[0], $share);
		compare('cumulative_incidence_interval', $row[ 1.5 + $_ / 2 ],
			$inside ? 1 - (1 - $share)**exp($_ * $margin) : undef) for -1, 1;
	}

	my @ratio = hazard_ratio(@groups[ 0, 1 ]);
	my ($x, $y, $w) = map { agg(@$_) } @groups;
	@row = row("ratio, lower, upper FROM hazard_ratio($x, $y)");
	compare('hazard_ratio', log $row[$_], log $ratio[$_]) for 0 .. $#ratio;
	@row = row("statistic, degrees_of_freedom, (logrank_test($x, $y)).statistic
		FROM logrank_test(ARRAY[$x, $y, $w])");
	compare('logrank_test of many', $row[0], logrank(@groups)) if $row[1] == 2;
	compare('logrank_test', $row[2], logrank(@groups[ 0, 1 ]));

	my $period = 1 + int $last / 3;
	for (rows("SELECT from_t, to_t, events, hazard FROM hazards($s, $period)"))
	{
		my ($from, $to, $events, $hazard) = @$_;
		my @within = grep { $_->[0] > $from && $_->[0] <= $to } @curve;
		my $stays = 1;
		$stays *= 1 - $_->[2] / $_->[1] for @within;
		compare('hazards', $events, sum0(map { $_->[2] } @within));
		compare('hazards', $hazard, $to <= $last || $stays == 0 ? 1 - $stays : undef)
		  unless $hazard eq '' && $from >= $last - $period && $to > $last;
	}
}
for my $figure (sort keys %worst)
{
	cmp_ok($worst{$figure}, '<', 1e-8, "$figure as by hand, $compared{$figure} times");
	cmp_ok($compared{$figure}, '>=', 50, 'and often enough');
}

$node->stop;
done_testing();
