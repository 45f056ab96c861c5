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
	CREATE VIEW year AS SELECT * FROM response WHERE asked_at >= '2025-01-01';
	CREATE VIEW client AS SELECT customer, segments[1] AS segment, country FROM customer});

#
# The relations: the page says what they are, word for word
#
my $page = slurp_file('docs/relations.md') =~ s/.*^## Reference$//msr;
my ($described, $relation) = ('');
for (split /\n/, $page)
{
	$relation = $1 if /^### (\w+)$/;
	$described .= "$relation|$1|$2|$3\n" if /^\| `(\w+)` \| (.*?) \| (.*) \|$/;
}
is($described, $node->safe_psql('postgres', q{
		SELECT string_agg(format('%s|%s|%s|%s', relname, attname,
			CASE atttypid WHEN 'timestamptz'::regtype THEN 'timestamptz'
				ELSE format_type(atttypid, NULL) END,
			col_description(attrelid, attnum)), E'\n' ORDER BY attrelid, attnum)
		FROM pg_attribute JOIN pg_class c ON c.oid = attrelid
		WHERE relnamespace = 'demo'::regnamespace AND relkind = 'r' AND attnum > 0}) . "\n",
	'every column of the relations is described');

#
# Ratings
#
my $nps = q{round(100.0 * (count(*) FILTER (WHERE answer >= 9)
	- count(*) FILTER (WHERE answer <= 6)) / nullif(count(answer), 0), %d)};
