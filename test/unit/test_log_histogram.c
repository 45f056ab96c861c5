/*
 * test_log_histogram.c
 *		Buckets within 1 %, stored histograms that are canonical and add up exactly, percentiles
 *		beside those of sorted durations.
 */
#include <stdlib.h>
#include <string.h>

#include "near.h"
#include "random.h"
#include "histogram_total.h"

#define YEAR (UINT64_C(31557600) * 1000000)

static double
random_unit(void)
{
	return (double) (random_bits() >> 11) * 0x1p-53;
}

/* Any order of magnitude is as likely as another. */
static uint64_t
random_duration(void)
{
	return random_bits() >> 1 >> random_bits() % 64;
}

typedef struct Histogram
{
	unsigned char bytes[CXM_LOG_BUCKETS * CXM_LOG_ITEM_SIZE];
	size_t        size;
} Histogram;

static uint64_t counters[CXM_LOG_BUCKETS];

static void
count_all(const uint64_t *durations, size_t n)
{
	memset(counters, 0, sizeof(counters));
	for (size_t i = 0; i < n; i++)
		counters[cxm_log_bucket(durations[i])]++;
}

static void
store(Histogram *histogram)
{
	CxmLogWriter writer = cxm_log_writer(histogram->bytes);

	for (int i = 0; i < CXM_LOG_BUCKETS; i++)
		if (counters[i] > 0)
			cxm_log_write(&writer, i, counters[i]);
	histogram->size = (size_t) (writer.at - histogram->bytes);
}

static void
store_all(Histogram *histogram, const uint64_t *durations, size_t n)
{
	count_all(durations, n);
	store(histogram);
}

static uint64_t
percentile_of(const Histogram *histogram, double p)
{
	CxmLogReader     reader = cxm_log_reader(histogram->bytes, histogram->size);
	CxmLogPercentile percentile;
	uint64_t         total;
	int              bucket;
	uint64_t         count;

	assert_true(histogram_total(histogram->bytes, histogram->size, &total));
	percentile = cxm_log_percentile(total, p);
	while (cxm_log_read(&reader, &bucket, &count) == CXM_LOG_ITEM)
		if (cxm_log_percentile_pass(&percentile, bucket, count))
			return cxm_log_percentile_value(&percentile);
	fail_msg("no percentile %g of "
	         "%llu",
	         p, (unsigned long long) total);
	return 0;
}

/* Buckets */

static void
assert_in_bucket(uint64_t duration)
{
	int      bucket = cxm_log_bucket(duration);
	uint64_t value = cxm_log_bucket_value(bucket);
	uint64_t off = value > duration ? value - duration : duration - value;

	assert_true(0 <= bucket && bucket < CXM_LOG_BUCKETS);
	assert_true(cxm_log_bucket_from(bucket) <= duration);
	assert_true(duration < cxm_log_bucket_from(bucket + 1));
	if (off > duration / 100)
		fail_msg("%llu stands for %llu", (unsigned long long) value, (unsigned long long) duration);
}

/* Each duration of the first four octaves with shared buckets, and both ends of every bucket. */
static void
buckets_within_one_percent(void **state)
{
	(void) state;
	for (uint64_t duration = 0; duration < 8192; duration++)
		assert_in_bucket(duration);
	for (int bucket = 0; bucket < CXM_LOG_BUCKETS; bucket++)
	{
		assert_int_equal(cxm_log_bucket(cxm_log_bucket_from(bucket)), bucket);
		assert_in_bucket(cxm_log_bucket_from(bucket));
		assert_in_bucket(cxm_log_bucket_from(bucket + 1) - 1);
		assert_true(cxm_log_bucket_from(bucket) < cxm_log_bucket_from(bucket + 1));
	}
	assert_int_equal(cxm_log_bucket(INT64_MAX), CXM_LOG_BUCKETS - 1);
	assert_true(cxm_log_bucket_from(CXM_LOG_BUCKETS) == UINT64_C(1) << 63);
}

/* The digits that a bucket allows: multiples of a unit of an eighth of its width at the most. */
static void
values_are_round(void **state)
{
	static const struct
	{
		uint64_t seconds;
		uint64_t unit;
	} table[] = {
	    {1, 1000},
	    {60, 100000},
	    {3600, 1000000},
	    {4 * 3600, 10000000},
	    {30 * 3600, 60000000},
	    {30 * 86400, UINT64_C(600000000)},
	    {365 * 86400, UINT64_C(36000000000)},
	};

	(void) state;
	for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++)
	{
		int      bucket = cxm_log_bucket(table[i].seconds * 1000000);
		uint64_t width = cxm_log_bucket_from(bucket + 1) - cxm_log_bucket_from(bucket);

		assert_int_equal(cxm_log_bucket_value(bucket) % table[i].unit, 0);
		assert_true(table[i].unit <= width / 8);
	}
}

