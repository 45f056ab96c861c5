--
-- rating_intervals: how sure any figure of a rating_summary is, many groups, and responses needed
--

@since 2.0.0

CREATE TYPE groups_test_result AS (
	statistic double precision,
	degrees_of_freedom double precision,
	residual_degrees_of_freedom double precision,
	p_value double precision
);
COMMENT ON TYPE groups_test_result IS
	'a comparison of many groups: chi-squared or F, its degrees of freedom, and the p-value';

@-- Intervals that hold at every look: csat has no place for a method before its other argument.
@interval signature | symbol | attributes | comment
csat(s rating_summary, level double precision, satisfied_from double precision, method text) |
	rating_csat | IMMUTABLE PARALLEL SAFE |
	confidence interval of csat, 0 to 100, by method
mean(s rating_summary, level double precision DEFAULT 0.95, method text DEFAULT 'student') |
	rating_ces | |
	confidence interval of the mean answer on its scale
net_score(s rating_summary, favourable_from double precision, unfavourable_to double precision,
	level double precision DEFAULT 0.95, method text DEFAULT 'adjusted_wald') |
	rating_net_score | |
	confidence interval of net_score, -100 to 100
top_share(s rating_summary, from_answer double precision, level double precision DEFAULT 0.95,
	method text DEFAULT 'wilson') | rating_top_share | |
	confidence interval of top_share, 0 to 1
response_rate(s rating_summary, level double precision DEFAULT 0.95,
	method text DEFAULT 'wilson') | rating_response_rate | |
	confidence interval of response_rate, 0 to 1

@reading signature | returns | symbol | attributes | comment
mean(s rating_summary) | double precision | rating_mean_answer | |
	mean answer, by the name that its interval has
mean_test(a rating_summary, b rating_summary, level double precision DEFAULT 0.95) |
	test_result | rating_ces_test | |
	tests whether the mean answers of a and b differ, by Welch t
net_score_test(a rating_summary, b rating_summary, favourable_from double precision,
	unfavourable_to double precision, level double precision DEFAULT 0.95,
	method text DEFAULT 'adjusted_wald') | test_result | rating_net_score_test | |
	tests whether the net scores of a and b differ, by adjusted Wald z
top_share_test(a rating_summary, b rating_summary, from_answer double precision,
	level double precision DEFAULT 0.95) | test_result | rating_top_share_test | |
	tests whether the shares of answers from one up differ: Newcombe interval and pooled z
response_rate_test(a rating_summary, b rating_summary, level double precision DEFAULT 0.95) |
	test_result | rating_response_rate_test | |
	tests whether the response rates of a and b differ: Newcombe interval and pooled z
nps_test(s rating_summary[]) | groups_test_result | rating_nps_groups_test | |
	tests whether the scores of many groups differ (chi-squared of adjusted scores)
csat_test(s rating_summary[]) | groups_test_result | rating_csat_groups_test | |
	tests whether the percentages of many groups differ (Pearson chi-squared)
mean_test(s rating_summary[]) | groups_test_result | rating_mean_groups_test | |
	tests whether the mean answers of many groups differ (Welch F)
responses_needed(s rating_summary, margin double precision, level double precision DEFAULT 0.95,
	metric text DEFAULT NULL) | bigint | rating_responses_needed | IMMUTABLE PARALLEL SAFE |
	number of responses such as these that makes the interval of the figure as narrow as -+ margin
