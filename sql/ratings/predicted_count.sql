--
-- predicted_count: how many of the next ones will, and how sure that is
--

@reading signature | returns | symbol | comment
predicted_count(successes numeric, trials numeric, next_trials numeric) |
	double precision | predicted_count |
	how many of the next trials to expect to succeed after so many successes of so many trials
predicted_by_prior(prior beta_prior, next_trials numeric) |
	double precision | predicted_by_prior |
	how many of the next trials to expect to succeed where the share is known so well

@interval signature | symbol | comment
predicted_count(successes numeric, trials numeric, next_trials numeric,
	level double precision DEFAULT 0.95) | predicted_count |
	prediction interval: so many of the next trials succeed with this probability
predicted_by_prior(prior beta_prior, next_trials numeric,
	level double precision DEFAULT 0.95) | predicted_by_prior |
	prediction interval: so many of the next trials succeed with this probability
