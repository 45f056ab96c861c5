/*
 * test_counters.c
 *		Arrays of counters of every width, against plain arrays of 64-bit integers.
 */
#include "counters.h"
#include "near.h"
#include "random.h"

#define LENGTH(array) (sizeof(array) / sizeof((array)[0]))

#define WIDTHS (CXM_WIDEST + 1)
#define MOST 40

/* One byte off any alignment, and guarded at both ends. */
#define GUARD 0xa5
typedef struct Array
{
	unsigned char before[8 + 1];
	unsigned char counters[MOST * 8 + 1];
} Array;

static const uint64_t limits[WIDTHS] = {UINT8_MAX, UINT16_MAX, UINT32_MAX, INT64_MAX};

/* Of any magnitude, and often next to where a width ends. */
static uint64_t
random_count(uint64_t limit)
{
	uint64_t count;

	switch (random_bits() % 4)
	{
		case 0:
			count = limits[random_bits() % WIDTHS] - random_bits() % 3;
			break;
		case 1:
			count = random_bits() % 3;
			break;
		default:
			count = random_bits() >> (1 + random_bits() % 63);
	}
	return count <= limit ? count : limit - random_bits() % 2;
}

static void
fill(Array *array, int width, const uint64_t *counts, size_t n)
{
	memset(array, GUARD, sizeof(*array));
	for (size_t i = 0; i < n; i++)
		cxm_counter_set(array->counters, width, i, counts[i]);
}

static void
assert_holds(const Array *array, int width, const uint64_t *counts, size_t n)
{
	const unsigned char *bytes = (const unsigned char *) array;

	for (size_t i = 0; i < n; i++)
		assert_true(cxm_counter_get(array->counters, width, i) == counts[i]);
	for (const unsigned char *at = bytes; at < array->counters; at++)
		assert_int_equal(*at, GUARD);
	for (const unsigned char *at = array->counters + (n << width); at < bytes + sizeof(*array);
	     at++)
		assert_int_equal(*at, GUARD);
}

static void
limits_of_widths(void **state)
{
	(void) state;
	for (int width = 0; width < WIDTHS; width++)
		assert_true(cxm_counter_limit(width) == limits[width]);
	assert_true(CXM_COUNTER_CEILING == limits[CXM_WIDEST]);
}

static void
stored_and_read(void **state)
{
	(void) state;
	random_state = 1;
	for (int round = 0; round < 2000; round++)
	{
		int      width = round % WIDTHS;
		size_t   n = random_bits() % (MOST + 1);
		uint64_t counts[MOST];
		Array    array;

		for (size_t i = 0; i < n; i++)
			counts[i] = random_count(limits[width]);
		fill(&array, width, counts, n);
		assert_holds(&array, width, counts, n);
	}
}

/* In any order of storing, a counter does not touch its neighbours. */
static void
stored_one_by_one(void **state)
{
	(void) state;
	random_state = 2;
	for (int width = 0; width < WIDTHS; width++)
	{
		uint64_t counts[MOST] = {0};
		Array    array;

		fill(&array, width, counts, MOST);
		for (int round = 0; round < 2000; round++)
		{
			size_t i = random_bits() % MOST;

			counts[i] = random_count(limits[width]);
			cxm_counter_set(array.counters, width, i, counts[i]);
			assert_holds(&array, width, counts, MOST);
		}
	}
}

static void
counted_up_and_down(void **state)
{
	(void) state;
	random_state = 3;
	for (int round = 0; round < 20000; round++)
	{
		int      width = round % WIDTHS;
		uint64_t counts[3];
		size_t   i = random_bits() % LENGTH(counts);
		bool     up = random_bits() % 2;
		bool     possible;
		Array    array;

		for (size_t j = 0; j < LENGTH(counts); j++)
			counts[j] = random_count(limits[width]);
		fill(&array, width, counts, LENGTH(counts));
		possible = up ? counts[i] < limits[width] : counts[i] > 0;
		assert_true(cxm_counter_count(array.counters, width, i, up) == possible);
		if (possible)
			counts[i] += up ? 1 : UINT64_MAX;
		assert_holds(&array, width, counts, LENGTH(counts));
	}
}

