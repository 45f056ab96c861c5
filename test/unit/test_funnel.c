/*
 * test_funnel.c
 *		Funnels against published cases, and against a reference that tries every chain.
 */
#include "near.h"
#include "funnel.h"
#include "varint.h"

#include <stdlib.h>
#include <string.h>

#define LENGTH(array) (sizeof(array) / sizeof((array)[0]))
#define MOST_EVENTS 256

typedef struct Case
{
	CxmFunnelTerms terms;
	int            n;
	CxmFunnelEvent events[MOST_EVENTS];
} Case;

/* Event by event; the times where the terms allow it. */
static CxmFunnelAnswer
engine(const Case *c)
{
	CxmFunnel       funnel;
	CxmFunnelTrace  trace;
	CxmFunnelAnswer answer = {0};

	cxm_funnel_start(&funnel, &c->terms);
	for (int i = 0; i < c->n; i++)
		if (c->events[i].excluded)
			cxm_funnel_exclude(&funnel, c->events[i].time, c->events[i].sequence);
		else
			cxm_funnel_event(&funnel, c->events[i].time, c->events[i].sequence, c->events[i].set);
	answer.level = cxm_funnel_finish(&funnel);
	if (c->terms.has_limits)
		return answer;
	cxm_funnel_trace_start(&trace, &funnel, answer.times, NULL);
	for (int i = 0; i < c->n; i++)
		if (cxm_funnel_trace_event(&trace, c->events[i].time, c->events[i].sequence,
		                           c->events[i].set))
			break;
	cxm_funnel_trace_finish(&trace);
	return answer;
}