static void
law_buckets_ascend(void **state)
{
	(void) state;
	random_state = 1;
	for (int i = 0; i < 200000; i++)
	{
		uint64_t a = random_duration();
		uint64_t b = random_duration();

		assert_true(a > b || cxm_log_bucket(a) <= cxm_log_bucket(b));
		assert_in_bucket(a);
	}
}

/* No duration of a target's bucket is more than 1.8 % longer than the target. */
static void
law_targets_within_their_bucket(void **state)
{
	(void) state;
	random_state = 7;
	for (int i = 0; i < 200000; i++)
	{
		uint64_t target = i < 8192 ? (uint64_t) i : random_duration();
		uint64_t longest = cxm_log_bucket_from(cxm_log_bucket(target) + 1) - 1;

		if (longest - target > target / 1000 * 18 + 17)
			fail_msg("%llu stands for %llu", (unsigned long long) longest,
			         (unsigned long long) target);
	}
}

/* The targets that people set lie in the upper half of their buckets. */
static void
targets_that_people_set(void **state)
{
	static const struct
	{
		uint64_t seconds;
		uint64_t times[20];
	} targets[] = {
	    {1, {1, 2, 3, 4, 5, 10, 15, 20, 30, 40, 45, 90}},
	    {60, {1, 2, 3, 4, 5, 6, 8, 10, 12, 15, 20, 30, 40, 45, 90}},
	    {3600, {1, 2, 3, 4, 5, 6, 8, 9, 10, 12, 16, 18, 20, 24, 30, 36, 40, 48, 72, 96}},
	    {86400, {1, 2, 3, 4, 5, 6, 7, 8, 10, 12, 14, 15, 20, 21, 28, 30, 60, 120, 365}},
	};

	(void) state;
	for (size_t i = 0; i < sizeof(targets) / sizeof(targets[0]); i++)
		for (size_t j = 0; j < 20 && targets[i].times[j] > 0; j++)
		{
			uint64_t target = targets[i].seconds * targets[i].times[j] * 1000000;

			int bucket = cxm_log_bucket(target);

			if (cxm_log_bucket_from(bucket + 1) - 1 - target >
			    target + 1 - cxm_log_bucket_from(bucket))
				fail_msg("%llu x %llu s", (unsigned long long) targets[i].times[j],
				         (unsigned long long) targets[i].seconds);
		}
}

/* What is stored depends on these: they must never change. */
static void
buckets_stay(void **state)
{
	static const struct
	{
		uint64_t duration;
		int      bucket;
	} table[] = {
	    {0, 0},
	    {1, 1},
	    {511, 511},
	    {512, 512},
	    {518, 512},
	    {519, 513},
	    {1018, 553},
	    {1019, 554},
	    {1036, 554},
	    {1037, 555},
	    {1000000, 971},
	    {UINT64_C(60000000), 1219},
	    {UINT64_C(3600000000), 1467},
	    {UINT64_C(86400000000), 1659},
	    {100 * YEAR, 2296},
	};

	(void) state;
	for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++)
		assert_int_equal(cxm_log_bucket(table[i].duration), table[i].bucket);
}

/* Stored histograms */

static void
stored_bytes(void **state)
{
	static const unsigned char expected[] = {
	    0x00,             /* one of 0, the first bucket */
	    0x04,             /* three of 1, the next one */
	    0x01, 0x05,       /* one of 8: six empty buckets in between */
	    0xff, 0x01, 0xf6, /* 128 of 256: 247 empty */
	    0x01,
	};
	static const uint64_t durations[] = {0, 1, 1, 1, 8};
	Histogram             histogram;

	(void) state;
	count_all(durations, 5);
	counters[256] = 128;
	store(&histogram);
	assert_int_equal(histogram.size, sizeof(expected));
	assert_memory_equal(histogram.bytes, expected, sizeof(expected));
}