my $nps1 = sprintf $nps, 1;
is( shown('NPS by segment', 0 .. 2),
	query("SELECT segment, count(answer), $nps1 FROM year JOIN client USING (customer)
		WHERE metric = 'nps' GROUP BY segment"),
	'NPS by segment');
# Kitagawa 1955, with the means of both sides as weights
is( shown('Why NPS moved', 0 .. 6),
	query(q{
		WITH answers AS (
			SELECT segment, asked_at >= '2025-10-01' AS after,
				CASE WHEN answer >= 9 THEN 100 WHEN answer <= 6 THEN -100 ELSE 0 END AS score
			FROM year JOIN client USING (customer)
			WHERE metric = 'nps' AND asked_at >= '2025-07-01' AND answer IS NOT NULL),
		side AS (
			SELECT segment, after, avg(score) AS r,
				count(*) / sum(count(*)) OVER (PARTITION BY after) AS w
			FROM answers GROUP BY segment, after)
		SELECT segment, round(100 * a.w, 1), round(100 * b.w, 1), round(a.r, 1), round(b.r, 1),
			round((b.w - a.w) * ((a.r + b.r) / 2 - (SELECT sum(w * r) / 2 FROM side)), 2),
			round((a.w + b.w) / 2 * (b.r - a.r), 2)
		FROM side a JOIN side b USING (segment) WHERE b.after AND NOT a.after}),
	'why NPS moved');
query(q{
	CREATE VIEW asked_all AS SELECT nps, csat, ces, coalesce(tickets, 0) AS tickets,
		coalesce(reopened, 0) AS reopened
	FROM (SELECT customer, avg(answer) FILTER (WHERE metric = 'nps') AS nps,
			avg(answer) FILTER (WHERE metric = 'csat') AS csat,
			avg(answer) FILTER (WHERE metric = 'ces') AS ces FROM year GROUP BY customer) a
		LEFT JOIN (SELECT customer, count(*) AS tickets,
			count(*) FILTER (WHERE reopened > 0) AS reopened
			FROM ticket WHERE opened_at >= '2025-01-01' GROUP BY customer) t USING (customer)
	WHERE nps + csat + ces IS NOT NULL});
is( shown('What goes with NPS', 0 .. 2),
	query(join ' UNION ALL ', map { my ($name, $column) = @$_;
		"SELECT '$name', round(avg($column)::numeric, 2), round(corr($column, nps)::numeric, 2)
		FROM asked_all" } ['CSAT', 'csat'], ['CES', 'ces'], ['tickets', 'tickets'],
		['tickets reopened', 'reopened']),
	'what goes with NPS');
my ($customers) = $table{ (grep { /^What goes with NPS/ } keys %table)[0] } =~ /how ([\d,]+) cust/;
is($customers =~ tr/,//dr, query('SELECT count(*) FROM asked_all'), 'of how many customers');
# Wilson 1927
is( shown('League table of agents', 0 .. 5),
	query(q{
		SELECT rank() OVER (ORDER BY lower DESC), agent, n,
			round(100 * p, 1), round(100 * lower, 1), round(100 * upper, 1)
		FROM (SELECT agent, count(answer) AS n, avg((answer >= 4)::integer) AS p FROM year
				WHERE metric = 'csat' AND agent IS NOT NULL AND asked_at >= '2025-10-01'
				GROUP BY agent) a,
			LATERAL (SELECT p + 1.9207294 / n AS middle,
				1.95996398 * sqrt(p * (1 - p) / n + 0.9603647 / n / n) AS half,
				1 + 3.8414588 / n AS all_of_it) w,
			LATERAL (SELECT (middle - half) / all_of_it AS lower,
				(middle + half) / all_of_it AS upper) i}),
	'the league table');
is( shown('CSAT by channel', 0 .. 2),
	query(q{SELECT channel, count(answer),
			round(100.0 * count(*) FILTER (WHERE answer IN (4, 5)) / count(answer), 1)
		FROM year WHERE metric = 'csat' GROUP BY channel}),
	'CSAT by channel');
is( shown('CES by survey', 0, 1, 2, 5),
	query(q{SELECT survey, count(answer), round(avg(answer)::numeric, 2),
			round(100.0 * count(*) FILTER (WHERE answer <= 3) / count(answer), 1)
		FROM year WHERE metric = 'ces' GROUP BY survey}),
	'CES by survey');
is( shown('Response rates', 1, 2, 6),
	query(q{SELECT coalesce(channel, country), count(*), round(100.0 * count(answer) / count(*), 1)
		FROM year JOIN client USING (customer)
		GROUP BY GROUPING SETS ((channel), (country))}),
	'response rates');
is( shown('This month against last', 0 .. 2),
	query(sprintf q{
		WITH month AS (SELECT metric, answer, asked_at >= '2025-12-01' AS this
			FROM response WHERE asked_at >= '2025-11-01'),
		figure AS (SELECT metric, this, CASE metric
				WHEN 'nps' THEN %s
				WHEN 'csat' THEN
					round(100.0 * count(*) FILTER (WHERE answer >= 4) / count(answer), 2)
				ELSE round(avg(answer)::numeric, 2) END AS figure
			FROM month GROUP BY metric, this)
		SELECT upper(metric), min(figure) FILTER (WHERE NOT this), min(figure) FILTER (WHERE this)
		FROM figure GROUP BY metric}, sprintf $nps, 2),
	'this month against last');
is( shown('NPS over the 90 days', 0 .. 2),
	query("SELECT day::date, count(answer), $nps1
		FROM generate_series(timestamptz '2025-02-01', '2026-01-01', '1 month') month,
			LATERAL (SELECT month - interval '1 day') d (day)
			JOIN response ON asked_at >= day - interval '89 days'
				AND asked_at < day + interval '1 day'
		WHERE metric = 'nps' GROUP BY day"),
	'NPS over 90 days');

#
# Tickets, as of the end of 2025. Percentiles: Kaplan and Meier in SQL. Business hours: day by day,
# in the calendar that all tickets have.
#
query(slurp_file('test/hours_open.sql') . q{
	CREATE TABLE timed AS
	SELECT team, channel, opened_at, first_reply_at,
		extract(epoch FROM least(resolved_at, '2026-01-01') - opened_at) / 3600 AS age,
		resolved_at <= '2026-01-01' AS over,
		extract(epoch FROM least(first_reply_at, '2026-01-01') - opened_at) / 3600 AS reply,
		first_reply_at <= '2026-01-01' AS replied,
		hours_open(opened_at, least(resolved_at, '2026-01-01')) AS in_hours,
		hours_open(opened_at, least(resolved_at, '2026-01-01'))
			- coalesce(hours_open(lower(paused), upper(paused)), 0) AS worked
	FROM ticket WHERE opened_at >= '2025-01-01'});
is( query('SELECT count(DISTINCT calendar::text), count(*) FILTER (WHERE NOT isempty(paused)) > 1000
		FROM ticket'),
	'1|t', 'one calendar, and some tickets have been paused');
is( shown('Hours to resolution by team', 0 .. 2),
	query(q{SELECT team, count(*) FILTER (WHERE over), count(*) FILTER (WHERE over IS NOT TRUE)
		FROM timed GROUP BY team}),
	'tickets resolved and open, by team');

sub kaplan_meier
{
	my ($group, $time, $over) = @_;
	return qq{
		(WITH step AS (
			SELECT part, time, exp(sum(ln(greatest(1 - ended / at_risk, 1e-300)))
				OVER (PARTITION BY part ORDER BY time)) AS survival
			FROM (SELECT DISTINCT $group AS part, $time AS time,
					count(*) FILTER (WHERE $over)
						OVER (PARTITION BY $group, $time)::float8 AS ended,
					count(*) OVER (PARTITION BY $group ORDER BY $time DESC)::float8 AS at_risk
				FROM timed) s)
		SELECT part, min(time) FILTER (WHERE survival <= 0.5 + 1e-12) AS p50,
			min(time) FILTER (WHERE survival <= 0.1 + 1e-12) AS p90
		FROM step GROUP BY part)};
}
near(
	shown('Hours to resolution by team', 0, 3, 4, 5),
	query('SELECT part, a.p50, a.p90, w.p50 FROM '
		  . kaplan_meier('team', 'age', 'over') . ' a JOIN '
		  . kaplan_meier('team', 'in_hours', 'over') . ' w USING (part)'),
	0.01,
	'percentiles by team, open tickets as censored');
near(
	shown('Hours to first reply', 0, 1 .. 4),
	query('SELECT part, r.p50, r.p90, a.p50, a.p90 FROM '
		  . kaplan_meier('channel', 'reply', 'replied') . ' r JOIN '
		  . kaplan_meier('channel', 'age', 'over') . ' a USING (part)'),
	0.01,
	'percentiles by channel');
# Wilson's interval of those in time, of the resolved ones and those open past their target
is( shown('Resolved within the target of the SLA by team', 0 .. 8),
	query(q{
		SELECT team, 'standard', '8.0', resolved, open, late, round(100 * p, 1),
			round((100 * (p + z * z / n / 2 - margin) / (1 + z * z / n))::numeric, 1),
			round((100 * (p + z * z / n / 2 + margin) / (1 + z * z / n))::numeric, 1)
		FROM (SELECT team, count(*) FILTER (WHERE over) AS resolved,
				count(*) FILTER (WHERE over IS NOT TRUE) AS open,
				count(*) FILTER (WHERE over IS NOT TRUE AND worked > 8) AS late,
				avg((over AND worked <= 8)::integer) FILTER (WHERE over OR worked > 8) AS p,
				count(*) FILTER (WHERE over OR worked > 8) AS n, 1.959963984540054 AS z
			FROM timed GROUP BY team) t,
			LATERAL (SELECT z * sqrt(p * (1 - p) / n + z * z / n / n / 4) AS margin) m}),
	'the SLA by team with its interval, without pauses');
near(
	shown('Resolved within the target of the SLA by team', 0, 9),
	query('SELECT team, percentile_cont(0.5) WITHIN GROUP (ORDER BY worked)
		FILTER (WHERE over IS NOT TRUE) FROM timed GROUP BY team'),
	0.01,
	'the age of what is open');
is( shown('Hours to first reply', 0, 5),
	query(q{SELECT channel, round(100.0 * count(*) FILTER (WHERE over AND worked <= 8)
			/ count(*) FILTER (WHERE over OR worked > 8), 1) FROM timed GROUP BY channel}),
	'the SLA by channel');
is( shown('Tickets whose resolution pushed CSAT down', 0 .. 5),
	query(q{
		WITH pair AS (
			SELECT t.team, t.channel, (after.answer < earlier.answer)::integer AS down
			FROM ticket t JOIN response after USING (ticket),
				LATERAL (SELECT answer, answered_at FROM response r
					WHERE (r.tenant, r.customer) = (after.tenant, after.customer)
						AND metric = 'csat' AND answer IS NOT NULL
						AND (r.answered_at, r.response) < (after.answered_at, after.response)
					ORDER BY r.answered_at DESC, r.response DESC LIMIT 1) earlier
			WHERE opened_at >= '2025-01-01' AND after.metric = 'csat' AND after.answer IS NOT NULL
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
	SELECT customer, min(started_at)::date AS first_day, bool_or(before) AS at_start,
		bool_or(after) AS at_end, coalesce(sum(mrr) FILTER (WHERE before), 0) AS paid_before,
		coalesce(sum(mrr) FILTER (WHERE after), 0) AS paid_after
	FROM subscription, LATERAL (
		SELECT started_at::date <= '2024-12-31' AND coalesce(ended_at::date > '2024-12-31', true),
			started_at::date <= '2025-12-31' AND coalesce(ended_at::date > '2025-12-31', true))
			s (before, after)
	GROUP BY customer});
my $churn = q{round(100.0 * count(*) FILTER (WHERE at_start AND NOT at_end)
	/ count(*) FILTER (WHERE at_start), 1)};
is( shown('Churn by segment', 0 .. 4, 7),
	query("SELECT segment, count(*) FILTER (WHERE at_start),
			count(*) FILTER (WHERE at_start AND NOT at_end), count(*) FILTER (WHERE at_end), $churn,
			round(100.0 * (count(*) FILTER (WHERE at_start) - count(*) FILTER (WHERE at_end))
				/ count(*) FILTER (WHERE at_start), 1)
		FROM account JOIN client USING (customer) GROUP BY segment"),
	'churn by segment');
is( shown('Growth by month', 0 .. 7),
	query(q{
		WITH stay AS (
			SELECT customer, month, bool_or(started_at::date < month
					AND coalesce(ended_at::date >= month, true)) AS at_start,
				bool_or(started_at::date < next
					AND coalesce(ended_at::date >= next, true)) AS at_end,
				bool_or(started_at::date < month) AS before
			FROM subscription,
				generate_series(timestamp '2025-01-01', '2025-12-01', '1 month') month,
				LATERAL (SELECT month + interval '1 month') n (next)
			GROUP BY customer, month)
		SELECT to_char(month, 'YYYY-MM'), sum(at_start::integer),
			sum((at_start AND at_end)::integer), sum((at_end AND NOT before)::integer),
			sum((at_end AND before AND NOT at_start)::integer),
			sum((at_start AND NOT at_end)::integer), sum(at_end::integer),
			sum(at_end::integer) - sum(at_start::integer)
		FROM stay GROUP BY month}),
	'growth by month');
is( shown('Buying without a contract', 0 .. 2),
	query(q{
		WITH day AS (
			SELECT customer, issued_on AS day, sum(amount) FROM invoice
			WHERE subscription IS NULL AND status <> 'void' GROUP BY 1, 2),
		buyer AS (
			SELECT count(*) - 1 AS x, max(day) - min(day) AS t, date '2025-12-31' - min(day) AS age
			FROM day GROUP BY customer),
		alive AS (
			SELECT x, CASE WHEN x = 0 THEN 1 ELSE 1 / (1 + a / (b + x - 1)
				* ((alpha + age) / (alpha + t)) ^ (r + x)) END AS p
			FROM buyer, (SELECT (bg_nbd_fit(purchase_agg(x, t, age))).* FROM buyer) m)
		SELECT CASE WHEN x >= 6 THEN '6+' ELSE x::text END, count(*),
			round(100 * avg(p)::numeric, 1)
		FROM alive GROUP BY 1
		UNION ALL SELECT 'together', count(*), round(100 * avg(p)::numeric, 1) FROM alive}),
	'who buys in the shop');
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
		FROM (SELECT customer, CASE WHEN last >= 9 THEN 'promoters'
				WHEN last >= 7 THEN 'passives' ELSE 'detractors' END AS kind
			FROM (SELECT customer, (array_agg(answer ORDER BY answered_at DESC))[1] AS last
				FROM response WHERE metric = 'nps' AND answered_at < '2025-01-01'
				GROUP BY customer) l) answer
		JOIN account USING (customer) WHERE at_start GROUP BY kind"),
	'churn of promoters and detractors');
is( shown('Who comes back', 0, 1, 2, 5) =~ s/\|+$//mgr,
	query(q{
		WITH month AS (SELECT DISTINCT customer, date_trunc('month', at)::date AS month
			FROM event WHERE object = 'portal'),
		cohort AS (SELECT customer, min(month) AS joined FROM month GROUP BY customer),
		part AS (SELECT customer, joined, to_char(joined, 'YYYY-MM') AS name FROM cohort
			UNION ALL SELECT customer, joined, 'together' FROM cohort),
		rate AS (SELECT name, n, round(100.0 * count(month) / count(*)) AS rate
			FROM part CROSS JOIN unnest('{0, 1, 4}'::integer[]) n
			LEFT JOIN month m ON m.customer = part.customer
				AND m.month = joined + n * interval '1 month'
			WHERE joined + n * interval '1 month' < '2026-01-01' GROUP BY name, n)
		SELECT name, string_agg(rate::text, '|' ORDER BY n) FROM rate GROUP BY name}),
	'who comes back in the same month, the next, and the fourth');
is( shown('Do we grow', 0 .. 6),
	query(q{
		WITH month AS (SELECT DISTINCT customer, date_trunc('month', at)::date AS month
			FROM event WHERE object = 'portal'),
		visit AS (SELECT customer, month, lag(month) OVER w AS before,
				lead(month) OVER w AS after
			FROM month WINDOW w AS (PARTITION BY customer ORDER BY month)),
		came AS (SELECT month, count(*) AS active, count(*) FILTER (WHERE before IS NULL) AS new,
				count(*) FILTER (WHERE before = month - interval '1 month') AS retained
			FROM visit GROUP BY month),
		went AS (SELECT month + interval '1 month' AS month, count(*) AS dormant FROM visit
			WHERE after IS DISTINCT FROM month + interval '1 month' GROUP BY month)
		SELECT to_char(month, 'YYYY-MM'), active, new, retained, active - new - retained,
			coalesce(dormant, 0), active - retained - coalesce(dormant, 0)
		FROM came LEFT JOIN went USING (month)}),
	'who is new, retained, resurrected and dormant');

#
# Journeys
#
query(q{
	CREATE TABLE step AS
	SELECT customer, at, stage, row_number() OVER w AS nth,
		count(*) OVER (PARTITION BY customer) AS events,
		lead(stage) OVER w AS next, lag(stage) OVER w AS previous
	FROM (SELECT DISTINCT customer, at, split_part(stage, ':', -1) AS stage,
			array_position('{awareness,consideration,250:trial,purchase,onboarding,service,loyalty,
				advocacy}', stage) AS place
		FROM event WHERE stage IS NOT NULL) e
	WINDOW w AS (PARTITION BY customer ORDER BY at, place)});
is( shown('The journey map', 0 .. 5),
	query(q{
		SELECT stage, count(DISTINCT customer), count(*), count(*) FILTER (WHERE nth = 1),
			count(*) FILTER (WHERE nth = events AND at <= idle_since),
			count(*) FILTER (WHERE nth = events AND at > idle_since)
		FROM step, (SELECT timestamptz '2026-01-01' - interval '240 days') i (idle_since)
		GROUP BY stage}),
	'the journey map');
is( shown('From awareness to onboarding', 0, 1),
	query(q{
		WITH chain AS (
			SELECT a.customer, bool_or(c.at IS NOT NULL) AS c, bool_or(p.at IS NOT NULL) AS p,
				bool_or(o.at IS NOT NULL) AS o
			FROM step a
			LEFT JOIN step c ON c.customer = a.customer AND c.stage = 'consideration'
				AND c.at BETWEEN a.at AND a.at + '90 days'::interval
			LEFT JOIN step p ON p.customer = a.customer AND p.stage = 'purchase'
				AND p.at BETWEEN c.at AND a.at + '90 days'::interval
			LEFT JOIN step o ON o.customer = a.customer AND o.stage = 'onboarding'
				AND o.at BETWEEN p.at AND a.at + '90 days'::interval
			WHERE a.stage = 'awareness' GROUP BY a.customer)
		SELECT 'awareness', count(*) FROM chain
		UNION ALL SELECT 'consideration', count(*) FROM chain WHERE c
		UNION ALL SELECT 'purchase', count(*) FROM chain WHERE p
		UNION ALL SELECT 'onboarding', count(*) FROM chain WHERE o}),
	'the funnel');
is( join("\n", grep { /^all/ } split /\n/, shown('The five commonest paths', 0, 1, 2, 4)),
	query(q{
		SELECT 'all', count(*), round(100.0 * count(*) / sum(count(*)) OVER (), 1), path
		FROM (SELECT string_agg(stage, ' > ' ORDER BY nth) AS path FROM step
			WHERE stage IS DISTINCT FROM previous GROUP BY customer) p
		GROUP BY path ORDER BY count(*) DESC LIMIT 5}),
	'the commonest paths');
is( join("\n", grep { !/\(/ } split /\n/, shown('The flows, as a Sankey', 0 .. 3)),
	query(q{
		SELECT stage, next, count(*), count(DISTINCT customer) FROM step
		WHERE next <> stage GROUP BY stage, next HAVING count(*) >= 841}),
	'the flows');

#
# Your own data: columns in any order, of which some are missing and some are nothing of ours
#
my $data = PostgreSQL::Test::Utils::tempdir;
append_to_file("$data/response.csv", <<'CSV');
"answer",asked_at,metric,customer,colour,channel,tags
9,2025-12-01 10:00,nps,a,red,email,one
4,2025-12-02 10:00, CSAT ,a,red,,"{one,""and two""}"
8,2025-12-03T10:00:00+05:45,ces,"b,c",red,app,
n/a,2025-12-03 10:00,nps,,red,app,
,2025-11-03 10:00,nps,"b,c",red,app,
CSV
append_to_file("$data/customer.csv",
	"\xEF\xBB\xBFcustomer,segments\r\na,Gold\r\n\"b,c\",\"{Silver,new}\"\r\n");
append_to_file("$data/calendar.csv", "scope,calendar\nsupport,Mon-Fri 09:00-17:00 in UTC\n");
append_to_file("$data/ticket.csv", <<'CSV');
customer,team,opened_at,resolved_at,resolution_target
a,support,2025-12-01 10:00,2025-12-02 10:00,8 hours
a,support,2025-12-01 10:00,2025-12-01 09:00,8 hours
"b,c",,2025-12-01 10:00,,8 hours
"b,c",,2025-12-01 10:00,2025-12-01 11:00,
CSV
append_to_file("$data/event.csv",
	"customer,at,stage\na,2025-11-01,awareness\na,2025-11-02,purchase\n");
append_to_file("$data/subscription.csv",
	"customer,started_at,ended_at,mrr,currency\na,2024-01-01,,10,EUR\n");

sub load
{
	my ($directory) = @_;
	$node->safe_psql('postgres', 'DROP DATABASE IF EXISTS own');
	$node->safe_psql('postgres', 'CREATE DATABASE own');
	my $ran = IPC::Run::run(
		[ @psql, '-d', $node->connstr('own'), '-v', "data_dir=$directory",
			'-f', 'examples/demo.sql' ],
		'>', \$report, '2>', \$errors);
	%table = map { /\A(.*)\n\n((?s:.*))\z/ ? ($1 => $2) : () } split /^━━━ /m, $report;
	return $ran;
}
ok(load($data), 'CSV files are loaded') or diag($errors);
is($errors, '', 'without a warning');
like($report, qr/^ +Passed over in response\.csv: colour$/m, 'what is nothing of ours is told');
like($report, qr/^ +ces '8' \(1\), nps 'n\/a' \(1\)$/m, 'and which answers are of no use');
is( shown('NPS by segment', 0 .. 2), "Gold|1|100.0\nSilver|0|–\n–|0|–", 'NPS by segment');
is(shown('Hours to resolution by team', 0 .. 2), "none|1|1\nsupport|1|0", 'tickets');
is( shown('Resolved within the target of the SLA by team', 0, 2 .. 6),
	"none|8.0|0|1|1|0.0\nsupport|8.0|1|0|0|100.0",
	'in the hours of their team, of those that have a target');
is( shown('Monthly recurring revenue', 0, 2) =~ /^at end\|1$/m, 1, 'subscriptions');
is( shown('The journey map', 0 .. 2), "awareness|1|1\npurchase|1|1", 'events');
is( $node->safe_psql('own', q{
		SELECT tenant, response, scale, answer, state, tags, asked_at FROM demo.response
		WHERE response IN ('line 3', 'line 4') ORDER BY response}),
	qq{main|line 3|1..5|4|answered|{one,"and two"}|2025-12-02 10:00:00+00\n}
	  . 'main|line 4|1..7||pending||2025-12-03 04:15:00+00', 'the rows of the relations');
is( $node->safe_psql('own', 'SELECT relation, rows FROM demo.skipped ORDER BY relation'),
	"response|2\nticket|1", 'and what is not in them');

# A second tenant with the same ids
$node->safe_psql('own', join '', map { "INSERT INTO demo.$_->[0] SELECT 'other', $_->[1];" } (
	[ response => q{response, survey, metric, scale, 0, state, asked_at + interval '1 year',
		answered_at, customer FROM demo.response WHERE metric = 'nps'} ],
	[ response => q{'seven', survey, 'csat', '1..7', 7, state, asked_at FROM demo.response
		WHERE (tenant, response) = ('main', 'line 2')} ],
	[ customer => 'customer, name, company, country, language, segments FROM demo.customer' ],
	[ ticket => q{ticket, number, customer, agent, team, channel, priority, tags, language,
		opened_at FROM demo.ticket} ],
	[ subscription => q{subscription, chain, customer, plan, status, started_at
		FROM demo.subscription} ],
	[ event => q{customer, session, at, 'elsewhere' FROM demo.event} ]));
my $theirs;
ok( IPC::Run::run(
		[ @psql, '-d', $node->connstr('own'), '-v', 'tenant=main', '-f', 'examples/report.sql' ],
		'>', \$theirs),
	'a report of one tenant');
is($theirs, $report =~ s/.*?(?=\n WHAT CUSTOMERS SAY)//sr, 'has no row of another one');
ok( IPC::Run::run(
		[ @psql, '-d', $node->connstr('own'), '-v', 'tenant=other', '-f', 'examples/report.sql' ],
		'>', \$theirs),
	'a report of the other one');
like($theirs, qr/not NPS 0\.\.10, CSAT 1\.\.5 or CES 1\.\.7: 1$/m, 'whose other scale is left out');

unlink map { "$data/$_.csv" } qw(customer calendar ticket event subscription);
ok(load($data), 'response.csv does alone') or diag($errors);
is(join(' ', grep { /^(?:Hours|Churn|Monthly|Who|Do|The)/ } keys %table),
	'', 'what there is no data for is left out');
$node->safe_psql('own', q{TRUNCATE demo.response;
	INSERT INTO demo.subscription (tenant, subscription, customer, started_at, ended_at)
	VALUES ('main', 1, 'a', '2024-03-01Z', '2025-11-30Z'), ('main', 2, 'b', '2025-02-01Z', NULL)});
ok( IPC::Run::run([ @psql, '-d', $node->connstr('own'), '-f', 'examples/report.sql' ],
		'>', \$theirs),
	'a report without surveys');
like($theirs, qr/^  2024-12-01 to 2025-11-30 · there are no surveys$/m, 'says so');
is(join('|', $theirs =~ /^━━━ ([\w ]+?) since/mg), 'Churn by segment', 'and has the rest');
$node->safe_psql('own', 'TRUNCATE demo.subscription');
ok( IPC::Run::run([ @psql, '-d', $node->connstr('own'), '-f', 'examples/report.sql' ],
		'>', \$theirs),
	'a report without anything');
is($theirs, "There is nothing in the relations.\n", 'is short');
append_to_file("$data/response.csv", "5,2025-12-01,stars,a,,,\n");
ok(!load($data), 'a metric that needs a scale stops it');
like($errors, qr/ERROR:  a line of response\.csv has the metric "stars" and no scale$/m, 'by name');

$node->stop;
done_testing();
