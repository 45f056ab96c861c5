--
-- rating_summary: exact counts of the answers to one survey question
--

@set type = rating_summary
@-- As money has it: a summary is added and subtracted. It also lets nps($1) with an untyped
@-- parameter be the aggregate over answers, where U would make it ambiguous.
@set category = N
@set sum_state = 36

@summary_type about
exact counts of the answers to one survey question, with its scale and non-responses

@since 2.0.0
CREATE TYPE answer_share AS (answer double precision, responses bigint, share double precision);
COMMENT ON TYPE answer_share IS
	'one answer of a scale, how many gave it, and their share of all responses';
@since 1.0.0

--
-- Readings
--

@reading signature | returns | symbol | comment
nps(s rating_summary) | double precision | rating_nps |
	Net Promoter Score, -100 to 100, on the scale 0..10
csat(s rating_summary) | double precision | rating_csat |
	percentage of satisfied responses, 0 to 100: the two best answers, or the best one of 2 or 3
csat(s rating_summary, satisfied_from double precision) | double precision | rating_csat_from |
	percentage of responses at least as good as satisfied_from, 0 to 100
ces(s rating_summary) | double precision | rating_mean_answer |
	Customer Effort Score: the mean answer on its own scale
net_score(s rating_summary, favourable_from double precision,
	unfavourable_to double precision) | double precision | rating_net_score |
	percentage of responses at least as good as favourable_from less that of those at most as good
	as unfavourable_to, -100 to 100
promoters(s rating_summary) | bigint | rating_promoters |
	responses from 9 up on the scale 0..10
passives(s rating_summary) | bigint | rating_passives |
	responses from 7 up and below 9 on the scale 0..10
detractors(s rating_summary) | bigint | rating_detractors |
	responses below 7 on the scale 0..10
responses(s rating_summary) | bigint | rating_responses |
	number of answers
nonresponses(s rating_summary) | bigint | rating_nonresponses |
	number of surveys that were not answered
response_rate(s rating_summary) | double precision | rating_response_rate |
	answered share of all surveys, 0 to 1
mean_answer(s rating_summary) | double precision | rating_mean_answer |
	mean answer
stddev_answer(s rating_summary) | double precision | rating_stddev_answer |
	sample standard deviation of the answers
median_answer(s rating_summary) | double precision | rating_median_answer |
	median answer
responses_at(s rating_summary, answer double precision) | bigint | rating_responses_at |
	number of responses with this answer
top_share(s rating_summary, from_answer double precision) | double precision | rating_top_share |
	share of responses at least as good as an answer, 0 to 1
scale_of(s rating_summary) | text | rating_scale_of |
	the scale, worst..best
at_least(s rating_summary, n bigint) | rating_summary | rating_at_least |
	the summary, or NULL when it has fewer than n responses

@reading_of_rows signature | returns | symbol | number | comment
distribution(s rating_summary) | answer_share | rating_answer_shares | 11 |
	every answer of the scale, from the worst, with its responses and their share

--
-- What 1.0.0 had for whole numbers: views and tables that an update finds go on using it
--

CREATE TYPE cxm_internal.whole_answer_share AS (
	answer integer, responses bigint, share double precision);
COMMENT ON TYPE cxm_internal.whole_answer_share IS
	'answer_share as it was in 1.0.0';

@reading_of_rows signature | returns | symbol | number | comment
cxm_internal.distribution(s rating_summary) | cxm_internal.whole_answer_share |
	rating_distribution | 11 | distribution as it was in 1.0.0

@reading signature | returns | symbol | attributes | comment
cxm_internal.valid_answer(answer double precision, scale text) | integer | rating_valid_answer |
	IMMUTABLE PARALLEL SAFE | valid_answer as it was in 1.0.0

--
-- Transitions
--
-- One function for each type of answer, with a scale built in or in an argument, with weights or
-- without; the inverse of each serves moving windows.
--