static void
stored_counts_come_back(void **state)
{
	Histogram    histogram;
	CxmLogReader reader;
	int          bucket;
	uint64_t     count;
	uint64_t     total;

	(void) state;
	random_state = 2;
	for (int i = 0; i < 300; i++)
	{
		uint64_t sum = 0;
		int      some = 1 + (int) (random_bits() % 20);

		for (bucket = 0; bucket < CXM_LOG_BUCKETS; bucket++)
		{
			counters[bucket] = random_bits() % some != 0 ? 0 : random_duration() >> 12;
			sum += counters[bucket];
		}
		store(&histogram);
		reader = cxm_log_reader(histogram.bytes, histogram.size);
		while (cxm_log_read(&reader, &bucket, &count) == CXM_LOG_ITEM)
		{
			assert_true(count == counters[bucket]);
			counters[bucket] = 0;
		}
		assert_int_equal(cxm_log_read(&reader, &bucket, &count), CXM_LOG_END);
		for (bucket = 0; bucket < CXM_LOG_BUCKETS; bucket++)
			assert_true(counters[bucket] == 0);
		assert_true(histogram_total(histogram.bytes, histogram.size, &total) && total == sum);
	}
}

static void
corrupt(void **state)
{
	static const struct
	{
		size_t        size;
		unsigned char bytes[12];
	} table[] = {
	    {1, {0x80}},                   /* no last byte */
	    {2, {0x80, 0x00}},             /* a superfluous one */
	    {1, {0x01}},                   /* no gap */
	    {3, {0x01, 0x80, 0x00}},       /* a gap with a superfluous byte */
	    {3, {0x01, 0xdc, 0x15}},       /* 2781 empty buckets */
	    {4, {0x01, 0xdb, 0x15, 0x00}}, /* a bucket behind the last */
	    {10, {0xfe, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x01}}, /* 2^63 */
	    {10, {0xfe, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x02}}, /* 65 bits */
	    {11, {0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x00}},
	    {11, {0xfc, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x01, 0x00}}, /* 2^63 in all */
	};
	uint64_t total;

	(void) state;
	for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++)
		assert_false(histogram_total(table[i].bytes, table[i].size, &total));
	assert_true(histogram_total(table[0].bytes, 0, &total) && total == 0);
	assert_true(histogram_total(table[5].bytes, 3, &total) && total == 1);
	assert_true(histogram_total(table[9].bytes, 10, &total) && total == INT64_MAX);
}

/* Bytes that can be read are the bytes that would be written: nothing has two forms. */
static void
law_canonical(void **state)
{
	Histogram again;
	int       readable = 0;

	(void) state;
	random_state = 3;
	for (int i = 0; i < 300000; i++)
	{
		unsigned char bytes[8];
		size_t        size = random_bits() % 8;
		CxmLogReader  reader = cxm_log_reader(bytes, size);
		CxmLogWriter  writer = cxm_log_writer(again.bytes);
		CxmLogStatus  status;
		int           bucket;
		uint64_t      count;

		for (size_t j = 0; j < size; j++)
			bytes[j] = (unsigned char) (random_bits() >> random_bits() % 8 & 0xff);
		while ((status = cxm_log_read(&reader, &bucket, &count)) == CXM_LOG_ITEM)
			cxm_log_write(&writer, bucket, count);
		if (status == CXM_LOG_CORRUPT)
			continue;
		readable++;
		assert_int_equal(writer.at - again.bytes, size);
		assert_memory_equal(again.bytes, bytes, size);
	}
	assert_true(readable > 30000);
}

/* Percentiles */

static int
ascending(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *) a;
	uint64_t y = *(const uint64_t *) b;

	return (x > y) - (x < y);
}

/* percentile_cont, of all durations */
static double
exact_percentile(const uint64_t *sorted, size_t n, double p)
{
	double rank = p * (double) (n - 1);
	size_t i = (size_t) rank;
	double fraction = rank - (double) i;

	if (fraction == 0)
		return (double) sorted[i];
	return (double) sorted[i] + fraction * ((double) sorted[i + 1] - (double) sorted[i]);
}

enum
{
	CONSTANT,
	BIMODAL, /* microseconds and a quarter of an hour: nine orders of magnitude */
	LOG_UNIFORM,
	UNIFORM,
	TINY,
	ANY,
	SHAPES,
};

static uint64_t
random_shaped(int shape, uint64_t constant)
{
	switch (shape)
	{
		case CONSTANT:
			return constant;
		case BIMODAL:
			return random_bits() % 2 ? 1 + random_bits() % 5
			                         : UINT64_C(900000000) + random_bits() % 7;
		case LOG_UNIFORM:
			return (uint64_t) exp(random_unit() * log((double) (100 * YEAR)));
		case UNIFORM:
			return random_bits() % (100 * YEAR);
		case TINY:
			return random_bits() % 4;
		default:
			return random_duration();
	}
}

