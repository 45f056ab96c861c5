--
-- duration_intervals: how sure the figures of a duration_summary are, and whether two groups differ
--

@since 2.0.0

CREATE TYPE duration_interval AS (lower interval, upper interval);
COMMENT ON TYPE duration_interval IS
	'a confidence interval of a duration; NULL is a bound that so few do not have';

@interval signature | symbol | comment
within(s duration_summary, target interval, level double precision DEFAULT 0.95) |
	duration_within |
	confidence interval of within, 0 to 1 (Wilson)

@-- The same whose bounds are durations.
@template duration_interval
CREATE FUNCTION @name@_interval(@arguments@) RETURNS duration_interval
	AS 'MODULE_PATHNAME', '@symbol@_interval' LANGUAGE C @attributes@;
COMMENT ON FUNCTION @name@_interval(@types@) IS
	'@comment@';

CREATE FUNCTION @name@_lower(@arguments@) RETURNS interval
	AS 'MODULE_PATHNAME', '@symbol@_lower' LANGUAGE C @attributes@;
COMMENT ON FUNCTION @name@_lower(@types@) IS
	'lower bound of @name@_interval';

CREATE FUNCTION @name@_upper(@arguments@) RETURNS interval
	AS 'MODULE_PATHNAME', '@symbol@_upper' LANGUAGE C @attributes@;
COMMENT ON FUNCTION @name@_upper(@types@) IS
	'upper bound of @name@_interval';
@end

@duration_interval signature | symbol | comment
percentile(s duration_summary, p double precision, level double precision DEFAULT 0.95) |
	duration_percentile |
	confidence interval of a percentile: order statistics; Brookmeyer and Crowley with open ones
median_duration(s duration_summary, level double precision DEFAULT 0.95) | duration_median |
	confidence interval of the median, the percentile 0.5
mean_duration(s duration_summary, level double precision DEFAULT 0.95) | duration_mean |
	confidence interval of the mean of the resolved durations (Student t)

@reading signature | returns | symbol | comment
within_test(a duration_summary, b duration_summary, target interval,
	level double precision DEFAULT 0.95) | test_result | duration_within_test |
	tests whether the shares within a target differ: Newcombe interval and pooled z
mean_duration_test(a duration_summary, b duration_summary, level double precision DEFAULT 0.95) |
	test_result | duration_mean_test |
	tests whether the means of the resolved durations differ, in seconds (Welch t)
duration_test(a duration_summary, b duration_summary, level double precision DEFAULT 0.95) |
	test_result | duration_test |
	tests whether a takes longer than b: Wilcoxon rank test, or log-rank where something is open
median_duration_lift(a duration_summary, b duration_summary,
	level double precision DEFAULT 0.95) | test_result | duration_median_lift |
	the difference of two medians as a share of that of b: -0.1 is ten percent faster
