/*
 * test_funnel.c
 *		Funnels against published cases, and against a reference that tries every chain.
 */
#include "near.h"
#include "funnel.h"
#include "varint.h"

#include <string.h>

#define LENGTH(array) (sizeof(array) / sizeof((array)[0]))
#define MOST_EVENTS 256

typedef struct Event
{
	int64_t  time;
	uint64_t set;
} Event;

typedef struct Case
{
	CxmFunnelMode mode;
	int           steps;
	uint64_t      within;
	unsigned char first_like[CXM_FUNNEL_MOST_STEPS];
	int           n;
	Event         events[MOST_EVENTS];
} Case;

typedef struct Answer
{
	int     level;
	int64_t times[CXM_FUNNEL_MOST_STEPS];
} Answer;

static Answer
engine(const Case *c)
{
	CxmFunnel      funnel;
	CxmFunnelTrace trace;
	Answer         answer = {0, {0}};

	cxm_funnel_start(&funnel, c->mode, c->steps, c->within, c->first_like);
	for (int i = 0; i < c->n; i++)
		cxm_funnel_event(&funnel, c->events[i].time, c->events[i].set);
	answer.level = cxm_funnel_finish(&funnel);
	cxm_funnel_trace_start(&trace, &funnel, answer.times);
	for (int i = 0; i < c->n; i++)
		if (cxm_funnel_trace_event(&trace, c->events[i].time, c->events[i].set))
			break;
	cxm_funnel_trace_finish(&trace);
	return answer;
}

/* A funnel over letters: steps and events by letter, times with them. */
static Case
letters(CxmFunnelMode mode, const char *steps, uint64_t within, const char *events,
        const int64_t *times)
{
	Case c = {.mode = mode, .steps = (int) strlen(steps), .within = within};

	for (int k = 0; k < c.steps; k++)
		c.first_like[k] = (unsigned char) (strchr(steps, steps[k]) - steps);
	c.n = (int) strlen(events);
	for (int i = 0; i < c.n; i++)
	{
		c.events[i] = (Event){times ? times[i] : i + 1, 0};
		for (int k = 0; k < c.steps; k++)
			if (steps[k] == events[i])
				c.events[i].set |= UINT64_C(1) << k;
	}
	return c;
}

static int
level(CxmFunnelMode mode, const char *steps, uint64_t within, const char *events,
      const int64_t *times)
{
	Case c = letters(mode, steps, within, events, times);

	return engine(&c).level;
}

static void
published_cases(void **state)
{
	static const int64_t same[] = {1, 1};
	static const int64_t greedy[] = {0, 1, 2, 2};
	static const int64_t ten[] = {1, 2, 2, 2, 3, 3, 3, 4, 4, 4};

	(void) state;
	assert_int_equal(level(CXM_FUNNEL_ORDERED, "abc", CXM_FUNNEL_UNLIMITED, "abc", NULL), 3);
	assert_int_equal(level(CXM_FUNNEL_ORDERED, "abc", CXM_FUNNEL_UNLIMITED, "adbc", NULL), 3);
	assert_int_equal(level(CXM_FUNNEL_ORDERED, "abc", CXM_FUNNEL_UNLIMITED, "aabbcc", NULL), 3);
	assert_int_equal(level(CXM_FUNNEL_ORDERED, "abc", CXM_FUNNEL_UNLIMITED, "aabbdcc", NULL), 3);
	assert_int_equal(level(CXM_FUNNEL_ORDERED, "abc", CXM_FUNNEL_UNLIMITED, "ccbbaa", NULL), 1);
	assert_int_equal(level(CXM_FUNNEL_CONSECUTIVE, "abc", CXM_FUNNEL_UNLIMITED, "abc", NULL), 3);
	assert_int_equal(level(CXM_FUNNEL_CONSECUTIVE, "abc", CXM_FUNNEL_UNLIMITED, "adbc", NULL), 1);
	assert_int_equal(level(CXM_FUNNEL_CONSECUTIVE, "abc", CXM_FUNNEL_UNLIMITED, "acb", NULL), 1);

	/* events 1000 ... 1008 at 0 ... 8, steps 1003 ... 1007: the window is inclusive */
	assert_int_equal(level(CXM_FUNNEL_ANY, "defgh", 2, "abcdefghi", NULL), 3);
	assert_int_equal(level(CXM_FUNNEL_ANY, "defgh", 3, "abcdefghi", NULL), 4);
	assert_int_equal(level(CXM_FUNNEL_ANY, "defgh", 4, "abcdefghi", NULL), 5);

	assert_int_equal(level(CXM_FUNNEL_ORDERED, "ab", 10, "ba", same), 2);
	assert_int_equal(level(CXM_FUNNEL_CONSECUTIVE, "ab", 10, "ba", same), 2);
	assert_int_equal(level(CXM_FUNNEL_INCREASING, "ab", 10, "ba", same), 1);

	/* where a greedy scan goes wrong */
	assert_int_equal(level(CXM_FUNNEL_INCREASING, "abcd", 10, "abcdbcdbcd", ten), 4);
	assert_int_equal(level(CXM_FUNNEL_INCREASING, "abc", 10, "abbc", greedy), 3);
}

