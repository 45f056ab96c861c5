--
-- share: yes or no, from summaries and from bare counts
--

@set type = rating_summary

@reading signature | returns | symbol | comment
share(s rating_summary) | double precision | rating_share |
	share of yes among the responses on the scale 0..1, 0 to 1

@reading signature | returns | symbol | attributes | comment
satisfied(s rating_summary, from_answer double precision DEFAULT NULL) |
	rating_summary | rating_satisfied | IMMUTABLE PARALLEL SAFE |
	summary on the scale 0..1 of one on any: yes for answers at least as good as from_answer, or as
	csat has it; nonresponses and weights are kept

@interval signature | symbol | comment
share(s rating_summary, level double precision DEFAULT 0.95, method text DEFAULT 'wilson') |
	rating_share |
	confidence interval of share, 0 to 1
share(successes numeric, trials numeric, level double precision DEFAULT 0.95,
	method text DEFAULT 'wilson') | share_of_counts |
	confidence interval of successes / trials, 0 to 1

@reading signature | returns | symbol | comment
share_test(a rating_summary, b rating_summary, level double precision DEFAULT 0.95) |
	test_result | rating_share_test |
	tests whether share(a) differs from share(b): Newcombe interval and pooled z
share_test(s rating_summary[]) | groups_test_result | rating_share_groups_test |
	tests whether the shares of many groups differ (Pearson chi-squared)
share_test(k1 numeric, n1 numeric, k2 numeric, n2 numeric,
	level double precision DEFAULT 0.95) | test_result | share_of_counts_test |
	tests whether k1 / n1 differs from k2 / n2: Newcombe interval and pooled z
responses_needed(share double precision, margin double precision,
	level double precision DEFAULT 0.95, method text DEFAULT 'wald') |
	bigint | share_responses_needed |
	number of responses that makes the interval of this share as narrow as share -+ margin
adjusted_p_values(p double precision[], method text DEFAULT 'holm') |
	double precision[] | adjusted_p_values |
	p-values of many tests, adjusted for their number; NULLs are no tests and stay

@aggregate signature | state | step | comment
share_agg(answer boolean) | 15 | rating |
	summary of yes and no on the scale 0..1; NULL is a non-response

@aggregate signature | state | step | final | comment
share(answer boolean) | 15 | rating | share |
	share of yes among yes and no, 0 to 1; NULL is a non-response