static void
counted_to_the_end(void **state)
{
	(void) state;
	for (int width = 0; width < 2; width++)
	{
		uint64_t count = 0;
		Array    array;

		fill(&array, width, &count, 1);
		while (cxm_counter_count(array.counters, width, 0, true))
			count++;
		assert_true(count == limits[width]);
		assert_holds(&array, width, &count, 1);
		while (cxm_counter_count(array.counters, width, 0, false))
			count--;
		assert_true(count == 0);
		assert_holds(&array, width, &count, 1);
	}
}

/* Sums and differences of every pair of widths; what does not fit leaves all as it was. */
static void
added_and_taken_out(void **state)
{
	int refused[2] = {0, 0};

	(void) state;
	random_state = 4;
	for (int round = 0; round < 40000; round++)
	{
		int      to_width = round % WIDTHS;
		int      from_width = round / WIDTHS % WIDTHS;
		size_t   n = random_bits() % (MOST + 1);
		bool     add = random_bits() % 2;
		bool     fits = true;
		bool     done;
		uint64_t to[MOST];
		uint64_t from[MOST];
		uint64_t result[MOST];
		Array    to_array;
		Array    from_array;

		for (size_t i = 0; i < n; i++)
		{
			/* mostly such that it fits, or else hardly any array would */
			to[i] = random_count(limits[to_width]);
			from[i] = random_count(limits[from_width]);
			if (random_bits() % MOST != 0)
			{
				uint64_t room = add ? limits[to_width] - to[i] : to[i];

				if (from[i] > room)
					from[i] = room <= limits[from_width] ? room : limits[from_width];
			}
			fits &= from[i] <= (add ? limits[to_width] - to[i] : to[i]);
			result[i] = add ? to[i] + from[i] : to[i] - from[i];
		}
		fill(&to_array, to_width, to, n);
		fill(&from_array, from_width, from, n);
		done = cxm_counters_merge(to_array.counters, to_width, from_array.counters, from_width, n,
		                          add);
		assert_true(done == fits);
		assert_holds(&to_array, to_width, fits ? result : to, n);
		assert_holds(&from_array, from_width, from, n);
		refused[add] += !fits;

		/* (a + b) - b = a, (a - b) + b = a */
		if (fits)
		{
			assert_true(cxm_counters_merge(to_array.counters, to_width, from_array.counters,
			                               from_width, n, !add));
			assert_holds(&to_array, to_width, to, n);
		}
	}
	assert_true(refused[false] > 1000 && refused[true] > 1000);
}

/* An array with itself: twice as many, or none. */
static void
added_to_itself(void **state)
{
	uint64_t counts[] = {0, 1, 127};
	uint64_t twice[] = {0, 2, 254};
	uint64_t none[] = {0, 0, 0};
	Array    array;

	(void) state;
	for (int width = 0; width < WIDTHS; width++)
	{
		fill(&array, width, counts, 3);
		assert_true(cxm_counters_merge(array.counters, width, array.counters, width, 3, true));
		assert_holds(&array, width, twice, 3);
		assert_true(cxm_counters_merge(array.counters, width, array.counters, width, 3, false));
		assert_holds(&array, width, none, 3);
	}
}

