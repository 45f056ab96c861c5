/*
 * test_retention_period.c
 *		Periods since a first day, against a calendar that is walked day by day.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "retention_period.h"

static CxmBucket
bucket(const char *text)
{
	CxmBucket parsed;
	char      again[CXM_BUCKET_TEXT];

	assert_true(cxm_bucket_parse(text, strlen(text), &parsed));
	assert_true(cxm_bucket_is_valid(parsed));
	cxm_bucket_print(parsed, again);
	assert_string_equal(again, strcmp(text, "1") == 0 ? "day" : text);
	return parsed;
}

static void
reads_and_prints_buckets(void **state)
{
	const char *const good[] = {"day", "week", "month", "quarter", "year", "1", "7", "1000000"};
	const char *const bad[] = {"",   "days", "Week", "0",       "07",      "-7",         "+7",
	                           "7 ", "1.5",  "7d",   "1000001", "9999999", "99999999999"};
	CxmBucket         parsed;

	(void) state;
	for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++)
		bucket(good[i]);
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		assert_false(cxm_bucket_parse(bad[i], strlen(bad[i]), &parsed));
	assert_false(cxm_bucket_parse("week\0", 5, &parsed));
	assert_false(cxm_bucket_is_valid((CxmBucket){CXM_BUCKET_WEEK, 2}));
	assert_false(cxm_bucket_is_valid((CxmBucket){CXM_BUCKET_MONTHS, 2}));
	assert_false(cxm_bucket_is_valid((CxmBucket){77, 1}));
}

static int
days_in_month(int64_t year, int month)
{
	static const int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
	int64_t          of_era = ((year % 400) + 400) % 400;
	bool             leap = of_era % 4 == 0 && (of_era % 100 != 0 || of_era == 0);

	return days[month - 1] + (month == 2 && leap);
}

/* Walks some 900 years from 1582-01-01 on; every day begins where the one before has ended. */
static void
follows_the_calendar(void **state)
{
	const int64_t first = -152671; /* 1582-01-01 */
	int64_t       year = 1582;
	int           month = 1;
	int           of_month = 1;
	int64_t       week = 0;

	(void) state;
	for (int64_t day = first; day < first + 330000; day++)
	{
		int64_t months = 12 * (year - 1582) + month - 1;

		assert_int_equal(cxm_period_of(bucket("month"), first, day), months);
		assert_int_equal(cxm_period_of(bucket("quarter"), first, day), months / 3);
		assert_int_equal(cxm_period_of(bucket("year"), first, day), year - 1582);
		/* 2000-01-03 was a Monday */
		if (day > first && (day - 2) % 7 == 0)
			week++;
		assert_int_equal(cxm_period_of(bucket("week"), first, day), week);
		assert_int_equal(cxm_period_of(bucket("10"), first, day), (day - first) / 10);
		if (of_month++ == days_in_month(year, month))
		{
			assert_int_equal(cxm_period_last_day(bucket("month"), first, months), day);
			of_month = 1;
			if (month++ == 12)
			{
				assert_int_equal(cxm_period_last_day(bucket("year"), first, year - 1582), day);
				month = 1;
				year++;
			}
		}
	}
}

static void
ends_where_the_next_begins(void **state)
{
	const char *const buckets[] = {"day",  "week", "month", "quarter",
	                               "year", "7",    "365",   "1000000"};
	const int64_t firsts[] = {-2451507, -730000, -1, 0, 1, 59, 60, 61, 9131, 146097, 2145031948};

	(void) state;
	for (size_t i = 0; i < sizeof(buckets) / sizeof(buckets[0]); i++)
		for (size_t j = 0; j < sizeof(firsts) / sizeof(firsts[0]); j++)
			for (int64_t period = 0; period < 500; period++)
			{
				CxmBucket b = bucket(buckets[i]);
				int64_t   last = cxm_period_last_day(b, firsts[j], period);

				assert_true(last >= firsts[j]);
				assert_int_equal(cxm_period_of(b, firsts[j], last), period);
				assert_int_equal(cxm_period_of(b, firsts[j], last + 1), period + 1);
			}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(reads_and_prints_buckets),
	    cmocka_unit_test(follows_the_calendar),
	    cmocka_unit_test(ends_where_the_next_begins),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