@transition signature | transition | inverse | comment
nps({smallint, integer, double precision}) |
	nps_transition_{int2, int4, float8} | nps_inverse_{int2, int4, float8} |
	an answer on the scale 0..10
csat({smallint, integer, double precision}) |
	csat_transition_{int2, int4, float8} | csat_inverse_{int2, int4, float8} |
	an answer on the scale 1..5
ces({smallint, integer, double precision}) |
	ces_transition_{int2, int4, float8} | ces_inverse_{int2, int4, float8} |
	an answer on the scale 1..7
rating({smallint, integer, double precision}, text) |
	rating_transition_{int2, int4, float8} | rating_inverse_{int2, int4, float8} |
	an answer on the scale given
rating(boolean) | rating_transition_bool | rating_inverse_bool |
	true as 1 and false as 0 on the scale 0..1
nps_weighted({smallint, integer, double precision}, double precision) |
	nps_weighted_transition_{int2, int4, float8} | nps_weighted_inverse_{int2, int4, float8} |
	a weighted answer on the scale 0..10
rating_weighted({smallint, integer, double precision}, text, double precision) |
	rating_weighted_transition_{int2, int4, float8} |
	rating_weighted_inverse_{int2, int4, float8} |
	a weighted answer on the scale given

--
-- Aggregates
--

@aggregate signature | state | step | comment
nps_agg(answer {smallint, integer, double precision}) | 24 | nps |
	summary of answers on the scale 0..10; NULL is a non-response
nps_agg(answer {smallint, integer, double precision}, weight double precision) |
	424 | nps_weighted |
	summary of weighted answers on the scale 0..10; a NULL weight skips the row
csat_agg(answer {smallint, integer, double precision}) | 18 | csat |
	summary of answers on the scale 1..5; NULL is a non-response
ces_agg(answer {smallint, integer, double precision}) | 20 | ces |
	summary of answers on the scale 1..7; NULL is a non-response
{csat_agg, ces_agg, rating_agg}(answer smallint, scale text) | 24 | rating |
	summary of answers on the scale given, worst..best; NULL is a non-response
{csat_agg, ces_agg, rating_agg}(answer integer, scale text) | 24 | rating |
	summary of answers on the scale given, worst..best; NULL is a non-response
{csat_agg, ces_agg, rating_agg}(answer double precision, scale text) | 24 | rating |
	summary of answers on the scale given, worst..best; NULL is a non-response
{csat_agg, ces_agg, rating_agg}(answer smallint, scale text, weight double precision) |
	424 | rating_weighted |
	summary of weighted answers on the scale given; a NULL weight skips the row
{csat_agg, ces_agg, rating_agg}(answer integer, scale text, weight double precision) |
	424 | rating_weighted |
	summary of weighted answers on the scale given; a NULL weight skips the row
{csat_agg, ces_agg, rating_agg}(answer double precision, scale text, weight double precision) |
	424 | rating_weighted |
	summary of weighted answers on the scale given; a NULL weight skips the row
rating_agg(answer boolean) | 15 | rating |
	summary of yes and no on the scale 0..1; NULL is a non-response

@aggregate signature | state | step | final | comment
nps(answer {smallint, integer, double precision}) | 24 | nps | nps |
	Net Promoter Score of answers on the scale 0..10, -100 to 100
csat(answer {smallint, integer, double precision}) | 18 | csat | csat |
	percentage of satisfied answers on the scale 1..5 (4 and 5), 0 to 100
csat(answer {smallint, integer, double precision}, scale text) | 24 | rating | csat |
	percentage of satisfied answers on the scale given, 0 to 100: the two best, or the best one of
	2 or 3
ces(answer {smallint, integer, double precision}) | 20 | ces | ces |
	Customer Effort Score: mean answer on the scale 1..7
ces(answer {smallint, integer, double precision}, scale text) | 24 | rating | ces |
	Customer Effort Score: mean answer on the scale given
