/*
 * test_retention_period.c
 *		Periods since a first day, against a calendar that is walked day by day.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "retention_period.h"

static CxmSpan spans[CXM_BUCKET_MOST_SPANS];

/* Reads a bucket, which is valid and prints as said. */
static CxmBucket
printed_bucket(const char *text, const char *print)
{
	CxmBucket parsed;
	char      again[100];

	assert_int_equal(cxm_bucket_parse(text, strlen(text), &parsed, spans), CXM_BUCKET_FINE);
	assert_true(cxm_bucket_is_valid(&parsed));
	assert_true(cxm_bucket_text_size(&parsed) <= sizeof(again));
	cxm_bucket_print(&parsed, again);
	assert_string_equal(again, print);
	assert_true(strlen(again) < cxm_bucket_text_size(&parsed));
	return parsed;
}

static CxmBucket
bucket(const char *text)
{
	return printed_bucket(text, text);
}

static void
refuses(const char *text, CxmBucketFault fault)
{
	CxmBucket parsed;

	assert_int_equal(cxm_bucket_parse(text, strlen(text), &parsed, spans), fault);
}

static void
reads_and_prints_buckets(void **state)
{
	const char *const good[] = {"day",
	                            "week",
	                            "month",
	                            "quarter",
	                            "year",
	                            "7",
	                            "1000000",
	                            "week sunday",
	                            "quarter february",
	                            "year december",
	                            "1 hour",
	                            "24 hours",
	                            "100000 hours",
	                            "0, 1-7, 8-30",
	                            "1-7",
	                            "3, 1000000",
	                            "0001-01-01/9999-12-31",
	                            "2024-02-29/2024-02-29, 2024-03-02/2025-01-31"};
	const char *const bad[] = {"",
	                           "days",
	                           "Week",
	                           "0",
	                           "07",
	                           "-7",
	                           "+7",
	                           "7 ",
	                           "1.5",
	                           "7d",
	                           "1000001",
	                           "9999999",
	                           "99999999999",
	                           "week ",
	                           "week from",
	                           "week april",
	                           "week sundays",
	                           "month april",
	                           "day sunday",
	                           "year sunday",
	                           "quarter  april",
	                           "0 hours",
	                           "100001 hours",
	                           "24 hour s",
	                           "5-5",
	                           "0,",
	                           ", 1",
	                           "0, 01-07",
	                           "1-1000001",
	                           "0 , 1",
	                           "2025-01-01",
	                           "2025-02-29/2025-03-01",
	                           "2025-13-01/2026-01-01",
	                           "0000-01-01/0001-01-01",
	                           "2025-1-1/2025-01-31",
	                           "2025-01-01/2025-01-31, 3-4"};
	CxmBucket         parsed;

	(void) state;
	for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++)
		bucket(good[i]);
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		refuses(bad[i], CXM_BUCKET_UNKNOWN);
	assert_int_equal(cxm_bucket_parse("week\0", 5, &parsed, spans), CXM_BUCKET_UNKNOWN);
	refuses("7-1", CXM_BUCKET_BACKWARDS);
	refuses("2025-01-02/2025-01-01", CXM_BUCKET_BACKWARDS);
	refuses("0, 1-7, 7-30", CXM_BUCKET_OVERLAP);
	refuses("8-30, 1-7", CXM_BUCKET_OVERLAP);
	refuses("2025-01-01/2025-01-31, 2025-01-31/2025-02-01", CXM_BUCKET_OVERLAP);

	printed_bucket("1", "day");
	printed_bucket("1 hours", "1 hour");
	printed_bucket("0,1-7,   8-8", "0, 1-7, 8");
	printed_bucket("week Sunday", "week sunday");
	printed_bucket("week from SUNDAY", "week sunday");
	printed_bucket("week monday", "week");
	printed_bucket("year from January", "year");
	/* quarters that begin in the same months are the same */
	printed_bucket("quarter from april", "quarter");
	printed_bucket("quarter november", "quarter february");
}

static void
tells_valid_buckets(void **state)
{
	const CxmSpan   apart[] = {{0, 0}, {2, 3}};
	const CxmSpan   together[] = {{0, 2}, {2, 3}};
	const CxmBucket bad[] = {{CXM_BUCKET_WEEK, 0, 2, NULL},
	                         {CXM_BUCKET_WEEK, 7, 1, NULL},
	                         {CXM_BUCKET_MONTHS, 0, 2, NULL},
	                         {CXM_BUCKET_MONTHS, 3, 3, NULL},
	                         {CXM_BUCKET_DAYS, 1, 1, NULL},
	                         {CXM_BUCKET_HOURS, 0, 0, NULL},
	                         {CXM_BUCKET_BRACKETS, 0, 2, together},
	                         {CXM_BUCKET_BRACKETS, 0, 1, apart},
	                         {77, 0, 1, NULL}};
	const CxmBucket good = {CXM_BUCKET_BRACKETS, 0, 2, apart};

	(void) state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		assert_false(cxm_bucket_is_valid(&bad[i]));
	assert_true(cxm_bucket_is_valid(&good));
	assert_false(cxm_bucket_is_calendar(&good));
	assert_true(cxm_buckets_equal(&good, &good));
	assert_false(cxm_buckets_equal(&good, &bad[6]));
}

