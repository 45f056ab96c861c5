# What churn costs: from two snapshots beside count(), from ranges beside the same operators.
use strict;
use warnings;

my ($before, $last) =
  map { "timestamptz '$_ 00:00+00' - interval '1 microsecond'" } '2025-01-01', '2025-02-01';
my $period = "tstzrange '[2025-01-01 00:00+00,2025-02-01 00:00+00)'";

# The counts that a churn_summary has, by PostgreSQL's own range operators.
my ($at_start, $at_end) = map { "active @> ($_)" } $before, $last;
my $by_hand = 'ROW(' . join(', ', map { "count(*) FILTER (WHERE $_)" }
	"$at_start AND $at_end", "$at_start AND NOT $at_end", "NOT $at_start AND $at_end",
	"NOT $at_start AND NOT $at_end AND active && $period") . ')';

my @ranges = (
	{ of => $by_hand, name => 'by hand' },
	{
		of => "churn_agg(active, $period)",
		name => 'churn_agg(active, period)',
		limits => ['time <= 1.5 x by hand'],
	});

return {
	tables => {
		# Half a year around the month in question.
		subscription => q{
			CREATE TABLE subscription AS
			SELECT x, x % 10 < 8 AS was_active, x % 7 < 6 AS is_active,
				tstzrange(start, CASE WHEN x % 5 > 0 THEN start + x % 90 * interval '1 day' END)
					AS active
			FROM (SELECT floor(random() * 1000)::integer AS x,
					timestamptz '2024-10-01 00:00+00' + random() * interval '180 days' AS start
				FROM (SELECT setseed(0.2)) AS seed, generate_series(1, {rows})) AS customer},

		# Of those who ended, all came back.
		subscriptions => q{
			CREATE TABLE subscriptions AS
			SELECT tstzmultirange(active, tstzrange(upper(active) + interval '5 days', NULL))
				AS active
			FROM subscription WHERE NOT upper_inf(active) AND NOT isempty(active)},
	},

	benchmarks => [
		{
			title => 'two snapshots',
			query => 'SELECT {} AS figure FROM subscription',
			runs => [
				{ of => 'count(x)' },
				(map { { of => $_, limits => ['time <= 1.2 x count(x)'] } }
					  'churn_agg(was_active, is_active)', 'churn_rate(was_active, is_active)'),
				{ of => q{churn_reason_agg(was_active, is_active, 'price')} },
			],
		},
		{
			title => 'ranges',
			query => 'SELECT {} AS figure FROM subscription',
			runs => \@ranges,
		},
		{
			title => 'multiranges',
			query => 'SELECT {} AS figure FROM subscriptions',
			runs => \@ranges,
		},
	],
};