/* A funnel over letters: steps and events by letter, times with them; ! is excluded. */
static Case
letters(CxmFunnelMode mode, const char *steps, uint64_t within, const char *events,
        const int64_t *times)
{
	Case c = {.terms = {.mode = mode, .steps = (int) strlen(steps), .within = within}};

	c.n = (int) strlen(events);
	for (int i = 0; i < c.n; i++)
	{
		c.events[i] = (CxmFunnelEvent){times ? times[i] : i + 1, 0, 0, events[i] == '!', 0};
		for (int k = 0; k < c.terms.steps; k++)
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

/* Steps a, b, c over abc, adbc, aabbcc, aaaabbcc, aabbdcc, ccbbaa, acb: 3 1 3 3 2 1 1. */
static void
strict_order_tolerates_what_was_taken(void **state)
{
	static const char *const paths[] = {"abc",     "adbc",   "aabbcc", "aaaabbcc",
	                                    "aabbdcc", "ccbbaa", "acb"};
	static const int         levels[] = {3, 1, 3, 3, 2, 1, 1};

	(void) state;
	for (size_t i = 0; i < LENGTH(paths); i++)
		assert_int_equal(
		    level(CXM_FUNNEL_STRICT_ORDER, "abc", CXM_FUNNEL_UNLIMITED, paths[i], NULL), levels[i]);
}

static void
each_option_by_hand(void **state)
{
	static const int64_t limit_times[] = {0, 50, 60};
	Case                 c;
	CxmFunnelAnswer      answer;

	(void) state;
	assert_int_equal(level(CXM_FUNNEL_UNORDERED, "abc", CXM_FUNNEL_UNLIMITED, "cba", NULL), 3);
	assert_int_equal(level(CXM_FUNNEL_UNORDERED, "aab", CXM_FUNNEL_UNLIMITED, "ba", NULL), 2);
	assert_int_equal(level(CXM_FUNNEL_ORDERED, "ab", CXM_FUNNEL_UNLIMITED, "a!b", NULL), 1);
	assert_int_equal(level(CXM_FUNNEL_ORDERED, "ab", CXM_FUNNEL_UNLIMITED, "!ab!", NULL), 2);

	/* at most 10 from a to b */
	c = letters(CXM_FUNNEL_ORDERED, "abc", 1000, "abc", limit_times);
	c.terms.has_limits = true;
	c.terms.limits[1] = 10;
	c.terms.limits[2] = CXM_FUNNEL_UNLIMITED;
	assert_int_equal(engine(&c).level, 1);
	c.terms.limits[1] = 50;
	assert_int_equal(engine(&c).level, 3);

	/* with b or without */
	c = letters(CXM_FUNNEL_ORDERED, "abc", 1000, "ac", NULL);
	c.terms.optional = 2;
	cxm_funnel_solve(&c.terms, c.events, (size_t) c.n, 10, &answer, NULL);
	assert_int_equal(answer.level, 3);
	assert_true(answer.taken == 5 && answer.times[0] == 1 && answer.times[2] == 2);
}

static void
one_event_counts_once_unless_any(void **state)
{
	Case c = letters(CXM_FUNNEL_ANY, "aa", 10, "a", NULL);

	(void) state;
	assert_int_equal(engine(&c).level, 2);
	for (c.terms.mode = CXM_FUNNEL_ORDERED; c.terms.mode < CXM_FUNNEL_MODES; c.terms.mode++)
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
	Case c = {.terms = {.steps = 64, .within = 63}, .n = 130};

	(void) state;
	for (int i = 0; i < c.n; i++)
		c.events[i] = (CxmFunnelEvent){i, 0, UINT64_C(1) << (i % 64), false, 0};
	for (c.terms.mode = CXM_FUNNEL_ANY; c.terms.mode < CXM_FUNNEL_MODES; c.terms.mode++)
		assert_int_equal(engine(&c).level, 64);
	c.terms.within = 62;
	for (c.terms.mode = CXM_FUNNEL_ANY; c.terms.mode < CXM_FUNNEL_MODES; c.terms.mode++)
		assert_int_equal(engine(&c).level, 63);

	/* one step over and over, all at the same instant */
	for (int i = 0; i < c.n; i++)
		c.events[i] = (CxmFunnelEvent){0, 0, UINT64_MAX, false, 0};
	for (c.n = 1; c.n <= 70; c.n++)
		for (c.terms.mode = CXM_FUNNEL_ORDERED; c.terms.mode < CXM_FUNNEL_MODES; c.terms.mode++)
			assert_int_equal(engine(&c).level, c.terms.mode == CXM_FUNNEL_INCREASING ? 1
			                                   : c.n < 64                            ? c.n
			                                                                         : 64);
}

/* As many different sets at one instant as are kept, and what makes each step dear. */
static void
many_kinds_at_once(void **state)
{
	static CxmFunnelInstant now;
	uint64_t                random = 1;

	(void) state;
	memset(&now, 0, sizeof(now));
	for (int i = 0; i < 100000; i++)
	{
		random = random * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
		cxm_funnel_take_in(&now, 64, 0, 0,
		                   UINT64_C(1) << (random >> 58) | UINT64_C(1) << (random >> 50 & 63));
	}
	assert_true(now.kinds > 1000 && now.kinds <= CXM_FUNNEL_MOST_KINDS);
	for (int k = 0; k < 64; k++)
		assert_int_equal(now.available[k], 64);
}

/*
 * The reference: every chain there is, by its definition, the best one kept.
 */

static int
instant_compare(const CxmFunnelEvent *a, const CxmFunnelEvent *b)
{
	if (a->time != b->time)
		return a->time < b->time ? -1 : 1;
	return a->sequence != b->sequence ? (a->sequence < b->sequence ? -1 : 1) : 0;
}

/* Which of the instants an event has, from 0. */
static int
instant_of(const Case *c, int event)
{
	int instant = 0;

	for (int i = 1; i <= event; i++)
		instant += instant_compare(&c->events[i - 1], &c->events[i]) != 0;
	return instant;
}

typedef struct Chain
{
	int      steps; /* taken */
	int      event[8];
	int      step[8];
	unsigned used;
} Chain;

/* May the events that the chain does not have lie where they do? */
static bool
others_allow(const Case *c, const Chain *chain)
{
	const CxmFunnelEvent *first = &c->events[chain->event[0]];
	const CxmFunnelEvent *last = first;

	for (int k = 0; k < chain->steps; k++)
	{
		const CxmFunnelEvent *event = &c->events[chain->event[k]];

		first = instant_compare(event, first) < 0 ? event : first;
		last = instant_compare(event, last) > 0 ? event : last;
	}
	for (int i = 0; i < c->n; i++)
	{
		const CxmFunnelEvent *event = &c->events[i];
		uint64_t              taken = 0;

		if ((chain->used >> i & 1) || instant_compare(event, first) <= 0 ||
		    instant_compare(event, last) >= 0)
			continue;
		if (event->excluded || c->terms.mode == CXM_FUNNEL_CONSECUTIVE)
			return false;
		for (int k = 0; k < chain->steps; k++)
			if (instant_compare(&c->events[chain->event[k]], event) <= 0)
				taken |= UINT64_C(1) << chain->step[k];
		if (c->terms.mode == CXM_FUNNEL_STRICT_ORDER && (event->set & taken) == 0)
			return false;
	}
	return true;
}

static int
level_of(const Case *c, const Chain *chain)
{
	if (chain->steps == 0 || c->terms.mode == CXM_FUNNEL_UNORDERED)
		return chain->steps;
	return chain->step[chain->steps - 1] + 1;
}

static int
compare_times(const void *a, const void *b)
{
	int64_t x = *(const int64_t *) a;
	int64_t y = *(const int64_t *) b;

	return x < y ? -1 : x > y;
}

static void
keep_best(const Case *c, const Chain *chain, CxmFunnelAnswer *best)
{
	CxmFunnelAnswer answer = {.level = level_of(c, chain)};
	int             best_steps = __builtin_popcountll(best->taken);
	int64_t         end;
	int64_t         best_end;

	for (int k = 0; k < c->terms.steps; k++)
		answer.times[k] = CXM_FUNNEL_NEVER;
	for (int k = 0; k < chain->steps; k++)
	{
		int at = c->terms.mode == CXM_FUNNEL_UNORDERED ? k : chain->step[k];

		answer.times[at] = instant_of(c, chain->event[k]);
		answer.taken |= UINT64_C(1) << at;
	}
	if (c->terms.mode == CXM_FUNNEL_UNORDERED)
		qsort(answer.times, (size_t) chain->steps, sizeof(int64_t), compare_times);
	if (answer.level != best->level || chain->steps != best_steps)
	{
		if (answer.level > best->level ||
		    (answer.level == best->level && chain->steps > best_steps))
			*best = answer;
		return;
	}
	if (chain->steps == 0)
		return;
	end = answer.times[answer.level - 1];
	best_end = best->times[best->level - 1];
	if (end != best_end)
	{
		if (end < best_end)
			*best = answer;
		return;
	}
	if (answer.times[0] != best->times[0])
	{
		if (answer.times[0] > best->times[0])
			*best = answer;
		return;
	}
	for (int k = 0; k < answer.level; k++)
		if (answer.times[k] != best->times[k])
		{
			/* what is left out is the latest */
			if ((uint64_t) answer.times[k] + (UINT64_C(1) << 62) <
			    (uint64_t) best->times[k] + (UINT64_C(1) << 62))
				*best = answer;
			return;
		}
}

/* What is made of each chain: the best, or the greatest number of complete ones in a row. */
typedef struct Search
{
	const Case      *c;
	CxmFunnelAnswer *best;
	int              most;
	unsigned         gone;  /* events of chains before */
	int              after; /* the last event of the chain before, or -1 */
} Search;

static int most_in_a_row(const Case *c, unsigned gone, int after);

static void
found(Search *search, const Chain *chain)
{
	if (chain->steps > 0 && !others_allow(search->c, chain))
		return;
	if (search->best != NULL)
		keep_best(search->c, chain, search->best);
	else if (chain->steps == search->c->terms.steps)
	{
		int last = chain->event[0];
		int most;

		for (int k = 0; k < chain->steps; k++)
			if (instant_compare(&search->c->events[chain->event[k]], &search->c->events[last]) > 0)
				last = chain->event[k];
		most = 1 + most_in_a_row(search->c, search->gone | chain->used, last);
		search->most = most > search->most ? most : search->most;
	}
}

static bool
in_window(const Case *c, const Chain *chain, int event)
{
	for (int k = 0; k < chain->steps; k++)
	{
		int64_t other = c->events[chain->event[k]].time;
		int64_t time = c->events[event].time;

		if ((uint64_t) (time < other ? other - time : time - other) > c->terms.within)
			return false;
	}
	return true;
}

static void
try_chains(Search *search, Chain *chain)
{
	const Case           *c = search->c;
	const CxmFunnelTerms *terms = &c->terms;
	const CxmFunnelEvent *last =
	    chain->steps > 0 ? &c->events[chain->event[chain->steps - 1]] : NULL;
	int next = chain->steps > 0 ? chain->step[chain->steps - 1] + 1 : 0;

	/* without order a chain may also do without a step */
	bool skips = terms->mode == CXM_FUNNEL_UNORDERED;

	found(search, chain);
	for (int step = next; step < terms->steps; step++)
	{
		for (int i = 0; i < c->n; i++)
		{
			const CxmFunnelEvent *event = &c->events[i];
			int                   order = last == NULL ? 1 : instant_compare(event, last);

			if ((event->set >> step & 1) == 0 || (search->gone >> i & 1) ||
			    (terms->mode != CXM_FUNNEL_ANY && (chain->used >> i & 1)) ||
			    !in_window(c, chain, i) ||
			    (search->after >= 0 && instant_compare(event, &c->events[search->after]) < 0))
				continue;
			if (last != NULL && !skips &&
			    (order < 0 || (order == 0 && terms->mode == CXM_FUNNEL_INCREASING) ||
			     (terms->has_limits &&
			      (uint64_t) (event->time - last->time) > terms->limits[step])))
				continue;
			chain->event[chain->steps] = i;
			chain->step[chain->steps++] = step;
			{
				unsigned used = chain->used;

				chain->used |= 1U << i;
				try_chains(search, chain);
				chain->used = used;
			}
			chain->steps--;
		}
		if (!skips && (terms->optional >> step & 1) == 0)
			break;
	}
}

static CxmFunnelAnswer
reference(const Case *c)
{
	CxmFunnelAnswer best = {0};
	Search          search = {.c = c, .best = &best, .after = -1};
	Chain           chain = {0};

	try_chains(&search, &chain);
	for (int k = 0; k < best.level; k++)
		for (int i = 0; i < c->n && best.times[k] != CXM_FUNNEL_NEVER; i++)
			if (instant_of(c, i) == best.times[k])
			{
				best.times[k] = c->events[i].time;
				break;
			}
	return best;
}

static int
most_in_a_row(const Case *c, unsigned gone, int after)
{
	Search search = {.c = c, .gone = gone, .after = after};
	Chain  chain = {0};

	try_chains(&search, &chain);
	return search.most;
}

static uint64_t seed = 1;

static int
random_below(int n)
{
	seed = seed * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
	return (int) ((seed >> 33) % (uint64_t) n);
}

/* Which options a random case may have. */
#define LIMITS 1
#define OPTIONAL 2
#define EXCLUDED 4
#define CONDITIONS 8 /* events that are several steps in any way, as labels are not */

static Case
random_case(CxmFunnelMode mode, int options)
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
	bool     in_sequence = random_below(4) == 0;
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
		if ((options & EXCLUDED) && random_below(6) == 0)
			events[i] = '!';
		times[i] = time += least + random_below(gap + 1 - least);
	}
	steps[n_steps] = events[n] = '\0';
	c = letters(mode, steps, within, events, times);
	for (int i = 1; in_sequence && i < n; i++)
		if (c.events[i].time == c.events[i - 1].time)
			c.events[i].sequence = c.events[i - 1].sequence + random_below(2);
	if (options & LIMITS)
	{
		c.terms.has_limits = true;
		for (int k = 1; k < n_steps; k++)
			c.terms.limits[k] = random_below(2) ? (uint64_t) random_below(4) : CXM_FUNNEL_UNLIMITED;
	}
	if (options & OPTIONAL)
		for (int k = 1; k < n_steps; k++)
			c.terms.optional |= (uint64_t) (random_below(3) == 0) << k;
	if (options & CONDITIONS)
		for (int i = 0; i < n; i++)
			c.events[i].set = c.events[i].excluded ? 0 : (uint64_t) random_below(1 << n_steps);
	return c;
}

