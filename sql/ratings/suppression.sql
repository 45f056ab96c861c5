--
-- suppression: small groups, and what would give them away
--

@reading signature | returns | symbol | attributes | comment
at_least_within(s rating_summary, n bigint) | rating_summary | rating_at_least_within |
	WINDOW IMMUTABLE PARALLEL SAFE |
	the summary, or NULL where it has fewer than n responses, or where such a one of its partition
	could be computed from the total and the others: complementary suppression, for privacy