static void
law_percentiles_within_one_percent(void **state)
{
	static uint64_t     durations[2000];
	static const double ps[] = {0, 0.001, 0.01, 0.1, 0.25, 0.5, 0.75, 0.9, 0.95, 0.99, 0.999, 1};
	Histogram           histogram;

	(void) state;
	random_state = 5;
	for (int i = 0; i < 600; i++)
	{
		size_t   n = 1 + random_bits() % (i % 2 ? 2000 : 12);
		uint64_t constant = random_duration();

		for (size_t j = 0; j < n; j++)
			durations[j] = random_shaped(i % SHAPES, constant);
		qsort(durations, n, sizeof(durations[0]), ascending);
		store_all(&histogram, durations, n);
		for (size_t j = 0; j <= sizeof(ps) / sizeof(ps[0]); j++)
		{
			double p = j < sizeof(ps) / sizeof(ps[0]) ? ps[j] : random_unit();

			/* half a microsecond, for the answer is a whole number */
			assert_near((double) percentile_of(&histogram, p), exact_percentile(durations, n, p),
			            0.5, 0.01);
		}
	}
}

/* Up to 511 microseconds nothing is lost, interpolation included: 1, 2 and 4. */
static void
percentiles_of_few(void **state)
{
	static const uint64_t durations[] = {1, 2, 4};
	Histogram             histogram;

	(void) state;
	store_all(&histogram, durations, 3);
	assert_int_equal(percentile_of(&histogram, 0), 1);
	assert_int_equal(percentile_of(&histogram, 0.5), 2);
	assert_int_equal(percentile_of(&histogram, 0.75), 3);
	assert_int_equal(percentile_of(&histogram, 1), 4);
	store_all(&histogram, durations, 1);
	assert_int_equal(percentile_of(&histogram, 0.3), 1);
}

/* As many as a counter can hold: ranks beyond the digits of a double stay within the counts. */
static void
percentiles_of_very_many(void **state)
{
	Histogram histogram;

	(void) state;
	memset(counters, 0, sizeof(counters));
	counters[3] = CXM_COUNTER_CEILING - 1;
	counters[9] = 1;
	store(&histogram);
	assert_int_equal(percentile_of(&histogram, 1), 9);
	assert_int_equal(percentile_of(&histogram, 0.5), 3);
	assert_int_equal(percentile_of(&histogram, 0), 3);
}

/* A million durations over four orders of magnitude, and ten durations. */
static void
sizes(void **state)
{
	Histogram histogram;
	uint64_t  ten[10];

	(void) state;
	random_state = 6;
	memset(counters, 0, sizeof(counters));
	for (int i = 0; i < 1000000; i++)
		counters[cxm_log_bucket((uint64_t) (60e6 * exp(random_unit() * log(1e4))))]++;
	store(&histogram);
	assert_true(histogram.size >= 900 && histogram.size <= 1200);

	/* all but 1 in 16,000 of a log-normal distribution lie within four standard deviations */
	memset(counters, 0, sizeof(counters));
	for (int i = 0; i < 1000000; i++)
	{
		double normal = sqrt(-2 * log(1 - random_unit())) * cos(6.283185307179586 * random_unit());

		counters[cxm_log_bucket((uint64_t) (3600e6 * exp(normal * log(1e4) / 8)))]++;
	}
	store(&histogram);
	assert_true(histogram.size >= 700 && histogram.size <= 1200);

	for (int i = 0; i < 1000; i++)
	{
		for (int j = 0; j < 10; j++)
			ten[j] = random_duration();
		store_all(&histogram, ten, 10);
		assert_true(histogram.size <= 30);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(buckets_within_one_percent),
	    cmocka_unit_test(values_are_round),
	    cmocka_unit_test(law_buckets_ascend),
	    cmocka_unit_test(law_targets_within_their_bucket),
	    cmocka_unit_test(targets_that_people_set),
	    cmocka_unit_test(buckets_stay),
	    cmocka_unit_test(stored_bytes),
	    cmocka_unit_test(stored_counts_come_back),
	    cmocka_unit_test(corrupt),
	    cmocka_unit_test(law_canonical),
	    cmocka_unit_test(law_percentiles_within_one_percent),
	    cmocka_unit_test(percentiles_of_few),
	    cmocka_unit_test(percentiles_of_very_many),
	    cmocka_unit_test(sizes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
