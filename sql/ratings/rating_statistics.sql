--
-- rating_statistics: interval estimates of ratings, and tests of one summary against another
--

@interval signature | symbol | attributes | comment
nps(s rating_summary, level double precision DEFAULT 0.95,
	method text DEFAULT 'adjusted_wald') | rating_nps | |
	confidence interval of nps, -100 to 100
csat(s rating_summary, level double precision DEFAULT 0.95,
	satisfied_from double precision DEFAULT NULL) | rating_csat | IMMUTABLE PARALLEL SAFE |
	confidence interval of csat, 0 to 100 (Wilson)
ces(s rating_summary, level double precision DEFAULT 0.95) | rating_ces | |
	confidence interval of ces on its scale (Student t)

@reading signature | returns | symbol | attributes | comment
nps_test(a rating_summary, b rating_summary, level double precision DEFAULT 0.95,
	method text DEFAULT 'adjusted_wald') | test_result | rating_nps_test | |
	tests whether nps(a) differs from nps(b), by adjusted Wald z
csat_test(a rating_summary, b rating_summary, level double precision DEFAULT 0.95,
	satisfied_from double precision DEFAULT NULL) |
	test_result | rating_csat_test | IMMUTABLE PARALLEL SAFE |
	tests whether csat(a) differs from csat(b): Newcombe interval and pooled z
ces_test(a rating_summary, b rating_summary, level double precision DEFAULT 0.95) |
	test_result | rating_ces_test | |
	tests whether ces(a) differs from ces(b), by Welch t
