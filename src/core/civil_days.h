/*
 * civil_days.h
 *		The proleptic Gregorian calendar: days since 2000-01-01, months since January 2000.
 *
 * Years are counted from March, so that a leap day is the last of its year; eras of 400 years
 * repeat, and one of them began on 2000-03-01.
 */
#ifndef CXM_CIVIL_DAYS_H
#define CXM_CIVIL_DAYS_H

#include <stdint.h>

#define CXM_DAYS_PER_WEEK 7
#define CXM_MONTHS_PER_YEAR 12

/* 2000-01-03 was a Monday. */
#define CXM_FIRST_MONDAY 2

#define CXM_DAYS_PER_ERA 146097
#define CXM_YEARS_PER_ERA 400
#define CXM_FIRST_OF_MARCH 60
#define CXM_MARCH 2

/* a / b, rounded down; b is positive. */
static inline int64_t
cxm_floor_divide(int64_t a, int64_t b)
{
	return a / b - (a % b < 0);
}

/* The day of the week, from Monday, which is 0. */
static inline int
cxm_weekday(int64_t day)
{
	int64_t since_monday = day - CXM_FIRST_MONDAY;

	return (int) (since_monday -
	              cxm_floor_divide(since_monday, CXM_DAYS_PER_WEEK) * CXM_DAYS_PER_WEEK);
}

/* The month that a day is in. */
static inline int64_t
cxm_month_of_day(int64_t day)
{
	int64_t since = day - CXM_FIRST_OF_MARCH;
	int64_t era = cxm_floor_divide(since, CXM_DAYS_PER_ERA);
	int64_t of_era = since - era * CXM_DAYS_PER_ERA;
	int64_t year = (of_era - of_era / 1460 + of_era / 36524 - of_era / 146096) / 365;
	int64_t of_year = of_era - (365 * year + year / 4 - year / 100);
	int64_t month = (5 * of_year + 2) / 153;

	return (era * CXM_YEARS_PER_ERA + year) * CXM_MONTHS_PER_YEAR + month + CXM_MARCH;
}

static inline int64_t
cxm_first_day_of_month(int64_t month)
{
	int64_t since = month - CXM_MARCH;
	int64_t years = cxm_floor_divide(since, CXM_MONTHS_PER_YEAR);
	int64_t of_year = since - years * CXM_MONTHS_PER_YEAR;
	int64_t era = cxm_floor_divide(years, CXM_YEARS_PER_ERA);
	int64_t year = years - era * CXM_YEARS_PER_ERA;

	return era * CXM_DAYS_PER_ERA + 365 * year + year / 4 - year / 100 + (153 * of_year + 2) / 5 +
	       CXM_FIRST_OF_MARCH;
}

#endif /* CXM_CIVIL_DAYS_H */