static void
overflow_at_the_ceiling(void **state)
{
	uint64_t full[] = {0, INT64_MAX, 7};
	uint64_t one[] = {0, 1, 0};
	uint64_t nothing[] = {0, 0, 0};
	Array    array;
	Array    other;

	(void) state;
	fill(&array, CXM_WIDEST, full, 3);
	for (int width = 0; width < WIDTHS; width++)
	{
		fill(&other, width, one, 3);
		assert_false(
		    cxm_counters_merge(array.counters, CXM_WIDEST, other.counters, width, 3, true));
		assert_holds(&array, CXM_WIDEST, full, 3);
		fill(&other, width, nothing, 3);
		assert_true(cxm_counters_merge(array.counters, CXM_WIDEST, other.counters, width, 3, true));
		assert_true(
		    cxm_counters_merge(array.counters, CXM_WIDEST, other.counters, width, 3, false));
	}
	fill(&other, CXM_WIDEST, full, 3);
	assert_false(
	    cxm_counters_merge(array.counters, CXM_WIDEST, other.counters, CXM_WIDEST, 3, true));
	assert_holds(&array, CXM_WIDEST, full, 3);
}

static void
narrowest_width(void **state)
{
	(void) state;
	random_state = 5;
	for (int round = 0; round < 20000; round++)
	{
		int      width = round % WIDTHS;
		int      expected = 0;
		size_t   n = random_bits() % 6;
		uint64_t counts[6];
		Array    array;
		Array    copy;

		for (size_t i = 0; i < n; i++)
		{
			counts[i] = random_count(limits[width]);
			while (counts[i] > limits[expected])
				expected++;
		}
		fill(&array, width, counts, n);
		assert_int_equal(cxm_counters_width(array.counters, width, n), expected);

		/* into every width that is wide enough, and back */
		for (int other = expected; other < WIDTHS; other++)
		{
			memset(&copy, GUARD, sizeof(copy));
			cxm_counters_copy(copy.counters, other, array.counters, width, n);
			assert_holds(&copy, other, counts, n);
			memset(array.counters, GUARD, sizeof(array.counters));
			cxm_counters_copy(array.counters, width, copy.counters, other, n);
			assert_holds(&array, width, counts, n);
		}
	}
}

/* Only foreign bytes can hold a count above the ceiling. */
static void
above_the_ceiling(void **state)
{
	uint64_t counts[] = {1, (uint64_t) INT64_MAX + 1};
	uint64_t all_ones[] = {UINT64_MAX};
	uint64_t just_below[] = {INT64_MAX, 1};
	Array    array;

	(void) state;
	fill(&array, CXM_WIDEST, counts, 2);
	assert_int_equal(cxm_counters_width(array.counters, CXM_WIDEST, 2), -1);
	fill(&array, CXM_WIDEST, all_ones, 1);
	assert_int_equal(cxm_counters_width(array.counters, CXM_WIDEST, 1), -1);
	fill(&array, CXM_WIDEST, just_below, 2);
	assert_int_equal(cxm_counters_width(array.counters, CXM_WIDEST, 2), CXM_WIDEST);
}

static void
totals_end_at_the_ceiling(void **state)
{
	uint64_t counts[3] = {CXM_COUNTER_CEILING - 5, 2, 3};
	uint64_t total;

	(void) state;
	assert_true(cxm_counts_total(counts, 0, &total));
	assert_true(total == 0);
	assert_true(cxm_counts_total(counts, 3, &total));
	assert_true(total == CXM_COUNTER_CEILING);
	counts[2]++;
	assert_false(cxm_counts_total(counts, 3, &total));
	/* 2^64 - 1 and 2 are not 1 */
	counts[0] = UINT64_MAX;
	assert_false(cxm_counts_total(counts, 2, &total));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(limits_of_widths),   cmocka_unit_test(stored_and_read),
	    cmocka_unit_test(stored_one_by_one),  cmocka_unit_test(counted_up_and_down),
	    cmocka_unit_test(counted_to_the_end), cmocka_unit_test(added_and_taken_out),
	    cmocka_unit_test(added_to_itself),    cmocka_unit_test(overflow_at_the_ceiling),
	    cmocka_unit_test(narrowest_width),    cmocka_unit_test(above_the_ceiling),
	    cmocka_unit_test(totals_end_at_the_ceiling),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
