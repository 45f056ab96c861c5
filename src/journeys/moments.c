/*
 * moments.c
 *		Moments in canonical text, and the moment as_of that summaries of journeys may have.
 */
#include "postgres.h"

#include "utils/datetime.h"

#include "journeys/moments.h"

void
moment_print(TimestampTz time, char *text)
{
	struct pg_tm tm;
	fsec_t       fraction;
	bool         bc;

	if (timestamp2tm(time, NULL, &tm, &fraction, NULL, NULL) != 0)
		ereport(ERROR,
		        (errcode(ERRCODE_DATETIME_VALUE_OUT_OF_RANGE), errmsg("timestamp out of range")));
	bc = tm.tm_year <= 0;
	if (bc)
		tm.tm_year = 1 - tm.tm_year;
	EncodeDateTime(&tm, fraction, false, 0, NULL, USE_XSD_DATES, text);
	strcat(text, bc ? "Z BC" : "Z");
}

/* A number of so many digits at *at, which moves behind it; -1 when there is none. */
static int
read_digits(const char **at, int least, int most)
{
	int value = 0;
	int digits = 0;

	for (; digits < most && **at >= '0' && **at <= '9'; digits++)
		value = value * 10 + (*(*at)++ - '0');
	return digits < least ? -1 : value;
}

static bool
skip(const char **at, char c)
{
	if (**at != c)
		return false;
	(*at)++;
	return true;
}

/* Reads that text, also with a blank for the T and +hh:mm for the Z; false when it is none. */
static bool
parse_moment(const char *text, TimestampTz *time)
{
	const char  *at = text;
	struct pg_tm tm = {0};
	int          fraction = 0;
	int          zone = 0;

	if ((tm.tm_year = read_digits(&at, 4, 6)) < 0 || !skip(&at, '-') ||
	    (tm.tm_mon = read_digits(&at, 2, 2)) < 0 || !skip(&at, '-') ||
	    (tm.tm_mday = read_digits(&at, 2, 2)) < 0 || !(skip(&at, 'T') || skip(&at, ' ')) ||
	    (tm.tm_hour = read_digits(&at, 2, 2)) < 0 || !skip(&at, ':') ||
	    (tm.tm_min = read_digits(&at, 2, 2)) < 0 || !skip(&at, ':') ||
	    (tm.tm_sec = read_digits(&at, 2, 2)) < 0)
		return false;
	if (skip(&at, '.'))
	{
		const char *digits = at;

		if ((fraction = read_digits(&at, 1, 6)) < 0)
			return false;
		for (ptrdiff_t i = at - digits; i < 6; i++)
			fraction *= 10;
	}
	if (!skip(&at, 'Z'))
	{
		int sign = skip(&at, '-') ? 1 : skip(&at, '+') ? -1 : 0;
		int hours = read_digits(&at, 2, 2);
		int minutes = skip(&at, ':') ? read_digits(&at, 2, 2) : 0;

		if (sign == 0 || hours < 0 || hours > 15 || minutes < 0 || minutes > 59)
			return false;
		zone = sign * (hours * 60 + minutes) * 60;
	}
	if (strcmp(at, " BC") == 0)
	{
		if (tm.tm_year == 0)
			return false;
		tm.tm_year = 1 - tm.tm_year;
	}
	else if (*at != '\0' || tm.tm_year == 0)
		return false;

	if (tm.tm_mon < 1 || tm.tm_mon > 12 || tm.tm_mday < 1 ||
	    tm.tm_mday > day_tab[isleap(tm.tm_year)][tm.tm_mon - 1] || tm.tm_hour > 23 ||
	    tm.tm_min > 59 || tm.tm_sec > 59 || !IS_VALID_JULIAN(tm.tm_year, tm.tm_mon, tm.tm_mday))
		return false;
	return tm2timestamp(&tm, fraction, &zone, time) == 0;
}

TimestampTz
as_of_arg(FunctionCallInfo fcinfo, int argno)
{
	cxm_check_zones(fcinfo, CXM_ZONE_HINT("as_of"));
	return cxm_finite_time_arg(fcinfo, argno, "as_of");
}

char *
as_of_text(TimestampTz as_of)
{
	char *text = palloc(MOMENT_TEXT);

	moment_print(as_of, text);
	return text;
}

bool
moment_read(const SummaryType *type, const JsonbValue *value, const char *key, Node *escontext,
            TimestampTz *time)
{
	char *text = cxm_json_scalar(value, key, type->name, false, escontext);

	if (text == NULL)
		return false;
	if (!parse_moment(text, time))
		return summary_refuse_text(type, escontext,
		                           "\"%s\" is not a time such as 2025-01-31T09:30:00Z.", text);
	return true;
}

bool
as_of_read(const SummaryType *type, const JsonbValue *value, Node *escontext, TimestampTz *as_of)
{
	*as_of = DT_NOEND;
	return value == NULL || moment_read(type, value, "as_of", escontext, as_of);
}

TimestampTz
as_of_receive(const SummaryType *type, StringInfo buffer)
{
	TimestampTz as_of = pq_getmsgint64(buffer);

	if (!as_of_is_valid(as_of))
		summary_refuse_binary(type, "A time is out of range.");
	return as_of;
}
