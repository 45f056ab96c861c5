--
-- window_funnel: how far a customer comes along steps that are conditions or labels
--

-- One form for each number of steps up to eight: an array takes half as long again.

@set step = window_funnel
@set returns = integer
@set merges = merges the events of two states
@set figure = the number of steps reached
@set adds = adds an event with the steps that it matches
@set comment = how many of the steps a customer reached, in order and within the window

@bytes_support

@set steps1 = step1 boolean
@set steps2 = @steps1@, step2 boolean
@set steps3 = @steps2@, step3 boolean
@set steps4 = @steps3@, step4 boolean
@set steps5 = @steps4@, step5 boolean
@set steps6 = @steps5@, step6 boolean
@set steps7 = @steps6@, step7 boolean
@set steps8 = @steps7@, step8 boolean

@bytes_aggregate signature | transition
window_funnel(within interval, at timestamptz, @steps{1, 2, 3, 4, 5, 6, 7, 8}@) |
	window_funnel_ordered_transition
window_funnel(within interval, at timestamptz, VARIADIC steps boolean[]) |
	window_funnel_ordered_array_transition
window_funnel(mode text, within interval, at timestamptz, @steps{1, 2, 3, 4, 5, 6, 7, 8}@) |
	window_funnel_mode_transition
window_funnel(mode text, within interval, at timestamptz, VARIADIC steps boolean[]) |
	window_funnel_mode_array_transition

-- Labels are looked up among the steps, which takes less time than a condition for each.

@bytes_aggregate signature | transition
window_funnel(within interval, at timestamptz, stage journey_stage, steps text[]) |
	window_funnel_ordered_stage_transition
window_funnel(within interval, at timestamptz, label text, steps text[]) |
	window_funnel_ordered_text_transition
window_funnel(mode text, within interval, at timestamptz, stage journey_stage, steps text[]) |
	window_funnel_mode_stage_transition
window_funnel(mode text, within interval, at timestamptz, label text, steps text[]) |
	window_funnel_mode_text_transition
window_funnel(mode text, within interval, at timestamptz, stage journey_stage, steps text[],
	exclude text[]) | window_funnel_mode_stage_transition
window_funnel(mode text, within interval, at timestamptz, label text, steps text[],
	exclude text[]) | window_funnel_mode_text_transition
window_funnel(mode text, within interval, at timestamptz, stage journey_stage, steps text[],
	exclude text[], step_limits text[]) | window_funnel_mode_stage_transition
window_funnel(mode text, within interval, at timestamptz, label text, steps text[],
	exclude text[], step_limits text[]) | window_funnel_mode_text_transition
