# The demo: what its report prints, against plain SQL over the same tables, which knows nothing of
# the extension.
use strict;
use warnings;
use IPC::Run;
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

my $node = PostgreSQL::Test::Cluster->new('demo');
$node->init;
$node->append_conf('postgresql.conf', "timezone = 'UTC'\nfsync = off\nwork_mem = '32MB'");
$node->start;

my @psql = ($node->installed_command('psql'), '-X', '-q', '-v', 'ON_ERROR_STOP=1');
my ($report, $errors);
ok( IPC::Run::run(
		[ @psql, '-d', $node->connstr('postgres'), '-f', 'examples/demo.sql' ],
		'>', \$report, '2>', \$errors),
	'the demo runs to its end');
is($errors, '', 'without a warning');
my %table = map { /\A(.*)\n\n((?s:.*))\z/ ? ($1 => $2) : () } split /^━━━ /m, $report;

# The rows of a table that the report prints under a title: these columns, sorted.
sub shown
{
	my ($title, @columns) = @_;
	my ($found) = grep { /^\Q$title\E/ } sort keys %table or BAIL_OUT("no table \"$title\"");
	my @rows = grep { /│/ } split /\n/, $table{$found} =~ s/\n\n.*//sr;
	shift @rows;
	my @cells = map { [ map { s/^\s+|\s+$//gr } split /│/ ] } @rows;
	return join "\n", sort map { my $row = $_; join '|', map { $_ // '' } @$row[@columns] } @cells;
}

sub query
{
	my ($sql) = @_;
	return join "\n", sort split /\n/,
	  $node->safe_psql('postgres', "SET search_path = demo, public; $sql");
}

# Figures, row for row, that may be off by some share and by the half of a tenth that rounding does.
sub near
{
	my ($shown, $expected, $share, $name) = @_;
	my @shown = split /[|\n]/, $shown;
	my @expected = split /[|\n]/, $expected;
	my @off = grep {
		my ($x, $y) = ($shown[$_], $expected[$_]);
		$y =~ /^[\d.]+$/ ? $x !~ /^[\d.]+$/ || abs($x - $y) > $share * $y + 0.0501 : $x ne $y;
	} 0 .. $#expected;
	ok(@expected > 0 && @shown == @expected && !@off, $name) or diag("$shown\n\n$expected");
}

query(q{
	CREATE INDEX ON response (customer_id);
	CREATE VIEW year AS SELECT * FROM response WHERE sent_at >= '2025-01-01'});

#
# Ratings
#
my $nps = q{round(100.0 * (count(*) FILTER (WHERE score >= 9)
	- count(*) FILTER (WHERE score <= 6)) / nullif(count(score), 0), %d)};
my $nps1 = sprintf $nps, 1;
is( shown('NPS by segment', 0 .. 2),
	query("SELECT segment, count(score), $nps1 FROM year JOIN customer c ON c.id = customer_id
		WHERE survey = 'nps' GROUP BY segment"),
	'NPS by segment');
is( shown('CSAT by channel', 0 .. 2),
	query(q{SELECT channel, count(score),
			round(100.0 * count(*) FILTER (WHERE score IN (4, 5)) / count(score), 1)
		FROM year WHERE survey = 'csat' GROUP BY channel}),
	'CSAT by channel');
is( shown('CES by journey stage', 0, 1, 2, 5),
	query(q{SELECT stage, count(score), round(avg(score), 2),
			round(100.0 * count(*) FILTER (WHERE score <= 3) / count(score), 1)
		FROM year WHERE survey = 'ces' GROUP BY stage}),
	'CES by stage');
is( shown('Response rates', 1, 2, 6),
	query(q{SELECT coalesce(channel, region), count(*), round(100.0 * count(score) / count(*), 1)
		FROM year JOIN customer c ON c.id = customer_id
		GROUP BY GROUPING SETS ((channel), (region))}),
	'response rates');
is( shown('This month against last', 0 .. 2),
	query(sprintf q{
		WITH month AS (SELECT survey, score, sent_at >= '2025-12-01' AS this
			FROM response WHERE sent_at >= '2025-11-01'),
		figure AS (SELECT survey, this, CASE survey
				WHEN 'nps' THEN %s
				WHEN 'csat' THEN round(100.0 * count(*) FILTER (WHERE score >= 4) / count(score), 2)
				ELSE round(avg(score), 2) END AS figure
			FROM month GROUP BY survey, this)
		SELECT upper(survey), min(figure) FILTER (WHERE NOT this), min(figure) FILTER (WHERE this)
		FROM figure GROUP BY survey}, sprintf $nps, 2),
	'this month against last');
is( shown('NPS over the 90 days', 0 .. 2),
	query("SELECT day::date, count(score), $nps1
		FROM generate_series(timestamptz '2025-02-01', '2026-01-01', '1 month') month,
			LATERAL (SELECT month - interval '1 day') d (day)
			JOIN response ON sent_at >= day - interval '89 days'
				AND sent_at < day + interval '1 day'
		WHERE survey = 'nps' GROUP BY day"),
	'NPS over 90 days');

#
# Tickets, as of the end of 2025. Percentiles: Kaplan and Meier in SQL. Business hours: day by day.
#
query(q{
	CREATE TABLE timed AS
	SELECT t.*, extract(epoch FROM least(resolved_at, '2026-01-01') - opened_at) / 3600 AS age,
		resolved_at <= '2026-01-01' AS over,
		(SELECT coalesce(sum(extract(epoch FROM least(local_end, day + interval '20 hours')
				- greatest(local_start, day + interval '8 hours'))), 0) / 3600
			FROM generate_series(local_start::date::timestamp, local_end, '1 day') day
			WHERE extract(isodow FROM day) < 7
				AND day <> ALL ('{2025-01-26, 2025-08-15, 2025-10-02}'::timestamp[])
				AND least(local_end, day + interval '20 hours')
					> greatest(local_start, day + interval '8 hours')) AS worked
	FROM ticket t, LATERAL (SELECT opened_at AT TIME ZONE 'Asia/Kolkata',
		least(resolved_at, '2026-01-01') AT TIME ZONE 'Asia/Kolkata') l (local_start, local_end)
	WHERE opened_at >= '2025-01-01'});
is( shown('Hours to resolution by team', 0 .. 2),
	query(q{SELECT team, count(*) FILTER (WHERE over), count(*) FILTER (WHERE over IS NOT TRUE)
		FROM timed GROUP BY team}),
	'tickets resolved and open, by team');

sub kaplan_meier
{
	my ($group, $time) = @_;
	return qq{
		(WITH step AS (
			SELECT part, time, exp(sum(ln(greatest(1 - ended / at_risk, 1e-300)))
				OVER (PARTITION BY part ORDER BY time)) AS survival
			FROM (SELECT DISTINCT $group AS part, $time AS time,
					count(*) FILTER (WHERE over) OVER (PARTITION BY $group, $time)::float8 AS ended,
					count(*) OVER (PARTITION BY $group ORDER BY $time DESC)::float8 AS at_risk
				FROM timed) s)
		SELECT part, min(time) FILTER (WHERE survival <= 0.5 + 1e-12) AS p50,
			min(time) FILTER (WHERE survival <= 0.1 + 1e-12) AS p90
		FROM step GROUP BY part)};
}
near(
	shown('Hours to resolution by team', 0, 3, 4, 5),
	query('SELECT part, a.p50, a.p90, w.p50 FROM ' . kaplan_meier('team', 'age') . ' a JOIN '
		  . kaplan_meier('team', 'worked') . ' w USING (part)'),
	0.01,
	'percentiles by team, open tickets as censored');
near(
	shown('Hours to first reply', 0, 1 .. 4),
	query(q{SELECT channel, percentile_cont(0.5) WITHIN GROUP (ORDER BY reply),
			percentile_cont(0.9) WITHIN GROUP (ORDER BY reply), k.p50, k.p90
		FROM (SELECT channel, extract(epoch FROM first_reply_at - opened_at) / 3600 AS reply
			FROM timed) t JOIN } . kaplan_meier('channel', 'age') . q{ k ON part = channel
		GROUP BY channel, k.p50, k.p90}),
	0.01,
	'percentiles by channel');
for my $part (qw(team channel))
{
	my $shown = $part eq 'team' ? shown('Hours to resolution by team', 0, 6)
	  : shown('Hours to first reply', 0, 5);
	my %bounds = map { my ($name, @bounds) = split /\|/; $name => \@bounds } split /\n/, query(
		qq{SELECT $part, string_agg(share::text, '|' ORDER BY target) FROM (
				SELECT $part, target, 100.0 * count(*) FILTER (WHERE over AND worked <= target)
					/ count(*) FILTER (WHERE over OR worked > target) AS share
				FROM timed, unnest('{7.92, 8.08}'::numeric[]) target GROUP BY $part, target) s
			GROUP BY $part});
	my @off = grep { my ($name, $share) = split /\|/;
		$share < $bounds{$name}[0] - 0.05 || $share > $bounds{$name}[1] + 0.05 } split /\n/, $shown;
	is("@off", '', "SLA by $part lies between those for targets 1 % to either side");
	cmp_ok(scalar keys %bounds, '>=', 3, "of every $part");
}
is( shown('Tickets whose resolution pushed CSAT down', 0 .. 5),
	query(q{
		WITH pair AS (
			SELECT team, t.channel, (after.score < earlier.score)::integer AS down
			FROM ticket t JOIN response after USING (id),
				LATERAL (SELECT score, answered_at FROM response r
					WHERE r.customer_id = after.customer_id AND survey = 'csat'
						AND score IS NOT NULL
						AND (r.answered_at, r.id) < (after.answered_at, after.id)
					ORDER BY r.answered_at DESC, r.id DESC LIMIT 1) earlier
			WHERE opened_at >= '2025-01-01' AND after.survey = 'csat' AND after.score IS NOT NULL
				AND earlier.answered_at < opened_at)
		SELECT team, }
		  . join(', ', map { "round(100 * avg(down) FILTER (WHERE channel = '$_'), 1)" }
			  qw(app chat email phone))
		  . q{, round(100 * avg(down), 1)
		FROM (SELECT * FROM pair UNION ALL SELECT 'all', channel, down FROM pair) p GROUP BY team}),
	'tickets that pushed CSAT down');

#
# Churn
#
query(q{
	CREATE VIEW account AS
	SELECT customer_id, min(started_on) AS first_day, bool_or(before) AS at_start,
		bool_or(after) AS at_end, coalesce(sum(monthly) FILTER (WHERE before), 0) AS paid_before,
		coalesce(sum(monthly) FILTER (WHERE after), 0) AS paid_after
	FROM subscription, LATERAL (
		SELECT started_on <= '2024-12-31' AND coalesce(ended_on > '2024-12-31', true),
			started_on <= '2025-12-31' AND coalesce(ended_on > '2025-12-31', true))
			s (before, after)
	GROUP BY customer_id});
my $churn = q{round(100.0 * count(*) FILTER (WHERE at_start AND NOT at_end)
	/ count(*) FILTER (WHERE at_start), 1)};
is( shown('Churn by segment', 0 .. 4, 7),
	query("SELECT segment, count(*) FILTER (WHERE at_start),
			count(*) FILTER (WHERE at_start AND NOT at_end), count(*) FILTER (WHERE at_end), $churn,
			round(100.0 * (count(*) FILTER (WHERE at_start) - count(*) FILTER (WHERE at_end))
				/ count(*) FILTER (WHERE at_start), 1)
		FROM account JOIN customer ON id = customer_id GROUP BY segment"),
	'churn by segment');
is( shown('Monthly recurring revenue', 0 .. 2),
	query(q{
		WITH change AS (
			SELECT CASE WHEN NOT at_start AND first_day >= '2025-01-01' THEN 'new'
					WHEN NOT at_start THEN 'reactivated' WHEN NOT at_end THEN 'churned'
					WHEN paid_after > paid_before THEN 'expansion' ELSE 'contraction' END AS step,
				paid_after - paid_before AS amount
			FROM account WHERE paid_after <> paid_before
			UNION ALL SELECT 'at start', paid_before FROM account WHERE at_start
			UNION ALL SELECT 'at end', paid_after FROM account WHERE at_end)
		SELECT step, to_char(sum(amount) / 1000, 'FM999,990.0'), count(*)
		FROM change GROUP BY step}),
	'recurring revenue and its movements');
is( shown('Do promoters stay', 0 .. 2),
	query("SELECT kind, count(*), $churn
		FROM (SELECT customer_id, CASE WHEN last >= 9 THEN 'promoters'
				WHEN last >= 7 THEN 'passives' ELSE 'detractors' END AS kind
			FROM (SELECT customer_id, (array_agg(score ORDER BY answered_at DESC))[1] AS last
				FROM response WHERE survey = 'nps' AND answered_at < '2025-01-01'
				GROUP BY customer_id) l) answer
		JOIN account USING (customer_id) WHERE at_start GROUP BY kind"),
	'churn of promoters and detractors');
is( shown('Who comes back to the portal', 0, 1, 2, 5) =~ s/\|+$//mgr,
	query(q{
		WITH month AS (SELECT DISTINCT customer_id, date_trunc('month', day)::date AS month
			FROM login),
		cohort AS (SELECT customer_id, min(month) AS joined FROM month GROUP BY customer_id),
		part AS (SELECT customer_id, joined, to_char(joined, 'YYYY-MM') AS name FROM cohort
			UNION ALL SELECT customer_id, joined, 'together' FROM cohort),
		rate AS (SELECT name, n, round(100.0 * count(month) / count(*)) AS rate
			FROM part CROSS JOIN unnest('{0, 1, 4}'::integer[]) n
			LEFT JOIN month m ON m.customer_id = part.customer_id
				AND m.month = joined + n * interval '1 month'
			WHERE joined + n * interval '1 month' < '2026-01-01' GROUP BY name, n)
		SELECT name, string_agg(rate::text, '|' ORDER BY n) FROM rate GROUP BY name}),
	'who comes back in the same month, the next, and the fourth');

#
# Journeys
#
query(q{
	CREATE TABLE step AS
	SELECT customer_id, at, stage_label(stage) AS stage,
		row_number() OVER w AS nth, count(*) OVER (PARTITION BY customer_id) AS events,
		lead(stage_label(stage)) OVER w AS next, lag(stage_label(stage)) OVER w AS previous
	FROM (SELECT DISTINCT customer_id, at, stage FROM event) e
	WINDOW w AS (PARTITION BY customer_id ORDER BY at, stage)});
is( shown('The journey map', 0 .. 5),
	query(q{
		SELECT stage, count(DISTINCT customer_id), count(*), count(*) FILTER (WHERE nth = 1),
			count(*) FILTER (WHERE nth = events AND at <= idle_since),
			count(*) FILTER (WHERE nth = events AND at > idle_since)
		FROM step, (SELECT timestamptz '2026-01-01' - interval '240 days') i (idle_since)
		GROUP BY stage}),
	'the journey map');
is( shown('From awareness to onboarding', 0, 1),
	query(q{
		WITH chain AS (
			SELECT a.customer_id, bool_or(c.at IS NOT NULL) AS c, bool_or(p.at IS NOT NULL) AS p,
				bool_or(o.at IS NOT NULL) AS o
			FROM step a
			LEFT JOIN step c ON c.customer_id = a.customer_id AND c.stage = 'consideration'
				AND c.at BETWEEN a.at AND a.at + '90 days'::interval
			LEFT JOIN step p ON p.customer_id = a.customer_id AND p.stage = 'purchase'
				AND p.at BETWEEN c.at AND a.at + '90 days'::interval
			LEFT JOIN step o ON o.customer_id = a.customer_id AND o.stage = 'onboarding'
				AND o.at BETWEEN p.at AND a.at + '90 days'::interval
			WHERE a.stage = 'awareness' GROUP BY a.customer_id)
		SELECT 'awareness', count(*) FROM chain
		UNION ALL SELECT 'consideration', count(*) FROM chain WHERE c
		UNION ALL SELECT 'purchase', count(*) FROM chain WHERE p
		UNION ALL SELECT 'onboarding', count(*) FROM chain WHERE o}),
	'the funnel');
is( join("\n", grep { /^all/ } split /\n/, shown('The five commonest paths', 0, 1, 2, 4)),
	query(q{
		SELECT 'all', count(*), round(100.0 * count(*) / sum(count(*)) OVER (), 1), path
		FROM (SELECT string_agg(stage, ' > ' ORDER BY nth) AS path FROM step
			WHERE stage IS DISTINCT FROM previous GROUP BY customer_id) p
		GROUP BY path ORDER BY count(*) DESC LIMIT 5}),
	'the commonest paths');
is( join("\n", grep { !/\(/ } split /\n/, shown('The flows, as a Sankey', 0 .. 3)),
	query(q{
		SELECT stage, next, count(*), count(DISTINCT customer_id) FROM step
		WHERE next <> stage GROUP BY stage, next HAVING count(*) >= 841}),
	'the flows');

$node->stop;
done_testing();
