--
-- share_prior: what the shares of groups have in common, and each drawn towards it
--

@since 2.0.0

CREATE TYPE beta_prior AS (mean double precision, responses double precision);
COMMENT ON TYPE beta_prior IS
	'what is known of the share of a group before it is asked, a beta distribution: its mean, and '
	'as how many responses that weighs, infinitely many where groups do not differ';

@reading signature | returns | symbol | comment
cxm_internal.share_prior_final(groups rating_summary[]) | beta_prior | share_prior_final |
	the beta distribution that the shares of the groups are most likely drawn from

@collecting_aggregate signature | collected | state | step | comment
share_prior(s rating_summary) | rating_summary | 4096 | share_prior |
	empirical Bayes prior of the shares of groups, one summary on the scale 0..1 each: the beta
	distribution that they are most likely drawn from

@reading signature | returns | symbol | comment
shrunken_share(s rating_summary, prior beta_prior) | double precision | shrunken_share |
	share of yes among the responses and those that the prior weighs as much as, 0 to 1

@interval signature | symbol | comment
shrunken_share(s rating_summary, prior beta_prior, level double precision DEFAULT 0.95) |
	shrunken_share |
	interval that holds the true share of the group with this probability, given the prior