static void
refuses_too_many_spans(void **state)
{
	char   text[CXM_BUCKET_MOST_SPANS * 8];
	size_t length = 0;

	(void) state;
	for (int i = 0; i <= CXM_BUCKET_MOST_SPANS; i++)
		length +=
		    (size_t) snprintf(text + length, sizeof(text) - length, "%s%d", i > 0 ? ", " : "", i);
	refuses(text, CXM_BUCKET_TOO_MANY);
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
	CxmBucket     by_month = bucket("month");
	CxmBucket     by_quarter = bucket("quarter");
	CxmBucket     by_year = bucket("year");
	CxmBucket     by_fiscal_year = bucket("year april");
	CxmBucket     by_week = bucket("week");
	CxmBucket     by_tens = bucket("10");
	int64_t       year = 1582;
	int           month = 1;
	int           of_month = 1;
	int64_t       week = 0;

	(void) state;
	for (int64_t day = first; day < first + 330000; day++)
	{
		int64_t months = 12 * (year - 1582) + month - 1;

		assert_int_equal(cxm_period_of(&by_month, first, day), months);
		assert_int_equal(cxm_period_of(&by_quarter, first, day), months / 3);
		assert_int_equal(cxm_period_of(&by_year, first, day), year - 1582);
		/* the first day is in the fiscal year that began in April 1581 */
		assert_int_equal(cxm_period_of(&by_fiscal_year, first, day), (months + 9) / 12);
		/* 2000-01-03 was a Monday */
		if (day > first && (day - 2) % 7 == 0)
			week++;
		assert_int_equal(cxm_period_of(&by_week, first, day), week);
		assert_int_equal(cxm_period_of(&by_tens, first, day), (day - first) / 10);
		if (of_month++ == days_in_month(year, month))
		{
			assert_int_equal(cxm_period_last_day(&by_month, first, months), day);
			of_month = 1;
			if (month++ == 12)
			{
				assert_int_equal(cxm_period_last_day(&by_year, first, year - 1582), day);
				month = 1;
				year++;
			}
		}
	}
}

static void
ends_where_the_next_begins(void **state)
{
	const char *const buckets[] = {"day",      "week",        "month",      "quarter",
	                               "year",     "7",           "365",        "1000000",
	                               "24 hours", "week sunday", "year april", "quarter march"};
	const int64_t firsts[] = {-2451507, -730000, -1, 0, 1, 59, 60, 61, 9131, 146097, 2145031948};

	(void) state;
	for (size_t i = 0; i < sizeof(buckets) / sizeof(buckets[0]); i++)
		for (size_t j = 0; j < sizeof(firsts) / sizeof(firsts[0]); j++)
			for (int64_t period = 0; period < 500; period++)
			{
				CxmBucket b = bucket(buckets[i]);
				int64_t   last = cxm_period_last_day(&b, firsts[j], period);

				assert_true(last >= firsts[j]);
				assert_int_equal(cxm_period_of(&b, firsts[j], last), period);
				assert_int_equal(cxm_period_of(&b, firsts[j], last + 1), period + 1);
			}
}

/* Brackets count from the first day, with gaps, and so do periods from that of the first day. */
static void
knows_gaps(void **state)
{
	CxmBucket     brackets = bucket("1-3, 7, 10-12");
	CxmBucket     periods;
	const int64_t of[] = {-1, 0, 0, 0, -1, -1, -1, 1, -1, -1, 2, 2, 2, -1};
	const int64_t begun[] = {-1, 0, 0, 0, 0, 0, 0, 1, 1, 1, 2, 2, 2, 2};

	(void) state;
	for (int64_t day = 0; day < 14; day++)
	{
		assert_int_equal(cxm_period_of(&brackets, 500, 500 + day), of[day]);
		assert_int_equal(cxm_period_begun(&brackets, 500, 500 + day), begun[day]);
	}
	assert_int_equal(cxm_period_last_day(&brackets, 500, 0), 503);
	assert_int_equal(cxm_period_last_day(&brackets, 500, 2), 512);

	/* days 1-31, 32-59 and 61-90 of 2000, from 0 */
	periods = bucket("2000-01-01/2000-01-31, 2000-02-01/2000-02-29, 2000-03-02/2000-03-31");
	assert_int_equal(cxm_period_of(&periods, 0, 30), 0);
	assert_int_equal(cxm_period_of(&periods, 0, 31), 1);
	assert_int_equal(cxm_period_of(&periods, 0, 60), -1);
	assert_int_equal(cxm_period_begun(&periods, 0, 60), 1);
	assert_int_equal(cxm_period_of(&periods, 40, 61), 1);
	assert_int_equal(cxm_period_last_day(&periods, 40, 1), 90);
	assert_int_equal(cxm_period_of(&periods, -1, -1), -1);
	assert_true(cxm_bucket_knows_day(0));
	assert_false(cxm_bucket_knows_day(-730120));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(reads_and_prints_buckets),   cmocka_unit_test(tells_valid_buckets),
	    cmocka_unit_test(refuses_too_many_spans),     cmocka_unit_test(follows_the_calendar),
	    cmocka_unit_test(ends_where_the_next_begins), cmocka_unit_test(knows_gaps),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