static void
one_event_counts_once_unless_any(void **state)
{
	Case c = letters(CXM_FUNNEL_ANY, "aa", 10, "a", NULL);

	(void) state;
	assert_int_equal(engine(&c).level, 2);
	c.mode = CXM_FUNNEL_ORDERED;
	assert_int_equal(engine(&c).level, 1);
	c.mode = CXM_FUNNEL_INCREASING;
	assert_int_equal(engine(&c).level, 1);
	c.mode = CXM_FUNNEL_CONSECUTIVE;
	assert_int_equal(engine(&c).level, 1);
}

static void
distances_do_not_overflow(void **state)
{
	static const int64_t times[] = {-INT64_C(211813488000000000), INT64_C(9223371331199999999)};

	(void) state;
	assert_int_equal(level(CXM_FUNNEL_ORDERED, "ab", INT64_MAX, "ab", times), 1);
	assert_int_equal(level(CXM_FUNNEL_ORDERED, "ab", CXM_FUNNEL_UNLIMITED, "ab", times), 2);
}

static void
sixty_four_steps(void **state)
{
	Case c = {.mode = CXM_FUNNEL_ORDERED, .steps = 64, .within = 63, .n = 130};

	(void) state;
	for (int k = 0; k < 64; k++)
		c.first_like[k] = (unsigned char) k;
	for (int i = 0; i < c.n; i++)
		c.events[i] = (Event){i, UINT64_C(1) << (i % 64)};
	for (c.mode = CXM_FUNNEL_ANY; c.mode <= CXM_FUNNEL_CONSECUTIVE; c.mode++)
		assert_int_equal(engine(&c).level, 64);
	c.within = 62;
	for (c.mode = CXM_FUNNEL_ANY; c.mode <= CXM_FUNNEL_CONSECUTIVE; c.mode++)
		assert_int_equal(engine(&c).level, 63);

	/* one step over and over, all at the same instant */
	memset(c.first_like, 0, sizeof(c.first_like));
	for (int i = 0; i < c.n; i++)
		c.events[i] = (Event){0, UINT64_MAX};
	for (c.n = 1; c.n <= 70; c.n++)
	{
		int expected = c.n < 64 ? c.n : 64;

		c.mode = CXM_FUNNEL_ORDERED;
		assert_int_equal(engine(&c).level, expected);
		c.mode = CXM_FUNNEL_CONSECUTIVE;
		assert_int_equal(engine(&c).level, expected);
	}
}

/*
 * The reference: every chain there is, by its definition, the best one kept.
 */

static bool
better(const Answer *a, const Answer *b)
{
	if (a->level != b->level)
		return a->level > b->level;
	if (a->level == 0)
		return false;
	if (a->times[a->level - 1] != b->times[b->level - 1])
		return a->times[a->level - 1] < b->times[b->level - 1];
	if (a->times[0] != b->times[0])
		return a->times[0] > b->times[0];
	for (int k = 0; k < a->level; k++)
		if (a->times[k] != b->times[k])
			return a->times[k] < b->times[k];
	return false;
}

static void
try_chains(const Case *c, Answer *chain, int last, unsigned used, Answer *best)
{
	int64_t ends = last < 0 ? 0 : c->events[last].time;

	if (better(chain, best))
		*best = *chain;
	if (chain->level == c->steps)
		return;
	for (int i = 0; i < c->n; i++)
	{
		int64_t time = c->events[i].time;

		if ((c->events[i].set >> chain->level & 1) == 0)
			continue;
		if (last >= 0 && (time < ends || (uint64_t) (time - chain->times[0]) > c->within))
			continue;
		if (c->mode == CXM_FUNNEL_INCREASING && last >= 0 && time == ends)
			continue;
		if (c->mode == CXM_FUNNEL_ORDERED && (used >> i & 1))
			continue;
		chain->times[chain->level++] = time;
		try_chains(c, chain, i, used | 1U << i, best);
		chain->level--;
	}
}

