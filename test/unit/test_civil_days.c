/*
 * test_civil_days.c
 *		The calendar's days and months, against lengths that everybody knows.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "civil_days.h"

static int
days_in_month(int64_t year, int month)
{
	static const int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
	int64_t          of_era = ((year % 400) + 400) % 400;
	int              leap = of_era % 4 == 0 && (of_era % 100 != 0 || of_era == 0);

	return days[month] + (month == 1 && leap);
}

static void
divides_downwards(void **state)
{
	(void) state;
	for (int64_t a = -30; a <= 30; a++)
		for (int64_t b = 1; b <= 9; b++)
		{
			int64_t quotient = cxm_floor_divide(a, b);

			assert_true(quotient * b <= a && a < (quotient + 1) * b);
		}
}

/* From 5000 BC to the year 300000: each month begins where the last one has ended. */
static void
months_follow_each_other(void **state)
{
	int64_t month = -7000 * 12;
	int64_t day = cxm_first_day_of_month(month);

	(void) state;
	assert_int_equal(cxm_first_day_of_month(0), 0);
	assert_int_equal(cxm_first_day_of_month((1970 - 2000) * 12), -10957);
	for (int64_t year = -5000; year < 300000; year++)
		for (int i = 0; i < 12; i++, month++)
		{
			assert_int_equal(cxm_first_day_of_month(month), day);
			assert_int_equal(cxm_month_of_day(day), month);
			day += days_in_month(year, i);
			assert_int_equal(cxm_month_of_day(day - 1), month);
		}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(divides_downwards),
	    cmocka_unit_test(months_follow_each_other),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
