# CDNOW: 69,659 orders of the 23,570 customers whose first one was early in 1997. Retention of the
# monthly cohorts, cell by cell, against a twin in plain SQL.
use strict;
use warnings;
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

my $node = PostgreSQL::Test::Cluster->new('retention_summary');
$node->init;
$node->append_conf('postgresql.conf', 'fsync = off');
$node->start;

sub query { return $node->safe_psql('postgres', $_[0]) }

query("CREATE EXTENSION cxm;
	CREATE TABLE ordered (customer_id integer, ordered_on date, units integer, amount numeric);
	COPY ordered FROM '$ENV{CXM_DATA}/cdnow_orders.csv' (FORMAT csv, HEADER);
	CREATE TABLE customer AS
		SELECT customer_id, activity_agg(ordered_on) AS a FROM ordered GROUP BY customer_id;
	CREATE TABLE plain AS
		SELECT customer_id, ordered_on, min(ordered_on) OVER (PARTITION BY customer_id) AS first
		FROM ordered;
	ANALYZE");
is(query('SELECT count(*) FROM ordered'), '69659', 'orders');
is( query('SELECT count(*), sum(day_count(a)) FROM customer'),
	query(q{SELECT count(DISTINCT customer_id), count(DISTINCT (customer_id, ordered_on))
		FROM ordered}),
	'customers, and days on which they ordered');

# The triangle of ours and of the twin, for a bucket whose period and end plain SQL can say; as_of
# is neither the last day of the data nor the end of a period.
sub same_triangle
{
	my ($name, $bucket, $kind, $period, $end) = @_;
	my $cells = query(qq{
		SELECT cohort, period, eligible, retained
		FROM (SELECT date_trunc('month', first_day(a))::date AS cohort,
				retention_agg(a, '$bucket', '1998-06-12', '$kind') AS s
			FROM customer GROUP BY cohort) t, retention_curve(s)
		ORDER BY cohort, period});
	my $returned = $kind eq 'on' ? '=' : '>=';
	my $twin = query(qq{
		WITH last AS (
			SELECT customer_id, first, array_agg(DISTINCT $period) AS periods
			FROM plain WHERE ordered_on <= '1998-06-12' GROUP BY customer_id, first
		)
		SELECT date_trunc('month', first)::date AS cohort, n, count(*),
			count(*) FILTER (WHERE EXISTS (SELECT FROM unnest(periods) p WHERE p $returned n))
		FROM last, generate_series(0, 600) n
		WHERE $end <= '1998-06-12'
		GROUP BY cohort, n ORDER BY cohort, n});
	is($cells, $twin, $name . ': ' . ($cells =~ tr/\n// + 1) . ' cells');
}

my $month = q{(12 * (extract(year FROM ordered_on) - extract(year FROM first))
	+ extract(month FROM ordered_on) - extract(month FROM first))::integer};
my $month_end = q{(date_trunc('month', first) + (n + 1) * interval '1 month')::date - 1};
for my $kind ('on', 'on_or_after')
{
	same_triangle("months, $kind", 'month', $kind, $month, $month_end);
	same_triangle("spells of 30 days, $kind", '30', $kind, '(ordered_on - first) / 30',
		'first + 30 * (n + 1) - 1');
	same_triangle("weeks, $kind", 'week', $kind,
		q{(date_trunc('week', ordered_on)::date - date_trunc('week', first)::date) / 7},
		q{date_trunc('week', first)::date + 7 * (n + 1) - 1});
}

# The cohorts together are the whole, and what is kept of them is.
is( query(q{
		SELECT rollup(s) = (SELECT retention_agg(a, 'month', '1998-06-30') FROM customer)
		FROM (SELECT retention_agg(a, 'month', '1998-06-30') AS s FROM customer
			GROUP BY date_trunc('month', first_day(a))) t}),
	't', 'the cohorts add up to the whole');

$node->stop;
done_testing();