/* Every order that the times allow, and in it every run of neighbours. */
static void
try_orders(const Case *c, int *order, int placed, Answer *best)
{
	if (placed < c->n)
	{
		int64_t next = INT64_MAX;
		bool    taken[8] = {false};

		for (int i = 0; i < placed; i++)
			taken[order[i]] = true;
		for (int i = 0; i < c->n; i++)
			if (!taken[i] && c->events[i].time < next)
				next = c->events[i].time;
		for (int i = 0; i < c->n; i++)
			if (!taken[i] && c->events[i].time == next)
			{
				order[placed] = i;
				try_orders(c, order, placed + 1, best);
			}
		return;
	}
	for (int first = 0; first < c->n; first++)
	{
		Answer chain = {0, {0}};

		for (int i = first; i < c->n && chain.level < c->steps; i++)
		{
			const Event *event = &c->events[order[i]];

			if ((event->set >> chain.level & 1) == 0 ||
			    (uint64_t) (event->time - c->events[order[first]].time) > c->within)
				break;
			chain.times[chain.level++] = event->time;
			if (better(&chain, best))
				*best = chain;
		}
	}
}

static Answer
reference(const Case *c)
{
	Answer best = {0, {0}};
	Answer chain = {0, {0}};
	int    order[8];

	if (c->mode == CXM_FUNNEL_CONSECUTIVE)
		try_orders(c, order, 0, &best);
	else
		try_chains(c, &chain, -1, 0, &best);
	return best;
}

static uint64_t seed = 1;

static int
random_below(int n)
{
	seed = seed * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
	return (int) ((seed >> 33) % (uint64_t) n);
}

static Case
random_case(CxmFunnelMode mode)
{
	char     steps[8];
	char     events[8];
	int64_t  times[8];
	int      n = random_below(8);
	int      n_steps = 1 + random_below(6);
	int      alphabet = 1 + random_below(4);
	int64_t  time = random_below(3) - 1;
	int      gap = 1 + random_below(3);
	int      least = mode == CXM_FUNNEL_INCREASING && random_below(2);
	uint64_t within = random_below(4) ? (uint64_t) random_below(8) : CXM_FUNNEL_UNLIMITED;
	Case     c;

	for (int k = 0; k < n_steps; k++)
		steps[k] = (char) ('a' + random_below(alphabet));
	/* a's successors in order more often than chance has it, or there are no long chains */
	if (random_below(2))
		for (int k = 0; k < n_steps; k++)
			steps[k] = (char) ('a' + k % alphabet);
	for (int i = 0; i < n; i++)
	{
		events[i] = (char) ('a' + random_below(alphabet + (random_below(3) == 0)));
		times[i] = time += least + random_below(gap + 1 - least);
	}
	steps[n_steps] = events[n] = '\0';
	c = letters(mode, steps, within, events, times);

	/* conditions, unlike labels, may overlap in any way */
	if ((mode == CXM_FUNNEL_ANY || mode == CXM_FUNNEL_INCREASING) && random_below(2))
		for (int i = 0; i < n; i++)
			c.events[i].set = (uint64_t) random_below(1 << n_steps);
	return c;
}

static void
check_random(CxmFunnelMode mode)
{
	int reached[8] = {0};

	for (int i = 0; i < 60000; i++)
	{
		Case   c = random_case(mode);
		Answer actual = engine(&c);
		Answer expected = reference(&c);

		reached[expected.level]++;
		if (actual.level != expected.level ||
		    memcmp(actual.times, expected.times, sizeof(int64_t) * (size_t) expected.level) != 0)
		{
			for (int k = 0; k < c.n; k++)
				print_message("event at %d: %x\n", (int) c.events[k].time,
				              (unsigned) c.events[k].set);
			for (int k = 0; k < expected.level; k++)
				print_message("step %d: %d, not %d\n", k + 1, (int) expected.times[k],
				              (int) actual.times[k]);
			fail_msg("case %d, mode %d, within %d: level %d, not %d of %d", i, mode, (int) c.within,
			         actual.level, expected.level, c.steps);
		}
	}
	/* each level has been met often enough to tell */
	for (int k = 0; k <= 5; k++)
		assert_true(reached[k] > 100);
}

static void
any_is_the_best_chain(void **state)
{
	(void) state;
	check_random(CXM_FUNNEL_ANY);
}

