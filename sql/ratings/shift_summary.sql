--
-- shift_summary: the ratings of each segment before and after, and what moved their score
--

@since 2.0.0
@set type = shift_summary
@set category = N
@set rows = ratings
@-- With eight segments on 0..10, whose names have up to twelve bytes.
@set state = 588

@summary_type about
the ratings of each segment before and after, and what moved their score

CREATE TYPE segment_shift AS (
	segment text,
	share_before double precision,
	share_after double precision,
	score_before double precision,
	score_after double precision,
	mix_effect double precision,
	rate_effect double precision,
	lower double precision,
	upper double precision
);
COMMENT ON TYPE segment_shift IS
	'a segment''s part of the change of a score: its share of the responses and its score before '
	'and after, what came from its share and what from its score, and the interval of the latter';

--
-- Readings
--

@reading signature | returns | symbol | comment
shift_before(s shift_summary) | rating_summary | shift_before |
	the ratings of all segments before; NULL where there are none
shift_after(s shift_summary) | rating_summary | shift_after |
	the ratings of all segments after; NULL where there are none

@reading_of_rows signature | returns | symbol | number | attributes | comment
shifts(s shift_summary, metric text DEFAULT NULL, level double precision DEFAULT 0.95) |
	segment_shift | shift_shifts | 10 | IMMUTABLE PARALLEL SAFE |
	what of the change of nps, csat or mean came from the mix of segments and what from their own
	scores, by segment: Kitagawa''s midpoint form, whose effects add up to the change

--
-- Transitions
--

@transition signature | transition | inverse | comment
shift(text, rating_summary, rating_summary) | shift_transition | shift_inverse |
	the ratings of a segment before and after

--
-- Aggregates
--

@aggregate signature | step | comment
shift_agg(segment text, before rating_summary, after rating_summary) | shift |
	summary of ratings by segment before and after, where NULL means that the segment is not there