static void
describe(const Case *c)
{
	for (int k = 0; k < c->n; k++)
		print_message("event at %d.%d: %x%s\n", (int) c->events[k].time,
		              (int) c->events[k].sequence, (unsigned) c->events[k].set,
		              c->events[k].excluded ? " excluded" : "");
	for (int k = 1; k < c->terms.steps; k++)
		print_message("step %d: %s limit %d\n", k + 1, c->terms.optional >> k & 1 ? "optional" : "",
		              c->terms.has_limits ? (int) c->terms.limits[k] : -1);
}

static void
check_case(int i, const Case *c, const CxmFunnelAnswer *actual, const CxmFunnelAnswer *expected)
{
	bool same = actual->level == expected->level;

	for (int k = 0; k < expected->level; k++)
		same &= actual->times[k] == expected->times[k];
	if (same)
		return;
	describe(c);
	for (int k = 0; k < expected->level; k++)
		print_message("step %d: %ld, not %ld\n", k + 1, (long) expected->times[k],
		              (long) actual->times[k]);
	fail_msg("case %d, mode %d, within %d: level %d, not %d of %d", i, c->terms.mode,
	         (int) c->terms.within, actual->level, expected->level, c->terms.steps);
}

/* 60,000 cases, of every combination of options that the mode has. */
static void
check_random(CxmFunnelMode mode)
{
	int reached[8] = {0};

	for (int i = 0; i < 60000; i++)
	{
		int  options = i % 16 & (mode == CXM_FUNNEL_UNORDERED ? EXCLUDED | CONDITIONS : 15);
		Case c = random_case(mode, options);
		CxmFunnelAnswer expected = reference(&c);
		CxmFunnelAnswer actual;

		reached[expected.level]++;
		cxm_funnel_solve(&c.terms, c.events, (size_t) c.n, 0, &actual, NULL);
		check_case(i, &c, &actual, &expected);
		if (c.terms.optional != 0)
			continue;
		actual = engine(&c);
		if (c.terms.has_limits)
			assert_int_equal(actual.level, expected.level);
		else
			check_case(i, &c, &actual, &expected);
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

static void
strict_order_is_the_best_chain(void **state)
{
	(void) state;
	check_random(CXM_FUNNEL_STRICT_ORDER);
}

static void
unordered_is_the_best_chain(void **state)
{
	(void) state;
	check_random(CXM_FUNNEL_UNORDERED);
}

/* Of labels: the greatest number of chains of which none begins before the one before has ended. */
static void
completions_are_as_many_as_there_can_be(void **state)
{
	int reached[8] = {0};

	(void) state;
	for (int i = 0; i < 60000; i++)
	{
		CxmFunnelMode mode = (CxmFunnelMode) (i % CXM_FUNNEL_MODES);
		Case          c = random_case(
		    mode, random_below(8) & (EXCLUDED | (mode == CXM_FUNNEL_UNORDERED ? 0 : LIMITS)));
		CxmFunnel funnel;
		int       expected;

		/* a journey has no event twice at one instant */
		for (int k = 1; k < c.n; k++)
			for (int before = 0; before < k; before++)
				if (instant_compare(&c.events[k], &c.events[before]) == 0 &&
				    c.events[k].set == c.events[before].set)
					c.events[k].set = 0;
		if (c.terms.steps > 3)
			continue;
		expected = most_in_a_row(&c, 0, -1);
		reached[expected]++;
		cxm_funnel_start(&funnel, &c.terms);
		funnel.counts = true;
		for (int k = 0; k < c.n; k++)
			if (c.events[k].excluded)
				cxm_funnel_exclude(&funnel, c.events[k].time, c.events[k].sequence);
			else
				cxm_funnel_event(&funnel, c.events[k].time, c.events[k].sequence, c.events[k].set);
		cxm_funnel_finish(&funnel);
		if ((int) funnel.completions != expected)
		{
			describe(&c);
			fail_msg("case %d, mode %d, within %d, %d steps: %d completions, not %d", i, mode,
			         (int) c.terms.within, c.terms.steps, (int) funnel.completions, expected);
		}
	}
	for (int k = 0; k <= 4; k++)
		assert_true(reached[k] > 100);
}

/* Open: a later event of the next step, at that very time, would have been taken. */
static void
open_means_that_it_can_go_on(void **state)
{
	(void) state;
	for (int i = 0; i < 60000; i++)
	{
		CxmFunnelMode   mode = (CxmFunnelMode) random_below(CXM_FUNNEL_UNORDERED);
		Case            c = random_case(mode, random_below(16) & ~OPTIONAL);
		int64_t         last = c.n ? c.events[c.n - 1].time : 0;
		int64_t         now = last + 1 + random_below(8);
		CxmFunnelAnswer answer;
		bool            can = false;

		if (c.n == 7)
			continue;
		cxm_funnel_solve(&c.terms, c.events, (size_t) c.n, now, &answer, NULL);

		/* chains of each length, and whether one more event makes any of them longer */
		for (int k = 1; k < c.terms.steps && answer.level < c.terms.steps; k++)
		{
			Case longer = c;

			longer.terms.steps = k + 1;
			for (int e = 0; e < longer.n; e++)
				longer.events[e].set &= (UINT64_C(1) << k) - 1;
			longer.events[longer.n++] = (CxmFunnelEvent){now, 0, UINT64_C(1) << k, false, 0};
			can |= reference(&longer).level == k + 1;
		}
		assert_int_equal(answer.is_open, can);
	}
}

/* Without order: an event of some step can be the first of two, unless an excluded one follows. */
static void
open_without_order(void **state)
{
	(void) state;
	for (int i = 0; i < 20000; i++)
	{
		Case            c = random_case(CXM_FUNNEL_UNORDERED, random_below(16) & EXCLUDED);
		int64_t         now = (c.n ? c.events[c.n - 1].time : 0) + 1 + random_below(8);
		CxmFunnelAnswer answer;
		bool            can = false;

		cxm_funnel_solve(&c.terms, c.events, (size_t) c.n, now, &answer, NULL);
		for (int e = 0; e < c.n; e++)
		{
			bool begins =
			    c.events[e].set != 0 && (uint64_t) (now - c.events[e].time) <= c.terms.within;

			for (int later = e + 1; later < c.n; later++)
				begins &= !c.events[later].excluded ||
				          instant_compare(&c.events[e], &c.events[later]) == 0;
			can |= begins;
		}
		assert_int_equal(answer.is_open, can && answer.level < c.terms.steps);
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
	    cmocka_unit_test(strict_order_tolerates_what_was_taken),
	    cmocka_unit_test(each_option_by_hand),
	    cmocka_unit_test(one_event_counts_once_unless_any),
	    cmocka_unit_test(distances_do_not_overflow),
	    cmocka_unit_test(sixty_four_steps),
	    cmocka_unit_test(many_kinds_at_once),
	    cmocka_unit_test(any_is_the_best_chain),
	    cmocka_unit_test(ordered_is_the_best_chain),
	    cmocka_unit_test(increasing_is_the_best_chain),
	    cmocka_unit_test(consecutive_is_the_best_chain),
	    cmocka_unit_test(strict_order_is_the_best_chain),
	    cmocka_unit_test(unordered_is_the_best_chain),
	    cmocka_unit_test(completions_are_as_many_as_there_can_be),
	    cmocka_unit_test(open_means_that_it_can_go_on),
	    cmocka_unit_test(open_without_order),
	    cmocka_unit_test(varints_come_back),
	    cmocka_unit_test(varints_have_one_spelling),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