static void
ordered_is_the_best_chain(void **state)
{
	(void) state;
	check_random(CXM_FUNNEL_ORDERED);
}

static void
increasing_is_the_best_chain(void **state)
{
	(void) state;
	check_random(CXM_FUNNEL_INCREASING);
}

static void
consecutive_is_the_best_chain(void **state)
{
	(void) state;
	check_random(CXM_FUNNEL_CONSECUTIVE);
}

/* Open: a later event of the next step, at that very time, would have been taken. */
static void
open_means_that_it_can_go_on(void **state)
{
	(void) state;
	for (int i = 0; i < 20000; i++)
	{
		Case      c = random_case((CxmFunnelMode) random_below(4));
		CxmFunnel funnel;
		int64_t   last = c.n ? c.events[c.n - 1].time : 0;
		int64_t   now = last + 1 + random_below(8);
		bool      open;
		bool      can = false;

		cxm_funnel_start(&funnel, c.mode, c.steps, c.within, c.first_like);
		for (int k = 0; k < c.n; k++)
			cxm_funnel_event(&funnel, c.events[k].time, c.events[k].set);
		cxm_funnel_finish(&funnel);
		open = cxm_funnel_is_open(&funnel, now);

		/* chains of each length, and whether one more event makes any of them longer */
		for (int k = 1; k < c.steps && funnel.level < c.steps; k++)
		{
			Case   longer = c;
			Answer answer;

			longer.steps = k + 1;
			for (int e = 0; e < longer.n; e++)
				longer.events[e].set &= (UINT64_C(1) << k) - 1;
			longer.events[longer.n++] = (Event){now, UINT64_C(1) << k};
			if (longer.n > 8)
				continue;
			answer = reference(&longer);
			can |= answer.level == k + 1;
		}
		assert_int_equal(open, can);
	}
}

static void
varints_come_back(void **state)
{
	unsigned char buffer[CXM_VARINT_LIMIT + 8];

	(void) state;
	for (int shift = 0; shift < 64; shift++)
		for (int off = -1; off <= 1; off++)
		{
			uint64_t             value = (UINT64_C(1) << shift) + (uint64_t) off;
			unsigned char       *end = cxm_varint_put(buffer, value);
			const unsigned char *at = buffer;
			uint64_t             back;

			assert_true((size_t) (end - buffer) == cxm_varint_size(value));
			assert_true(cxm_varint_fold(cxm_varint_unfold(value)) == value);
			assert_false(cxm_varint_get(&at, end - 1, &back));

			/* whatever follows, and however much of it */
			for (int more = 0; more <= 8; more++)
			{
				memset(end, more % 2 ? 0xff : 0, (size_t) more);
				at = buffer;
				assert_true(cxm_varint_get(&at, end + more, &back));
				assert_true(back == value && at == end);
			}
		}
	assert_true(cxm_varint_fold(-1) == 1 && cxm_varint_fold(1) == 2);
	assert_true(cxm_varint_unfold(cxm_varint_fold(INT64_MIN)) == INT64_MIN);
}

static void
varints_have_one_spelling(void **state)
{
	unsigned char buffer[CXM_VARINT_LIMIT + 8] = {0};

	(void) state;
	for (int length = 2; length <= CXM_VARINT_LIMIT; length++)
		for (int more = 0; more <= 8; more++)
		{
			const unsigned char *at = buffer;
			uint64_t             back;

			/* a last byte of nothing */
			memset(buffer, 0x81, (size_t) length - 1);
			buffer[length - 1] = 0;
			assert_false(cxm_varint_get(&at, buffer + length + more, &back));
		}
	memset(buffer, 0xff, sizeof(buffer));
	{
		const unsigned char *at = buffer;
		uint64_t             back;

		assert_false(cxm_varint_get(&at, buffer + sizeof(buffer), &back));
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(published_cases),
	    cmocka_unit_test(one_event_counts_once_unless_any),
	    cmocka_unit_test(distances_do_not_overflow),
	    cmocka_unit_test(sixty_four_steps),
	    cmocka_unit_test(any_is_the_best_chain),
	    cmocka_unit_test(ordered_is_the_best_chain),
	    cmocka_unit_test(increasing_is_the_best_chain),
	    cmocka_unit_test(consecutive_is_the_best_chain),
	    cmocka_unit_test(open_means_that_it_can_go_on),
	    cmocka_unit_test(varints_come_back),
	    cmocka_unit_test(varints_have_one_spelling),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
