# "How likely would you recommend Stack Overflow?", a sample of 130 respondents from the Stack
# Overflow Developer Survey 2018: its known figures, and those of its parts against plain SQL.
use strict;
use warnings;
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

my $node = PostgreSQL::Test::Cluster->new('rating_summary');
$node->init;
$node->append_conf('postgresql.conf', 'fsync = off');
$node->start;

sub query { return $node->safe_psql('postgres', $_[0]) }

query("CREATE EXTENSION cxm;
	CREATE TABLE response (respondent integer, country text, recommend integer);
	COPY response FROM '$ENV{CXM_DATA}/stackoverflow_2018_recommend.csv'
		(FORMAT csv, HEADER)");

is( query(q{
		SELECT responses(s) + nonresponses(s), responses(s),
			promoters(s), passives(s), detractors(s)
		FROM (SELECT nps_agg(recommend) AS s FROM response) t}),
	'130|90|74|12|4', 'respondents, responses, promoters, passives and detractors');
is(query('SELECT round(nps(recommend)::numeric, 1) FROM response'), '77.8', 'the NPS');
is(query('SELECT round(response_rate(nps_agg(recommend))::numeric, 4) FROM response'),
	'0.6923', 'the response rate');

# Ten parts of the sample, each against what plain SQL says of its rows.
query('CREATE VIEW part AS SELECT respondent % 10 AS part, recommend FROM response');
is( query(q{
		SELECT part, responses(s), nonresponses(s), promoters(s), detractors(s),
			round(nps(s)::numeric, 6), round(mean_answer(s)::numeric, 6),
			round(stddev_answer(s)::numeric, 6), median_answer(s)
		FROM (SELECT part, nps_agg(recommend) AS s FROM part GROUP BY part) t ORDER BY part}),
	query(q{
		SELECT part, count(recommend), count(*) - count(recommend),
			count(*) FILTER (WHERE recommend >= 9), count(*) FILTER (WHERE recommend <= 6),
			round(100.0 * (count(*) FILTER (WHERE recommend >= 9)
				- count(*) FILTER (WHERE recommend <= 6)) / nullif(count(recommend), 0), 6),
			round(avg(recommend), 6), round(stddev_samp(recommend), 6),
			percentile_cont(0.5) WITHIN GROUP (ORDER BY recommend)
		FROM part GROUP BY part ORDER BY part}),
	'every part, against plain SQL');
is( query(q{
		SELECT count(*), rollup(s) = (SELECT nps_agg(recommend) FROM response)
		FROM (SELECT part, nps_agg(recommend) AS s FROM part GROUP BY part) t}),
	'10|t', 'the parts add up to the whole');

$node->stop;
done_testing();
