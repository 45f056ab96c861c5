# The questions that people ask: what each query of docs/questions.md prints, against plain SQL over
# the same tables, which knows nothing of the extension. The queries are read out of the pages.
use strict;
use warnings;
use IPC::Run;
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

my $node = PostgreSQL::Test::Cluster->new('answers');
$node->init;
$node->append_conf('postgresql.conf', "timezone = 'UTC'\nfsync = off\nwork_mem = '32MB'");
$node->start;
$node->safe_psql('postgres', 'CREATE EXTENSION cxm');

my @psql = ($node->installed_command('psql'), '-X', '-q', '-v', 'ON_ERROR_STOP=1');

sub run_psql
{
	my ($input, @options) = @_;
	my ($output, $errors);
	IPC::Run::run([ @psql, '-At', @options, '-d', $node->connstr('postgres') ],
		'<', \$input, '>', \$output, '2>', \$errors);
	return $errors ne '' ? $errors : $output;
}
is(run_psql("\\i examples/company.sql\n"), '', 'the demo company is there');

# The statements of a section of a page: those that make something first, then each that shows rows.
sub statements
{
	my ($page, $heading) = @_;
	my ($section) = slurp_file($page) =~ /^## \Q$heading\E\n(.*?)(?=^## |\z)/ms
	  or BAIL_OUT("$page has no \"$heading\"");
	my @all = map { split /;[ \t]*$|^\\crosstabview\n/m } $section =~ /^```sql\n(.*?)^```/gms;
	my (@makes, @shows);
	for (grep { /\S/ } map { s/^\s+|\s+$//gr } @all)
	{
		push @{ /^(?:SELECT|WITH)\b/ ? \@shows : \@makes }, $_;
	}
	return (\@makes, \@shows);
}

# Rows as they are, but for figures, which may be off by a share: percentiles are within 1 %.
sub differs
{
	my ($shown, $expected, $share) = @_;
	my @shown = map { [ split /\|/, $_, -1 ] } split /\n/, $shown;
	my @expected = map { [ split /\|/, $_, -1 ] } split /\n/, $expected;
	return 1 if !@expected || @shown != @expected;
	for my $row (0 .. $#expected)
	{
		return 1 if @{ $shown[$row] } != @{ $expected[$row] };
		for my $column (0 .. $#{ $expected[$row] })
		{
			my ($x, $y) = ($shown[$row][$column], $expected[$row][$column]);
			next if $x eq $y;
			return 1 if !$share || "$x $y" !~ /^-?[\d.]+ -?[\d.]+$/;
			my ($digits) = $x =~ /\.(\d+)$/;
			return 1 if abs($x - $y) > $share * abs($y) + 0.501 / 10**length($digits // '');
		}
	}
	return 0;
}

# What plain SQL needs: Wilson's bounds, the score of an answer, and business hours, day by day, in
# the calendar that all tickets have.
run_psql('SET search_path = demo;' . slurp_file('test/hours_open.sql') . q{
	CREATE FUNCTION wilson(k numeric, n numeric, side integer) RETURNS numeric
	RETURN 100 * (k / n + 1.9207294 / n + side * 1.95996398 * sqrt(k / n * (1 - k / n) / n
		+ 0.9603647 / n / n)) / (1 + 3.8414588 / n);
	CREATE FUNCTION score(answer double precision) RETURNS integer
	RETURN CASE WHEN answer >= 9 THEN 100 WHEN answer <= 6 THEN -100 WHEN answer >= 7 THEN 0 END;
	CREATE INDEX ON subscription (customer);
	CREATE INDEX ON ticket (customer);
	CREATE INDEX ON response (customer);
	CREATE INDEX ON event (customer);
	CREATE INDEX ON ticket_status (ticket);
	CREATE VIEW asked AS SELECT r.*, segments, country, score(answer) AS score
	FROM response r JOIN customer USING (tenant, customer);
	CREATE TABLE paid AS
	SELECT customer, since, day, sum(mrr) FILTER (WHERE started_at <= day AT TIME ZONE 'UTC'
		AND coalesce(ended_at > day AT TIME ZONE 'UTC', true)) AS mrr
	FROM subscription JOIN (SELECT customer, min(started_at AT TIME ZONE 'UTC')::date AS since
			FROM subscription GROUP BY customer) first USING (customer),
		generate_series(timestamp '2025-01-01', '2026-01-01', '1 month') m,
		LATERAL (SELECT (m - interval '1 day')::date) d (day)
	GROUP BY 1, 2, 3;
	CREATE VIEW month AS
	SELECT to_char(b.day, 'YYYY-MM') AS month, customer, a.since, a.since > a.day AS came, a.mrr
		AS before,
		b.mrr AS after FROM paid a JOIN paid b USING (customer)
	WHERE b.day = (a.day + 1 + interval '1 month - 1 day')::date;
	CREATE VIEW visit AS SELECT DISTINCT customer, (at AT TIME ZONE 'UTC')::date AS day
	FROM event WHERE object = 'portal';
	CREATE TABLE step AS
	SELECT *, row_number() OVER w AS nth, lead(stage) OVER w AS next, lead(at) OVER w AS next_at
	FROM (SELECT customer, at, split_part(stage, ':', -1) AS stage, channel,
			array_position('{awareness,consideration,250:trial,purchase,onboarding,service,loyalty,
				advocacy}', stage) AS place FROM event WHERE stage IS NOT NULL) e
	WINDOW w AS (PARTITION BY customer ORDER BY at, place);
	CREATE INDEX ON step (customer, stage);
	ANALYZE});

# Kaplan and Meier in SQL: when a share of these has been over.
sub kaplan_meier
{
	my ($rows) = @_;
	return qq{
		(SELECT part, min(time) FILTER (WHERE survival <= 0.5 + 1e-12) AS p50,
			min(time) FILTER (WHERE survival <= 0.1 + 1e-12) AS p90,
			sum(ended) AS ended, max(at_risk) - sum(ended) AS censored,
			min(survival) FILTER (WHERE time <= 365) AS after_365
		FROM (SELECT part, time, ended, at_risk, exp(sum(ln(greatest(1 - ended / at_risk, 1e-300)))
				OVER (PARTITION BY part ORDER BY time)) AS survival
			FROM (SELECT DISTINCT part, time,
					count(*) FILTER (WHERE over) OVER (PARTITION BY part, time)::float8 AS ended,
					count(*) OVER (PARTITION BY part ORDER BY time DESC)::float8 AS at_risk
				FROM ($rows) t) s) u
		GROUP BY part)};
}

my $stay = q{SELECT plan AS part, coalesce(ended, date '2025-12-31') - started AS time, ended
	IS NOT NULL AS over
	FROM (SELECT customer, (array_agg(plan ORDER BY started_at))[1] AS plan, min(started_at)::date
		AS started,
			min(ended_at) FILTER (WHERE NOT followed)::date AS ended
		FROM (SELECT *, EXISTS (SELECT FROM subscription n WHERE n.customer = s.customer
				AND n.started_at = s.ended_at) OR ended_at IS NULL AS followed
					FROM subscription s) s
		GROUP BY customer) c};
my $now = q{timestamptz '2026-01-01'};

# Heading, which of its queries, its columns that are compared, plain SQL, and how far off figures
# may be.
my $questions = 'docs/questions.md';
my @table = (
	[ 'NPS of the quarter by region, with its margin', 1, 'region, nps, responses', q{
		SELECT segments[2], round(avg(score)), count(score) FROM asked
		WHERE metric = 'nps' AND asked_at >= '2025-10-01' GROUP BY 1} ],
	[ 'Which segments differ significantly from the rest?', 1, 'segment, nps, difference', q{
		SELECT segments[1], round(avg(score)), round(avg(score)
			- (sum(sum(score)) OVER () - sum(score)) / (sum(count(score)) OVER () - count(score)))
		FROM asked WHERE metric = 'nps' AND asked_at >= '2025-10-01' GROUP BY 1} ],
	[ 'Why did NPS move: by mix, or by the segments themselves?', 1, '*', q{
		WITH side AS (
			SELECT segments[1] AS segment, asked_at >= '2025-10-01' AS after, avg(score) AS r,
				count(*) / sum(count(*)) OVER (PARTITION BY asked_at >= '2025-10-01') AS w
			FROM asked WHERE metric = 'nps' AND asked_at >= '2025-07-01' AND score IS NOT NULL
			GROUP BY 1, 2)
		SELECT segment, round(100 * a.w, 1), round(100 * b.w, 1), round(a.r, 1), round(b.r, 1),
			round((b.w - a.w) * ((a.r + b.r) / 2 - (SELECT sum(w * r) / 2 FROM side)), 2),
			round((a.w + b.w) / 2 * (b.r - a.r), 2)
		FROM side a JOIN side b USING (segment) WHERE b.after AND NOT a.after} ],
	[ 'What drives NPS?', 1, 'driver, mean, correlation', q{
		WITH c AS (
			SELECT avg(answer) FILTER (WHERE metric = 'nps') AS nps,
				avg(answer) FILTER (WHERE metric = 'csat') AS csat,
				avg(answer) FILTER (WHERE metric = 'ces') AS ces,
				(SELECT count(*) FROM ticket t WHERE t.customer = r.customer
					AND opened_at >= '2025-01-01') AS tickets
			FROM response r WHERE asked_at >= '2025-01-01' GROUP BY customer),
		d AS (SELECT * FROM c WHERE nps + csat + ces IS NOT NULL)
		SELECT name, round(avg(x)::numeric, 2), round(corr(x, nps)::numeric, 2)
		FROM d, LATERAL (VALUES ('CSAT', csat), ('CES', ces), ('tickets', tickets)) v (name, x)
		GROUP BY name} ],
	[ 'League table of agents', 1, 'place, agent, responses, csat, lower, upper', q{
		SELECT rank() OVER (ORDER BY wilson(k, n, -1) DESC), agent, n, round(100.0 * k / n, 1),
			round(wilson(k, n, -1), 1), round(wilson(k, n, 1), 1)
		FROM (SELECT agent, count(answer) AS n, count(*) FILTER (WHERE answer >= 4) AS k
			FROM response
			WHERE metric = 'csat' AND agent IS NOT NULL AND asked_at >= '2025-10-01' GROUP BY 1) a
		ORDER BY 1 LIMIT 5} ],
	[ 'Top-2 box, emoji and half stars', 1, '*', q{
		SELECT metric, scale, round(100.0 * k / n, 1), round(wilson(k, n, -1), 1),
			round(wilson(k, n, 1), 1), n
		FROM (SELECT metric, scale, count(answer) AS n, count(*) FILTER (WHERE answer
				>= CASE metric WHEN 'csat' THEN 4 WHEN 'ces' THEN 6 ELSE 9 END) AS k
			FROM response WHERE asked_at >= '2025-10-01' GROUP BY 1, 2) t} ],
	[ 'Top-2 box, emoji and half stars', 2, '*', q{
		SELECT round(100 * avg((label IN ('🙂', '😍'))::integer)),
			round(100 * avg((stars >= 4)::integer))
		FROM (VALUES ('😍', 4.5), ('🙂', 5), ('😡', 0.5), ('😐', 3.5)) v (label, stars)} ],
	[ 'CES where a high number is hard', 1, 'survey, effort, percent_easy, responses', q{
		SELECT survey, round(8 - avg(answer)::numeric, 2),
			round(100 * avg((answer >= 5)::integer), 1), count(answer)
		FROM response WHERE metric = 'ces' AND asked_at >= '2025-01-01' AND answer IS NOT NULL
			GROUP BY 1} ],
	[ 'Sentiment from −1 to 1', 1, '*', q{
		SELECT quarter::date, channel, round(m, 3), round(m - e, 3), round(m + e, 3), round(100 * p,
			1)
		FROM (SELECT date_trunc('quarter', asked_at) AS quarter, channel,
				avg(answer / 5 - 1)::numeric AS m, avg((answer > 5)::integer) AS p,
				(1.96 * stddev(answer / 5 - 1) / sqrt(count(*)))::numeric AS e
			FROM response WHERE metric = 'nps' AND answer IS NOT NULL GROUP BY 1, 2) t
		WHERE quarter >= '2025-07-01'} ],
	[ 'Sentiment from −1 to 1', 2, 'app_less_email, lower, upper', q{
		SELECT round(d, 3), round(d - 1.96 * e, 3), round(d + 1.96 * e, 3)
		FROM (SELECT avg(answer / 5) FILTER (WHERE channel = 'app')::numeric
				- avg(answer / 5) FILTER (WHERE channel = 'email')::numeric AS d,
			sqrt(variance(answer / 5) FILTER (WHERE channel = 'app')
					/ count(*) FILTER (WHERE channel = 'app')
				+ variance(answer / 5) FILTER (WHERE channel = 'email')
					/ count(*) FILTER (WHERE channel = 'email'))::numeric AS e
		FROM response WHERE metric = 'nps' AND answer IS NOT NULL
			AND asked_at >= '2025-10-01') t} ],
	[ 'Weighted NPS', 1, 'label, nps, responses', q{
		WITH r AS (SELECT segments[2] AS region, avg(score) AS s, count(score) AS n FROM asked
			WHERE metric = 'nps' AND asked_at >= '2025-10-01' GROUP BY 1),
		c AS (SELECT segments[2] AS region, count(*) AS n FROM customer GROUP BY 1)
		SELECT 'as they came', round(sum(s * n) / sum(n), 2), sum(n) FROM r
		UNION ALL SELECT 'weighted', round(sum(s * c.n) / sum(c.n), 2), sum(r.n)
		FROM r JOIN c USING (region)} ],
	[ 'NPS of those who mention a theme', 1, 'mentions, responses, percent, nps', q{
		SELECT comment ~ 'price|expensive|कीमत|दाम|महँग|मूल्य',
			count(*),
			round(100.0 * count(*) / sum(count(*)) OVER (), 1), round(avg(score)) FROM asked
		WHERE metric = 'nps' AND comment IS NOT NULL GROUP BY 1} ],
	[ 'Rolling 30 days, with days that had no answers', 1, '*', q{
		SELECT day, count(score), round(avg(score), 1)
		FROM unnest('{2025-11-15,2025-12-15,2025-12-31}'::date[]) day JOIN asked
			ON asked_at::date BETWEEN day - 29 AND day WHERE metric = 'nps' GROUP BY 1} ],
	[ 'An alert when a week is out of the ordinary', 1, '*', q{
		WITH a AS (SELECT segments[2] AS region, date_trunc('week', asked_at)::date AS week, score
			FROM asked WHERE metric = 'nps' AND score IS NOT NULL),
		b AS (SELECT w.region, w.week, a.week = w.week AS this, avg(score) AS s, count(*) AS n,
				avg(score::numeric * score) - avg(score) ^ 2 AS v
			FROM (SELECT DISTINCT region, week FROM a WHERE week >= '2025-07-01') w
			JOIN a ON a.region = w.region AND (a.week = w.week OR a.week BETWEEN w.week - 91
				AND w.week - 7)
			GROUP BY 1, 2, 3)
		SELECT t.region, t.week, t.n, round(t.s), round(u.s), CASE WHEN t.s < u.s THEN 'low'
			ELSE 'high' END
		FROM b t JOIN b u USING (region, week) WHERE t.this AND NOT u.this
			AND abs(t.s - u.s) > 3.29 * sqrt(t.v / t.n + u.v / u.n)} ],
	[ 'One vote each', 2, '*', q{
		SELECT 'all answers of the year', count(*), round(avg(score), 1) FROM asked
		WHERE metric = 'nps' AND answered_at >= '2025-01-01'
		UNION ALL SELECT 'one vote each', count(*), round(avg(score), 1) FROM asked a
		WHERE metric = 'nps' AND answered_at = (SELECT max(answered_at) FROM response b
			WHERE b.customer = a.customer AND metric = 'nps') AND answered_at >= '2025-01-01'} ],
	[ 'This week against the same week last year', 1, 'last_year, this_year, difference', q{
		SELECT round(a, 1), round(b, 1), round(b - a, 1)
		FROM (SELECT 100 * avg((answer >= 4)::integer)
				FILTER (WHERE asked_at >= '2024-12-09' AND asked_at < '2024-12-16') AS a,
			100 * avg((answer >= 4)::integer)
				FILTER (WHERE asked_at >= '2025-12-08' AND asked_at < '2025-12-15') AS b
			FROM response WHERE metric = 'csat') t} ],
	[ 'Response rate, while surveys are still open', 1, '*', q{
		SELECT week, n, round(100.0 * k / n, 1), round(wilson(k, n, -1), 1), round(wilson(k, n, 1),
			1)
		FROM (SELECT date_trunc('week', asked_at)::date AS week, count(*) AS n,
				count(*) FILTER (WHERE answered_at < asked_at + interval '72 hours') AS k
			FROM response WHERE metric = 'nps' AND asked_at < '2025-12-29'
				AND asked_at >= '2025-12-01'
			GROUP BY 1) t} ],
	[ 'Response rate, while surveys are still open', 2, 'app_less_email', q{
		SELECT round(100 * (avg(quick) FILTER (WHERE channel = 'app')
			- avg(quick) FILTER (WHERE channel = 'email')), 1)
		FROM (SELECT channel, coalesce(answered_at < asked_at + interval '72 hours', false)::integer
			AS quick
			FROM response WHERE metric = 'nps' AND asked_at < '2025-12-29'
				AND asked_at >= '2025-12-01') t} ],
	[ 'Difference in differences of CSAT', 1, '*', q{
		SELECT round(d, 2), round(d - 1.96 * e, 2), round(d + 1.96 * e, 2)
		FROM (SELECT sum(p * CASE WHEN trained = after THEN 1 ELSE -1 END) AS d, sqrt(sum(v / n))
			AS e
			FROM (SELECT team = 'Billing' AS trained, asked_at >= '2025-07-01' AS after, count(*)
				AS n,
				100 * avg((answer >= 4)::integer) AS p, 10000 * variance((answer >= 4)::integer)
					AS v
				FROM response WHERE metric = 'csat' AND team IS NOT NULL AND answer IS NOT NULL
					AND asked_at >= '2025-01-01' GROUP BY 1, 2) g) t} ],
	[ 'Red, amber, green against a target, as JSON', 1, '*', q{
		SELECT jsonb_agg(jsonb_build_object('channel', channel, 'csat', round(100.0 * k / n),
			'light',
			CASE WHEN wilson(k, n, 1) < 75 THEN 'red' WHEN wilson(k, n, -1) >= 75 THEN 'green'
				ELSE 'amber' END) ORDER BY channel)
		FROM (SELECT channel, count(answer) AS n, count(*) FILTER (WHERE answer >= 4) AS k
			FROM response
			WHERE metric = 'csat' AND asked_at >= '2025-10-01' GROUP BY 1) t} ],
	[ 'Two companies with different scales', 1, '*', 'SELECT 100 * 3 / 4' ],
	[ 'A survey that branches', 1, '*', 'SELECT 100 * 1 / 2, 2, round(2 / 3.0, 2)' ],
	[ 'First response, p50 and p90 by team, in business hours', 1,
		'team, extract(epoch FROM p50)::integer, extract(epoch FROM p90)::integer, p90_in_hours',
		'SELECT part, round(3600 * p50), round(3600 * p90), round(p90, 1) FROM ' . kaplan_meier(qq{
			SELECT team AS part, hours_open(opened_at, coalesce(first_reply_at, $now)) AS time,
				first_reply_at IS NOT NULL AS over FROM ticket
					WHERE opened_at >= '2025-10-01'}) . ' t',
		# shown in whole minutes, of quarter hours
		0.06 ],
	[ 'How many tickets are resolved in time, pauses taken out?', 1, '*', q{
		SELECT team, round(100.0 * k / n, 1), round(wilson(k, n, -1), 1), round(wilson(k, n, 1), 1),
			n,
			undecided
		FROM (SELECT team, count(*) FILTER (WHERE worked <= 8 AND resolved_at IS NOT NULL) AS k,
				count(*) FILTER (WHERE worked > 8 OR resolved_at IS NOT NULL) AS n,
				count(*) FILTER (WHERE worked <= 8 AND resolved_at IS NULL) AS undecided
			FROM ticket, LATERAL (SELECT hours_open(opened_at, coalesce(resolved_at, '2026-01-01'))
				- coalesce(hours_open(lower(paused), upper(paused)), 0)) w (worked)
			WHERE opened_at >= '2025-10-01' GROUP BY 1) t}, 0, 'docs/relations.md' ],
	[ 'Solved at the first contact, handed on, reopened', 1, '*', q{
		SELECT channel, n, round(100.0 * k / n, 1), round(wilson(k, n, -1), 1), round(wilson(k, n,
			1), 1),
			round(100.0 * two / n, 1), round(100.0 * again / n, 1)
		FROM (SELECT channel, count(*) AS n, count(*) FILTER (WHERE reopened > 0) AS again,
				count(*) FILTER (WHERE agents > 1) AS two, count(*) FILTER (WHERE agents = 1
					AND reopened = 0 AND NOT EXISTS (SELECT FROM ticket n
						WHERE n.customer = t.customer
						AND n.opened_at > t.opened_at
							AND n.opened_at <= t.resolved_at + interval '7 days')) AS k
			FROM ticket t, LATERAL (SELECT count(DISTINCT agent) AS agents FROM ticket_status s
				WHERE s.ticket = t.ticket) a
			WHERE resolved_at >= '2025-10-01' AND resolved_at < '2025-12-25' GROUP BY 1) u} ],
	[ 'The backlog on each Monday, and its age', 1, '*', q{
		SELECT monday::date, count(*),
			round((percentile_cont(0.5) WITHIN GROUP (ORDER BY age))::numeric, 1),
			round((percentile_cont(0.9) WITHIN GROUP (ORDER BY age))::numeric, 1), count(*)
				FILTER (WHERE age > 7)
		FROM generate_series(timestamptz '2025-12-01', '2025-12-29', '1 week') monday
		JOIN ticket ON opened_at <= monday AND coalesce(resolved_at > monday, true),
			LATERAL (SELECT extract(epoch FROM monday - opened_at) / 86400) a (age) GROUP BY 1},
		# of two dozen tickets the neighbours of a percentile lie apart
		0.06 ],
	[ 'How sure is the median, and which team is faster?', 1, 'team, resolved, open, p50',
		'SELECT part, ended, censored, round(p50, 1) FROM ' . kaplan_meier(qq{
			SELECT team AS part, extract(epoch FROM coalesce(resolved_at, $now) - opened_at) / 3600
				AS time,
				resolved_at IS NOT NULL AS over FROM ticket
					WHERE opened_at >= '2025-12-01'}) . ' t', 0.01 ],
	[ 'The contact centre by half hours', 1,
		'half_hour, contacts, service_level, lower, upper, p90_wait', q{
		SELECT to_char(local, 'HH24:') || CASE WHEN extract(minute FROM local) < 30 THEN '00'
			ELSE '30' END,
			count(*), round(100.0 * count(*) FILTER (WHERE wait <= 60) / count(*), 1),
			round(wilson(count(*) FILTER (WHERE wait <= 60), count(*), -1), 1),
			round(wilson(count(*) FILTER (WHERE wait <= 60), count(*), 1), 1),
			round((percentile_cont(0.9) WITHIN GROUP (ORDER BY wait))::numeric)
		FROM (SELECT opened_at AT TIME ZONE 'Asia/Kolkata' AS local,
				extract(epoch FROM first_reply_at - opened_at) / 60 AS wait
			FROM ticket WHERE channel IN ('phone', 'chat') AND opened_at >= '2025-10-01') t
		WHERE local::time >= '10:00' AND local::time < '12:30' GROUP BY 1}, 0.01 ],
	[ 'Cost of support per resolved ticket, beside CSAT', 1, 'team, resolved, rupees_each, csat', q{
		SELECT team, count(*), round(avg(CASE team WHEN 'Billing' THEN 240 WHEN 'Devices' THEN 300
			ELSE 360 END
			* (hours_open(opened_at, resolved_at) - coalesce(hours_open(lower(paused),
				upper(paused)), 0)))),
			round(100.0 * count(*) FILTER (WHERE answer >= 4) / count(answer), 1)
		FROM ticket LEFT JOIN (SELECT ticket, answer FROM response
			WHERE metric = 'csat') r USING (ticket)
		WHERE resolved_at >= '2025-10-01' GROUP BY 1} ],
	[ 'Logo churn of the last six months', 1, '*', q{
		SELECT month, n, lost, round(100.0 * lost / n, 2), round(wilson(lost, n, -1), 2),
			round(wilson(lost, n, 1), 2)
		FROM (SELECT month, count(before) AS n, count(before) FILTER (WHERE after IS NULL) AS lost
			FROM month WHERE month >= '2025-07' GROUP BY 1) t} ],
	[ 'Churn by plan', 1, '*', q{
		SELECT plan, n, lost, round(100.0 * lost / nullif(n, 0), 2), round(wilson(lost, nullif(n,
			0), -1), 2),
			round(wilson(lost, nullif(n, 0), 1), 2), came, back
		FROM (SELECT plan, count(plan) AS n, count(plan) FILTER (WHERE after IS NULL) AS lost,
				count(*) FILTER (WHERE plan IS NULL AND after > 0 AND since >= '2025-10-01')
					AS came,
				count(*) FILTER (WHERE plan IS NULL AND after > 0 AND since < '2025-10-01') AS back
			FROM (SELECT (SELECT plan FROM subscription s WHERE s.customer = p.customer
					AND started_at < '2025-10-01' AND coalesce(ended_at >= '2025-10-01', true))
						AS plan,
				mrr AS after, since FROM paid p WHERE day = '2025-12-31') c GROUP BY 1) t} ],
	[ 'How many shall we lose next month?', 1, 'at_start, lost, now, expected', q{
		SELECT a, lost, b, round(b * lost / a::numeric)
		FROM (SELECT count(before) AS a, count(after) AS b,
				count(*) FILTER (WHERE before > 0 AND after IS NULL) AS lost
			FROM month WHERE month = '2025-12') t} ],
	[ 'MRR waterfall', 1, '*', q{
		SELECT month, 'INR', round(sum(before)), round(sum(after) FILTER (WHERE before IS NULL
			AND came)),
			round(sum(after - before) FILTER (WHERE after > before)),
			round(sum(after) FILTER (WHERE before IS NULL AND NOT came)),
			round(sum(after - before) FILTER (WHERE after < before)),
			round(-sum(before) FILTER (WHERE after IS NULL)), round(sum(after))
		FROM month GROUP BY 1} ],
	[ 'NRR of the last twelve months, by cohort', 1, '*', q{
		SELECT coalesce(extract(year FROM since)::text, 'all'), count(*), round(sum(a)),
			round(100 * sum(coalesce(b, 0)) / sum(a), 1), round(100 * sum(least(a, coalesce(b,
				0))) / sum(a), 1)
		FROM (SELECT a.since, a.mrr AS a, b.mrr AS b FROM paid a JOIN paid b USING (customer)
			WHERE a.day = '2024-12-31' AND b.day = '2025-12-31') p
		WHERE a > 0 GROUP BY GROUPING SETS ((extract(year FROM since)), ())} ],
	[ 'How long do they stay, by plan, and when do they leave?', 1,
		'plan, "left", still_here, median_days, percent_after_a_year',
		'SELECT part, ended, censored, p50, round(100 * after_365::numeric, 1) FROM '
		  . kaplan_meier($stay)
		  . ' t' ],
	[ 'How long do they stay, by plan, and when do they leave?', 3, 'from_day, at_risk, "left"', qq{
		SELECT from_day, count(*) FILTER (WHERE time > from_day OR from_day = 0),
			count(*) FILTER (WHERE over AND time > from_day AND time <= from_day + 182)
		FROM ($stay) t, unnest('{0,182,364,546}'::integer[]) from_day WHERE part = 'monthly'
			GROUP BY 1} ],
	[ 'Lifetime value in a shop without contracts', 1,
		'customer, orders, last_order, percent_there', q{
		WITH buyer AS (SELECT customer, count(DISTINCT issued_on) AS n, max(issued_on) AS last,
				min(issued_on) AS first FROM invoice
			WHERE subscription IS NULL AND status <> 'void' GROUP BY customer),
		m AS (SELECT (bg_nbd_fit(purchase_agg(n - 1, last - first, date '2025-12-31' - first))).*
			FROM buyer)
		SELECT customer, n, last, round((100 / (1 + a / (b + n - 2)
			* ((alpha + (date '2025-12-31' - first)) / (alpha + (last - first)))
				^ (r + n - 1)))::numeric)
		FROM buyer, m WHERE customer IN ('61052', '62825', '61511', '60369', '60754')} ],
	[ 'RFM: recency, frequency, monetary value', 1, 'r, f, m, customers, spent_each', q{
		WITH c AS (SELECT customer, max(issued_on) AS last, count(*) AS n, sum(amount) AS spent
			FROM invoice
			WHERE subscription IS NULL AND status <> 'void' GROUP BY customer),
		worse AS (SELECT spent, rank() OVER (ORDER BY last) - 1 AS r, rank() OVER (ORDER BY n) - 1
			AS f,
				rank() OVER (ORDER BY spent) - 1 AS m, count(*) OVER () - 1 AS all_others FROM c)
		SELECT 1 + least(2, 3 * r / all_others), 1 + least(2, 3 * f / all_others),
			1 + least(2, 3 * m / all_others), count(*), round(avg(spent))
		FROM worse GROUP BY 1, 2, 3 ORDER BY 4 DESC, 1, 2, 3 LIMIT 6} ],
	[ 'Retention of cohorts', 1, '*', q{
		WITH v AS (SELECT DISTINCT customer, date_trunc('month', day)::date AS month FROM visit),
		c AS (SELECT customer, min(month) AS cohort FROM v GROUP BY 1)
		SELECT to_char(cohort, 'YYYY-MM'), n, round(100.0 * count(v.month) / count(*))
		FROM c CROSS JOIN generate_series(0, 5) n
		LEFT JOIN v ON v.customer = c.customer AND v.month = cohort + n * interval '1 month'
		WHERE cohort >= '2025-06-01' AND cohort + n * interval '1 month' <= '2025-12-01' GROUP BY 1,
			2} ],
	[ 'Retention of cohorts', 2, '*', q{
		WITH v AS (SELECT DISTINCT customer, date_trunc('month', day)::date AS month FROM visit),
		c AS (SELECT customer, min(month) AS cohort FROM v GROUP BY 1)
		SELECT to_char(cohort, 'YYYY-MM'), count(*), count(v.month),
			round(100.0 * count(v.month) / count(*), 1),
			round(wilson(count(v.month), count(*), -1), 1), round(wilson(count(v.month), count(*),
				1), 1)
		FROM c LEFT JOIN v ON v.customer = c.customer AND v.month = cohort + interval '1 month'
		WHERE cohort IN ('2025-09-01', '2025-10-01', '2025-11-01') GROUP BY cohort} ],
	[ 'Daily and monthly active users, and stickiness', 1, 'month, mau, mean_dau, stickiness', q{
		SELECT to_char(day, 'YYYY-MM'), count(DISTINCT customer), round(count(*) / max(days), 1),
			round(100 * count(*) / max(days) / count(DISTINCT customer), 2)
		FROM visit, LATERAL (SELECT extract(day FROM date_trunc('month',
			day) + interval '1 month - 1 day')) d (days)
		WHERE day >= '2025-10-01' GROUP BY 1} ],
	[ 'New, retained, resurrected, dormant by week', 1,
		'week, active, new, retained, resurrected, dormant, growth', q{
		WITH w AS (SELECT DISTINCT customer, date_trunc('week', day)::date AS week FROM visit),
		s AS (SELECT *, week - lag(week) OVER c AS since, lead(week) OVER c - week AS until FROM w
			WINDOW c AS (PARTITION BY customer ORDER BY week)),
		n AS (SELECT week, count(*) AS active, count(*) FILTER (WHERE since IS NULL) AS new,
				count(*) FILTER (WHERE since = 7) AS kept, count(*) FILTER (WHERE since > 7) AS back
			FROM s GROUP BY 1),
		d AS (SELECT week + 7 AS week, count(*) AS dormant FROM s
			WHERE until IS DISTINCT FROM 7 GROUP BY 1)
		SELECT week, active, new, kept, back, dormant, new + back - dormant FROM n
			JOIN d USING (week)
		WHERE week >= '2025-12-01' AND week < '2025-12-29'} ],
	[ 'Funnel in 14 days by the first channel', 1, '*', q{
		WITH chain AS (
			SELECT a.customer, bool_or(c.at IS NOT NULL) AS c, bool_or(p.at IS NOT NULL) AS p,
				max(a.at) > timestamptz '2025-12-31' - interval '14 days' AS may_still
			FROM step a
			LEFT JOIN step c ON c.customer = a.customer AND c.stage = 'consideration'
				AND c.at BETWEEN a.at AND least(a.at + interval '14 days', '2025-12-31')
			LEFT JOIN step p ON p.customer = a.customer AND p.stage = 'purchase'
				AND p.at BETWEEN c.at AND least(a.at + interval '14 days', '2025-12-31')
			WHERE a.stage = 'awareness' AND a.at <= '2025-12-31' GROUP BY 1)
		SELECT channel, n, c, k, round(100.0 * k / decided, 1), round(wilson(k, decided, -1), 1),
			round(wilson(k, decided, 1), 1)
		FROM (SELECT channel, count(*) AS n, count(*) FILTER (WHERE c) AS c, count(*)
			FILTER (WHERE p) AS k,
				count(*) FILTER (WHERE p OR NOT may_still) AS decided
			FROM chain JOIN (SELECT DISTINCT ON (customer) customer, channel FROM event WHERE stage
				IS NOT NULL
				ORDER BY customer, at, stage) f USING (customer) GROUP BY 1) t
		ORDER BY n DESC LIMIT 4} ],
	[ 'Is the conversion better than before, and how long does it take?', 1,
		'stage, journeys, days_since_first', q{
		WITH chain AS (
			SELECT a.customer, min(c.at) - a.at AS c, min(p.at) - a.at AS p
			FROM step a
			LEFT JOIN step c ON c.customer = a.customer AND c.stage = 'consideration'
				AND c.at BETWEEN a.at AND least(a.at + interval '14 days', '2025-12-31')
			LEFT JOIN step p ON p.customer = a.customer AND p.stage = 'purchase'
				AND p.at BETWEEN c.at AND least(a.at + interval '14 days', '2025-12-31')
			WHERE a.stage = 'awareness' AND a.at <= '2025-12-31' AND NOT EXISTS (SELECT FROM step b
				WHERE b.customer = a.customer AND b.at < '2025-07-01') AND a.at >= '2025-07-01'
			GROUP BY a.customer, a.at)
		SELECT 'awareness', count(*), NULL FROM chain
		UNION ALL SELECT 'consideration', count(c),
			round((extract(epoch FROM percentile_cont(0.5) WITHIN GROUP (ORDER BY c)) / 86400), 1)
				FROM chain
		UNION ALL SELECT 'purchase', count(p),
			round((extract(epoch FROM percentile_cont(0.5) WITHIN GROUP (ORDER BY p)) / 86400), 1)
				FROM chain},
		0.01 ],
	[ 'Where do they go after the trial?', 1, 'to_stage, transitions, percent, median_days', q{
		SELECT coalesce(next, CASE WHEN at > timestamptz '2026-01-01' - interval '240 days'
			THEN '(ongoing)'
			ELSE '(end)' END), count(*), round(100.0 * count(*) / sum(count(*)) OVER (), 1),
			round(extract(epoch
				FROM percentile_cont(0.5) WITHIN GROUP (ORDER BY next_at - at)) / 86400, 1)
		FROM step WHERE stage = 'trial' GROUP BY 1}, 0.01 ],
	[ 'Journey map with CES by stage', 1, 'stage, journeys, visits, exits, ces', q{
		SELECT stage, count(DISTINCT customer), count(*), count(*) FILTER (WHERE next IS NULL
			AND at <= timestamptz '2026-01-01' - interval '240 days'), ces
		FROM step LEFT JOIN (SELECT survey AS stage, round(avg(answer)::numeric, 2) AS ces
			FROM response
			WHERE metric = 'ces' GROUP BY 1) r USING (stage) GROUP BY stage, ces} ],
	[ 'Channel switches within a day, and the preferred channel', 1, '*', q{
		SELECT channel, n, round(100.0 * k / n, 1), round(wilson(k, n, -1), 1), round(wilson(k, n,
			1), 1),
			round(hours::numeric, 1)
		FROM (SELECT a.channel, count(*) AS n, count(*) FILTER (WHERE switched) AS k,
				percentile_cont(0.5) WITHIN GROUP (ORDER BY extract(epoch FROM b.at - a.at) / 3600)
					FILTER (WHERE switched) AS hours
			FROM event a LEFT JOIN LATERAL (SELECT at, channel FROM event b
				WHERE b.customer = a.customer
				AND stage = 'service' AND (at, channel COLLATE "C") > (a.at, a.channel COLLATE "C")
				ORDER BY at, channel COLLATE "C" LIMIT 1) b ON true,
				LATERAL (SELECT b.channel <> a.channel
					AND b.at <= a.at + interval '24 hours') s (switched)
			WHERE stage = 'service' GROUP BY 1) t}, 0.01 ],
	[ 'Channel switches within a day, and the preferred channel', 2, '*', q{
		SELECT years, count(*), round(100.0 * count(*) FILTER (WHERE channel = 'phone') / count(*)),
			round(100.0 * count(*) FILTER (WHERE channel = 'chat') / count(*)),
			round(100.0 * count(*) FILTER (WHERE channel = 'app') / count(*)),
			round(100.0 * count(*) FILTER (WHERE channel = 'email') / count(*))
		FROM (SELECT DISTINCT ON (customer) customer, channel FROM ticket
			WHERE opened_at >= '2025-01-01'
			GROUP BY customer, channel ORDER BY customer, count(*) DESC, channel) p
		JOIN (SELECT customer, count(*) AS years FROM customer, generate_series(1, 4) n
			WHERE created_at + n * interval '1 year' <= '2025-12-31' GROUP BY 1
			UNION ALL SELECT customer, 0 FROM customer
				WHERE created_at + interval '1 year' > '2025-12-31') y
			USING (customer) GROUP BY 1} ],
	[ 'Anniversaries and birthdays of next week', 1, 'anniversary, years, customer, name', q{
		SELECT day, extract(year FROM day) - extract(year FROM since), customer, name
		FROM customer, LATERAL (SELECT (created_at AT TIME ZONE 'Asia/Kolkata')::date) s (since),
			generate_series(date '2026-01-01', '2026-01-07', '1 day') AS next (at),
			LATERAL (SELECT at::date) AS d (day)
		WHERE to_char(since, 'MM-DD') = to_char(day, 'MM-DD')
		ORDER BY day, since, customer LIMIT 4} ],
	[ 'Nightly summaries, and late answers', 1, '*', q{
		SELECT asked_at::date, count(answer), round(100 * avg((answer >= 4)::integer), 1)
		FROM response WHERE metric = 'csat' AND asked_at >= '2025-12-27' GROUP BY 1} ],
	[ 'Numbers for a BI tool', 1, 'segment, nps, answers, answered', q{
		SELECT segments[1], round(avg(score)), count(answer),
			round(count(answer)::numeric / count(*), 2)
		FROM asked WHERE metric = 'nps' AND asked_at >= '2025-12-01' GROUP BY 1} ],
);

# Found by the words that people use, and short enough to be read
my $page = slurp_file($questions);
is(join(', ', grep { $page !~ /\Q$_\E/i } 'margin', 'significan', 'mix', 'drive', 'top-2 box',
		'top box', 'emoji', 'half stars', 'sentiment', 'theme', 'rolling', 'alert', 'league table',
		'response rate', 'first response', 'SLA', 'reopened', 'first-contact', 'transfer',
		'backlog',
		'how sure is the median', 'churn', 'waterfall', 'trailing twelve months', 'cohort',
		'when do they leave', 'lifetime value', 'RFM', 'DAU/MAU', 'resurrected', 'funnel',
		'conversion', 'where do they go', 'journey map', 'channel switches', '360', 'call today',
		'anniversar', 'birthday', 'data quality', 'live', 'erased', 'GDPR', 'late', 'same week',
		'weighted', 'JSON', 'red, amber, green', 'forecast', 'difference in differences',
		'branches', 'different scales', 'contact centre', 'cost of support', 'privacy',
		'suppression', 'BI tool'),
	'', 'every word is found');
is(join("\n", grep { tr/\n// > 11 } map { s/^\s+|\s+$//gr } map { split /;[ \t]*$/m }
		$page =~ /^```sql\n(.*?)^```/gms), '', 'no statement has more than 12 lines');

for (@table)
{
	my ($heading, $nth, $columns, $plain, $share, $of) = @$_;
	my ($makes, $shows) = statements($of // $questions, $heading);
	my $show = sub {
		my ($zone) = @_;
		my $sql = join ";\n", 'BEGIN', "SET LOCAL TimeZone = '$zone'", @$makes,
		  "SELECT $columns FROM ($shows->[ $nth - 1 ]) q", "ROLLBACK;\n";
		return join "\n", sort split /\n/, run_psql($sql);
	};
	my $shown = $show->('UTC');
	my $expected = join "\n", sort split /\n/,
		run_psql("SET search_path = demo, public; $plain;\n");
	ok(!differs($shown, $expected, $share), "$heading, $nth")
	  or diag("shown:\n$shown\n\nplain SQL:\n$expected");
	is($show->('Asia/Kathmandu'), $shown, "$heading, $nth: whatever the zone of the session");
}

#
# The answers of adapters/common, as of the end of 2025
#
my @answers = qw(customer_360 themes alerts audit);
my $as_of = "SET cx.as_of = '2026-01-01 00:00Z';\nSET search_path = demo, public;\n";

sub query
{
	my ($sql, $before) = @_;
	return run_psql($as_of . ($before // '') . "$sql;\n") =~ s/\n\z//r;
}
is(query('SELECT 1', join '', map { "\\i adapters/common/$_.sql\n" } @answers, @answers),
	'1', 'the files are read, and again');

# A second tenant has the same ids: nothing of the first one is to change.
my $digest = q{SELECT md5(string_agg(format('%s %s %s %s %s %s %s', customer, nps,
		extract(epoch FROM stage_since), mrr, leaves_within_90_days, next_anniversary, channels),
			E'\n'
		ORDER BY customer)), count(*)
	FROM customer_360 WHERE tenant = 'demo' AND (customer LIKE '%44' OR customer IN ('1', '2'))};
my $before = query($digest);
like($before, qr/^\w{32}\|202$/, 'two hundred customers');
query(q{
	INSERT INTO customer SELECT 'other', customer, name, company, country, language, segments,
		created_at
	FROM customer WHERE customer IN ('1', '2');
	INSERT INTO subscription (tenant, subscription, chain, customer, started_at, mrr, currency,
		plan)
	VALUES ('other', '1', '1', '1', '2024-01-01', 5, 'EUR', 'monthly'),
		('other', '2', '2', '1', '2024-01-01', 7, 'USD', 'monthly'),
		('other', '3', '3', '2', '2024-01-01', NULL, NULL, NULL);
	INSERT INTO response (tenant, response, metric, scale, answer, asked_at, customer) VALUES
		('other', '1', 'nps', '0..10', 0, '2025-12-31', '1'),
		('other', '2', 'csat', '1..7', 6, '2025-12-31', '1')});
is(query($digest), $before,
	'customer_360: another tenant with the same ids changes nothing');
for my $zone ('Asia/Kathmandu', 'America/Chicago')
{
	is(query($digest, "SET TimeZone = '$zone';\n"), $before,
		"customer_360: in a session of $zone as well");
}
is(query(q{SELECT customer, nps, csat, csat_scale, mrr, mrr_by_currency, leaves_within_90_days,
	orders
		FROM customer_360 WHERE tenant = 'other' ORDER BY customer}),
	qq[1|0|6|1..7||{"EUR": 5, "USD": 7}||\n2|||||||],
	'several currencies have no sum, and what is not known is NULL');

# One in ten of the customers against plain SQL, both ways
query(q{CREATE TABLE seen AS SELECT * FROM customer_360 WHERE tenant = 'demo'
	AND customer LIKE '%4'});
for (
	[ 'last answers', 'nps, csat, ces', q{
		SELECT customer, max(answer) FILTER (WHERE metric = 'nps'), max(answer)
			FILTER (WHERE metric = 'csat'),
			max(answer) FILTER (WHERE metric = 'ces')
		FROM response r WHERE answer IS NOT NULL AND NOT EXISTS (SELECT FROM response n
			WHERE (n.tenant, n.customer, n.metric) = (r.tenant, r.customer, r.metric)
				AND (n.answered_at, n.response) > (r.answered_at, r.response) AND n.answer
					IS NOT NULL)
			AND tenant = 'demo' GROUP BY 1} ],
	[ 'open tickets', 'nullif(open_tickets, 0), oldest_open_at', q{
		SELECT customer, count(*), min(opened_at) FROM ticket WHERE resolved_at IS NULL
			GROUP BY 1} ],
	[ 'MRR', 'mrr', q{SELECT customer, sum(mrr) FROM subscription
		WHERE ended_at IS NULL AND tenant = 'demo' GROUP BY 1} ],
	[ 'stage', 'stage', q{SELECT customer, stage FROM step WHERE next IS NULL
		AND customer::integer <= 20000} ],
	[ 'last contact', 'last_contact_at', q{
		SELECT customer, max(at) FROM (
			SELECT customer, opened_at AS at FROM ticket
			UNION ALL SELECT customer, at FROM event WHERE customer::integer <= 20000
			UNION ALL SELECT customer, answered_at FROM response WHERE answer IS NOT NULL
				AND tenant = 'demo') a
		GROUP BY 1} ],
	[ 'anniversary', 'next_anniversary', q{
		SELECT customer, min(day)::date FROM customer, LATERAL (SELECT created_at AT TIME ZONE
			CASE country
				WHEN 'NP' THEN 'Asia/Kathmandu' ELSE 'Asia/Kolkata' END) l (since),
			LATERAL (SELECT since::date + n * interval '12 months' FROM generate_series(1,
				6) n) d (day)
		WHERE day >= '2026-01-01' AND tenant = 'demo' GROUP BY 1} ])
{
	my ($name, $columns, $plain) = @$_;
	my $nulls = join ', ', map { 'NULL' } split /, (?![^()]*\))/, $columns;
	my $seen = "SELECT customer, $columns FROM seen"
	  . " WHERE ROW($columns) IS DISTINCT FROM ROW($nulls)";
	my $wanted = "SELECT * FROM ($plain) p WHERE customer LIKE '%4'";
	is(query("SELECT count(*) FROM (($seen) EXCEPT ($wanted)) d"), '0', "customer_360: $name");
	is(query("SELECT count(*) FROM (($wanted) EXCEPT ($seen)) d"), '0',
		"customer_360: $name of all");
}
is(query(q{SELECT next_anniversary('2024-02-29', '2025-02-28'), next_anniversary('2024-02-29',
	'2025-03-01'),
		next_anniversary('2024-02-29', '2027-03-01'), next_anniversary('2025-12-31',
			'2025-12-31')}),
	'2025-02-28|2026-02-28|2028-02-29|2026-12-31', 'of 29 February');
my $curve = q{(SELECT time, exp(sum(ln(1 - ended / at_risk)) OVER (ORDER BY time)) AS s
	FROM (SELECT DISTINCT time, count(*) FILTER (WHERE over) OVER (PARTITION BY time)::float8
		AS ended,
		count(*) OVER (ORDER BY time DESC)::float8 AS at_risk FROM (} . $stay . q{) t
		WHERE part = 'monthly') u)};
my $age = q{(date '2026-01-01' - paying_since::date)};
is(query(qq{
		WITH curve AS MATERIALIZED $curve
		SELECT abs(leaves_within_90_days - (1 - (SELECT min(s) FROM curve WHERE time <= $age + 90)
				/ (SELECT min(s) FROM curve WHERE time <= $age))) < 0.002,
			abs(value_365_days / (SELECT mrr * 12 / 365.25 * sum((SELECT min(s) FROM curve
				WHERE time <= $age + n)) / (SELECT min(s) FROM curve WHERE time <= $age)
				FROM generate_series(0, 364) n) - 1) < 0.005
		FROM seen WHERE customer = '11044'}), 't|t', 'customer_360: risk and value');
query(q{INSERT INTO customer (tenant, customer) VALUES ('demo', '61052')});
is(query(q{SELECT orders, shop_currency, round(100 * alive), round(orders_365_days::numeric, 1),
			round(shop_value_365_days::numeric, -2)
		FROM customer_360 WHERE (tenant, customer) = ('demo', '61052')},
			"SET cx.as_of = '2025-12-31 12:00Z';\nREFRESH MATERIALIZED VIEW customer_360_shop;\n"),
	'18|INR|77|9.9|11300', 'customer_360: a customer of the shop, as the page of questions has it');
unlike(query(q{EXPLAIN (COSTS off) SELECT * FROM customer_360 WHERE (tenant, customer) = ('demo',
	'4711')}),
	qr/Seq Scan on (?!customer_360_|country_zone)/,
		'customer_360: one customer reads no table whole');

# Relations without rows, and ids that are numbers
is(run_psql(q{
		CREATE SCHEMA bare;
		CREATE TABLE bare.contact (id bigint PRIMARY KEY, name text);
		CREATE TABLE bare.rating (id bigint PRIMARY KEY, contact_id bigint, score integer,
			at timestamptz);
		INSERT INTO bare.contact SELECT n FROM generate_series(1, 20000) n;
		INSERT INTO bare.rating SELECT n, n % 20000, n % 11, timestamptz '2025-01-01'
			FROM generate_series(1, 50000) n;
		CREATE INDEX ON bare.rating (contact_id);
		ANALYZE bare.contact, bare.rating;
		CREATE TABLE bare.ticket (LIKE demo.ticket);
		CREATE TABLE bare.ticket_status (LIKE demo.ticket_status);
		CREATE TABLE bare.reply (LIKE demo.reply);
		CREATE TABLE bare.subscription (LIKE demo.subscription);
		CREATE TABLE bare.invoice (LIKE demo.invoice);
		CREATE TABLE bare.event (LIKE demo.event);
		CREATE TABLE bare.calendar (LIKE demo.calendar);
		CREATE TABLE bare.skipped (LIKE demo.skipped);
		CREATE VIEW bare.customer AS SELECT 'one' AS tenant, id::text AS customer, name, NULL::text
			AS company,
			NULL::text AS country, NULL::text AS language, NULL::text[] AS segments,
			NULL::timestamptz AS created_at, NULL::boolean AS deleted, id AS customer_key
				FROM bare.contact;
		CREATE VIEW bare.response AS SELECT 'one' AS tenant, id::text AS response, NULL::text
			AS survey,
			'nps' AS metric, '0..10' AS scale, score::double precision AS answer, NULL::text
				AS state,
			at AS asked_at, at AS answered_at, contact_id::text AS customer, NULL::text AS agent,
			NULL::text AS team, NULL::text AS channel, NULL::text AS ticket, NULL::text AS language,
			NULL::text[] AS tags, NULL::text AS comment, contact_id AS customer_key
				FROM bare.rating;}
		. "\n\\set schema bare\n" . join '', map { "\\i adapters/common/$_.sql\n" } @answers),
	'', 'the files are read over relations without rows');
my $keyed = 'SELECT %s FROM bare.customer_360 WHERE customer_key = 7';
is(run_psql(sprintf("$keyed;\n", 'customer, nps, open_tickets, channels, mrr, stage, alive')),
	"7|7|0||||\n", 'where there is nothing to know, a customer is a row');
like(run_psql('EXPLAIN (COSTS off) ' . sprintf("$keyed;\n", 'nps')),
	qr/Index(?: Only)? Scan using contact_pkey on contact.*on rating.*contact_id = contact\.id/s,
	'the key of the system finds a customer by its own indexes');
is(run_psql("SELECT relation, what, rows FROM bare.audit;
		SELECT count(*) FROM bare.alert_sla; SELECT count(*) FROM bare.alert_milestone;
		SELECT count(*) FROM bare.alert_metric; SELECT count(*) FROM bare.theme_scores();\n"),
	"response|of an unknown customer|2\n0\n0\n0\n0\n", 'and the others have none');

# Themes
is(query(q{SELECT theme, comments, mentions, round(100 * share::numeric, 1),
	round(100 * share_lower::numeric, 1),
			round(score::numeric, 2), round(part::numeric, 2)
		FROM theme_scores() WHERE theme IN ('price', 'outages') AND tenant = 'demo'
			ORDER BY theme}),
	query(q{
		SELECT theme, count(*), count(*) FILTER (WHERE m), round(100.0 * count(*)
			FILTER (WHERE m) / count(*), 1),
			round(wilson(count(*) FILTER (WHERE m), count(*), -1), 1), round(avg(score)
				FILTER (WHERE m), 2),
			round(avg(score) - avg(score) FILTER (WHERE NOT m), 2)
		FROM asked, (VALUES ('price',
			'price|expensive|कीमत|दाम|महँग|मूल्य'),
				('outages', 'drop|कट|टुट्छ')) v (theme, words),
			LATERAL (SELECT comment ~ words) t (m)
		WHERE comment IS NOT NULL GROUP BY 1 ORDER BY 1}), 'themes');

# The queue
my $listened = query(q{SELECT follow_up_fill('8 hours', '2 days')}, "LISTEN follow_up;\n");
my $detractors = query(q{SELECT count(*) FROM response WHERE answered_at > '2025-12-30' AND
		(metric = 'nps' AND answer <= 6 OR metric = 'csat' AND scale = '1..5' AND answer <= 2)
		OR tenant = 'other' AND metric = 'nps'});
like($listened, qr/^$detractors\nAsynchronous notification "follow_up" with payload "$detractors"/,
	'detractors are found, and told of');
is(query(q{SELECT follow_up_fill('8 hours', '2 days')}, "LISTEN follow_up;\n"), '0',
	'each once, and told of once');
my $next = q{SELECT response FROM follow_up WHERE tenant = 'demo' AND owner IS NULL ORDER BY due_at,
	response LIMIT 3};
my @due = split /\n/, query($next);
my ($typed, $seen) = ($as_of . "BEGIN;\nSELECT response FROM follow_up_take('demo', 'A');\n", '');
my $first = IPC::Run::start([ @psql, '-At', '-d', $node->connstr('postgres') ],
	'<', \$typed, '>', \$seen, IPC::Run::timeout(60));
$first->pump until $seen =~ /\n/;
is($seen, "$due[0]\n", 'one session takes what is due first');
is(query(q{SELECT response FROM follow_up_take('demo', 'B')}, "SET lock_timeout = '5s';\n"),
	$due[1],
	'another one does not wait, and takes the next');
$typed .= "ROLLBACK;\n\\q\n";
$first->finish;
is(query(q{SELECT response FROM follow_up_take('demo', 'C')}), $due[0],
	'what was given back is taken');
is(query(q{SELECT tenant, response FROM follow_up_take('other', 'D')}), 'other|1',
	'a tenant takes its own');
is(query(q{SELECT count(*) FROM follow_up_take('other', 'D')}), '0', 'until there is none');
is(query(qq{SELECT response, outcome FROM follow_up_close('demo', '$due[1]', 'called');
		SELECT count(*) FROM follow_up_close('demo', '$due[1]', 'again')}), "$due[1]|called\n0",
			'and closes it once');
query(q{SELECT count(*) FROM follow_up f, follow_up_close(f.tenant, f.response, 'x')
		WHERE f.answer < 4 AND f.tenant = 'demo'});
is(query(q{SELECT responses(in_time), round(100 * share(in_time)::numeric, 1),
			round(100 * share_lower(in_time)::numeric, 1) FROM follow_up_month
				WHERE tenant = 'demo'}),
	query(q{SELECT n, round(100.0 * k / n, 1), round(wilson(k, n, -1), 1)
		FROM (SELECT count(*) FILTER (WHERE closed_at IS NOT NULL OR due_at < '2026-01-01') AS n,
			count(*) FILTER (WHERE closed_at <= due_at) AS k FROM follow_up
				WHERE tenant = 'demo') t}),
	'closed in time is a share with its interval');
is(query(q{SELECT count(*), count(*) FILTER (WHERE due_in < '0') FROM alert_sla
	WHERE what = 'resolution'}),
	query(q{SELECT count(*), count(*) FILTER (WHERE hours_open(opened_at, '2026-01-01')
			- coalesce(hours_open(lower(paused), upper(paused)), 0) > 8) FROM ticket
				WHERE resolved_at IS NULL}),
	'SLAs that are missed, or may be');
is(query(q{SELECT count(*) FROM alert_milestone WHERE what = 'anniversary' AND tenant = 'demo'}),
	query(q{SELECT count(*) FROM customer WHERE tenant = 'demo'
		AND to_char(created_at, 'MM-DD') BETWEEN '01-01' AND '01-07'
			AND created_at < '2025-12-01'}), 'milestones');
is(query(q{SELECT metric, segment, week, responses, round(value::numeric, 2),
	round(usual_value::numeric, 2), alert
		FROM alert_metric WHERE tenant = 'demo' ORDER BY week, metric, segment}),
	query(q{
		WITH a AS (SELECT metric, segments[1] AS segment, date_trunc('week', asked_at)::date
			AS week,
				CASE metric WHEN 'nps' THEN score WHEN 'csat' THEN 100 * (answer >= 4)::integer
					ELSE answer END AS y
			FROM asked WHERE answer IS NOT NULL
				AND asked_at >= timestamptz '2026-01-01' - interval '126 days'),
		b AS (SELECT w.metric, w.segment, w.week, a.week = w.week AS this, avg(y)::numeric AS s,
			count(*) AS n,
				variance(y)::numeric AS v
			FROM (SELECT DISTINCT metric, segment, week FROM a WHERE week BETWEEN '2025-11-27'
				AND '2025-12-25') w
			JOIN a ON (a.metric, a.segment) = (w.metric, w.segment)
				AND (a.week = w.week OR a.week BETWEEN w.week - 91 AND w.week - 7)
			GROUP BY 1, 2, 3, 4)
		SELECT metric, segment, t.week, t.n, round(t.s, 2), round(u.s, 2), CASE WHEN t.s < u.s
			THEN 'low' ELSE 'high' END
		FROM b t JOIN b u USING (metric, segment, week) WHERE t.this AND NOT u.this
			AND t.v > 0 AND abs(t.s - u.s) > 3.29 * sqrt(t.v / t.n + u.v / u.n) ORDER BY 3, 1, 2}),
	'metrics out of the ordinary');

# The audit: what is wrong in one tenant is told of that one
query(q{
	DELETE FROM response WHERE tenant = 'other';
	INSERT INTO response (tenant, response, metric, scale, answer, asked_at, answered_at, customer,
		ticket) VALUES
		('other', '17', 'nps', '0..10', 11, '2025-01-01', '2025-01-02', '1', NULL),
		('other', '18', 'nps', '0..10', NULL, '2025-01-01', NULL, NULL, NULL),
		('other', '19', 'csat', '5..1', 3, '2025-01-02', '2025-01-01', '3', '9'),
		('other', '20', 'csat', '1..5', 3.5, '2026-01-02', NULL, '4', NULL);
	INSERT INTO ticket (tenant, ticket, customer, opened_at, first_reply_at, resolved_at) VALUES
		('other', '1', '1', '2025-02-01', '2025-01-31', '2025-02-02'), ('other', '2', '5',
			'2025-02-01', NULL, NULL);
	INSERT INTO subscription (tenant, subscription, chain, customer, started_at, ended_at) VALUES
		('other', '11', 'c', '1', '2024-01-01', '2024-03-01'), ('other', '12', 'c', '1',
			'2024-02-01', '2024-04-01'),
		('other', '13', 'c', '1', '2024-04-01', '2024-03-31'), ('other', '14', NULL, '1',
			'2024-01-01', NULL);
	INSERT INTO customer (tenant, customer, name, company) VALUES ('other', '6', 'Anna-Maria Rao',
		'Rao & Co.'),
		('other', '7', 'anna maria  rao', 'RAO CO'), ('other', '8', 'Anna Rao', NULL), ('other',
			'9', 'Anna Rao', NULL);
	INSERT INTO skipped VALUES ('ticket', 'spam', 12)});
is(query(q{SELECT relation, what, rows, example FROM audit WHERE tenant = 'other' OR tenant IS NULL
	ORDER BY 1, 2}),
	join("\n",
		'customer|the same name and company|1|7',
		'response|answered before it was asked|1|19',
		'response|in the future|1|20',
		'response|of an unknown customer|2|19',
		'response|of an unknown ticket|1|19',
		'response|off the scale|2|17',
		'subscription|ended before it began|1|13',
		'subscription|overlaps the next of its chain|1|11',
		'ticket|ended before it began|1|1',
		'ticket|of an unknown customer|1|2',
		'ticket|spam|12|'),
	'the audit tells what was spoilt, and no more');
is(query(q{SELECT relation, rows FROM audit WHERE tenant = 'demo'
	AND what <> 'the same name and company'}),
	query(q{SELECT 'invoice', count(*) FROM invoice WHERE customer::integer > 20000
		AND customer <> '61052'}),
	'and of the company that the shop has customers of its own');
SKIP:
{
	skip('pg_trgm: not installed', 1)
	  unless query("SELECT 1 FROM pg_available_extensions WHERE name = 'pg_trgm'");
	query(q{UPDATE customer SET company = 'Rao' WHERE tenant = 'other' AND customer IN ('6', '7',
		'8')});
	query(q{UPDATE customer SET name = 'Anna-Marie Rao' WHERE tenant = 'other' AND customer = '7'});
	query('CREATE EXTENSION pg_trgm SCHEMA public');
	is(query(q{SELECT what, rows, example FROM audit WHERE tenant = 'other'
		AND what LIKE '%similar%'},
			"\\i adapters/common/audit.sql\n"),
		'a similar name in the same company|2|7', 'similar names, by trigrams');
}

$node->stop;
done_testing();
