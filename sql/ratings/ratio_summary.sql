--
-- ratio_summary: a ratio of two sums over independent units, and how sure it is
--

@since 2.0.0
@set type = ratio_summary
@set category = N
@set rows = units
@-- Without decimal digits, of numbers of type double precision.
@set state = 152
@-- For stored sums below 10^16 with up to eight decimals.
@set sum_state = 392

@summary_type about
exact sums of a numerator and a denominator for each unit, of their squares and products

--
-- Readings
--

@reading signature | returns | symbol | comment
ratio(s ratio_summary) | double precision | ratio_ratio |
	the sum of all numerators over the sum of all denominators; NULL where that is zero
mean(s ratio_summary) | double precision | ratio_mean |
	the mean numerator of a unit
std_error(s ratio_summary) | double precision | ratio_std_error |
	standard error of ratio, by the delta method
units(s ratio_summary) | bigint | ratio_units |
	number of units, each a row with both numbers
incomplete(s ratio_summary) | bigint | ratio_incomplete |
	number of rows that lacked one of the two numbers, and were skipped
numerator(s ratio_summary) | numeric | ratio_numerator |
	the exact sum of all numerators
denominator(s ratio_summary) | numeric | ratio_denominator |
	the exact sum of all denominators

@interval signature | symbol | comment
ratio(s ratio_summary, level double precision DEFAULT 0.95, method text DEFAULT 'student') |
	ratio_ratio |
	confidence interval of ratio (delta method)
mean(s ratio_summary, level double precision DEFAULT 0.95, method text DEFAULT 'student') |
	ratio_mean |
	confidence interval of mean

@reading signature | returns | symbol | comment
ratio_test(a ratio_summary, b ratio_summary, level double precision DEFAULT 0.95) |
	test_result | ratio_ratio_test |
	tests whether ratio(a) differs from ratio(b) (delta method, Welch t)
ratio_lift(a ratio_summary, b ratio_summary, level double precision DEFAULT 0.95) |
	test_result | ratio_ratio_lift |
	the difference of ratio(a) and ratio(b) as a share of the size of ratio(b), and its test
mean_test(a ratio_summary, b ratio_summary, level double precision DEFAULT 0.95) |
	test_result | ratio_mean_test |
	tests whether mean(a) differs from mean(b) (Welch t)

--
-- Transitions
--

@transition signature | transition | inverse | comment
ratio(numeric, numeric) | ratio_transition_numeric | ratio_inverse_numeric |
	a unit with its numerator and denominator
ratio(double precision, double precision) | ratio_transition_float8 | ratio_inverse_float8 |
	a unit with its numerator and denominator
ratio(bigint, bigint) | ratio_transition_int8 | ratio_inverse_int8 |
	a unit with its numerator and denominator
mean({numeric, double precision, bigint}) |
	mean_transition_{numeric, float8, int8} | mean_inverse_{numeric, float8, int8} |
	a unit with its number and the denominator 1

--
-- Aggregates
--

@aggregate signature | state | step | comment
ratio_agg(numerator numeric, denominator numeric) | 272 | ratio |
	summary of a numerator and a denominator for each unit; a row without one is incomplete
ratio_agg(numerator double precision, denominator double precision) | | ratio |
	summary of a numerator and a denominator for each unit; a row without one is incomplete
ratio_agg(numerator bigint, denominator bigint) | | ratio |
	summary of a numerator and a denominator for each unit; a row without one is incomplete
mean_agg(x {numeric, double precision, bigint}) | {272, 152, 152} | mean |
	summary of numbers for their mean, with the denominator 1; a NULL is incomplete

@aggregate signature | state | step | final | comment
ratio(numerator numeric, denominator numeric) | 272 | ratio | ratio |
	the sum of all numerators over the sum of all denominators, of rows with both
ratio(numerator double precision, denominator double precision) | | ratio | ratio |
	the sum of all numerators over the sum of all denominators, of rows with both
ratio(numerator bigint, denominator bigint) | | ratio | ratio |
	the sum of all numerators over the sum of all denominators, of rows with both
