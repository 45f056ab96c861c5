/*
 * driver_state.c
 *		Counting rows of an outcome and of what may drive it.
 */
#include "postgres.h"

#include "miscadmin.h"

#include "ratings/driver_state.h"

#define SUM_BYTES ((int) sizeof(CxmFixedSum))

/* Names */

void
driver_names_start(DriverNames *terms, char *room)
{
	*terms = (DriverNames){0, 0, room};
}

bool
driver_names_add(DriverNames *terms, const char *name, int length)
{
	const char *at = terms->names;
	char       *end = unconstify(char *, terms->names) + terms->size;

	Assert(terms->drivers < CXM_MOST_DRIVERS && length <= DRIVER_NAME_MOST);
	while (at < end)
	{
		int         other_length;
		const char *other = driver_next_name(&at, &other_length);

		if (other_length == length && memcmp(other, name, length) == 0)
			return false;
	}
	*end = (char) length;
	memcpy(end + 1, name, length);
	terms->size += 1 + length;
	terms->drivers++;
	return true;
}

void
driver_names_finish(DriverNames *terms)
{
	for (; terms->size % 8 != 0; terms->size++)
		unconstify(char *, terms->names)[terms->size] = '\0';
}

/* Are the bytes so many names, none of them empty, and zeros? */
static bool
names_are_valid(const DriverNames *terms)
{
	const char *at = terms->names;
	const char *end = at + terms->size;

	for (int i = 0; i < terms->drivers; i++)
	{
		int length;

		if (at >= end)
			return false;
		driver_next_name(&at, &length);
		if (length == 0 || at > end)
			return false;
	}
	if (end - at >= 8)
		return false;
	while (at < end)
		if (*at++ != '\0')
			return false;
	return terms->size % 8 == 0;
}

/* Looking at values */

DriverView
driver_view(const void *value)
{
	DriverView    view = {.rows = 0};
	DriverSummary header;
	SummaryBytes  bytes;
	Size          sums;

	if (SUMMARY_IS_BLANK(value))
		return view;
	bytes = summary_open(&DRIVER, value);
	memcpy((char *) &header + VARHDRSZ, bytes.at, DRIVER.header);
	view.terms.drivers = header.drivers;
	view.terms.size = header.names_size;
	view.terms.names = (const char *) bytes.at + DRIVER.header;
	view.rows = header.rows;
	view.incomplete = header.incomplete;
	view.wide = (header.flags & DRIVER_WIDE) != 0;
	view.low = header.low;
	view.bytes = view.wide ? SUM_BYTES : header.bytes;
	view.sums = (const unsigned char *) view.terms.names + view.terms.size;
	sums = driver_sums(view.terms.drivers);
	if (view.terms.drivers < 1 || view.terms.drivers > CXM_MOST_DRIVERS || view.rows < 0 ||
	    view.incomplete < 0 || view.low + view.bytes > SUM_BYTES ||
	    (Size) (bytes.end - bytes.at) !=
	        DRIVER.header + view.terms.size + sums * (Size) view.bytes ||
	    !names_are_valid(&view.terms))
		summary_refuse_value(&DRIVER);
	return view;
}

CxmFixedSum
driver_sum(const DriverView *view, Size i)
{
	const unsigned char *at = view->sums + i * (Size) view->bytes;
	uint64               sign;
	CxmFixedSum          sum;

	if (view->wide)
	{
		memcpy(&sum, at, sizeof(sum));
		return sum;
	}
	sign = view->bytes > 0 && at[view->bytes - 1] >> 7 != 0 ? PG_UINT64_MAX : 0;
	sum = (CxmFixedSum){{0, 0, 0}};
	for (int byte = view->low; byte < SUM_BYTES; byte++)
	{
		int    from = byte - view->low;
		uint64 bits = from < view->bytes ? at[from] : sign & 0xFF;

		sum.part[byte / 8] |= bits << 8 * (byte % 8);
	}
	return sum;
}

bool
driver_is_empty(const void *state)
{
	DriverView view = driver_view(state);

	return view.rows == 0 && view.incomplete == 0;
}

/* Is the sum so many times 2^bits at most, or less than one more?  Those of rows are. */
static bool
is_within(const CxmFixedSum *sum, int bits, int64 rows)
{
	CxmFixedSum size = *sum;
	uint64      high;

	if (cxm_fixed_sign(sum) < 0)
	{
		size = (CxmFixedSum){{0, 0, 0}};
		cxm_fixed_subtract(&size, sum);
	}
	high = size.part[2] << (128 - bits) | size.part[1] >> (bits - 64);
	return size.part[2] >> (bits - 64) == 0 && high <= (uint64) rows;
}

/* Are the sums of a variable no larger than those of so many rows, and those of none zero? */
static bool
is_in_range(const DriverView *view, int i)
{
	CxmFixedSum sum = driver_sum(view, cxm_cross_sum(i));

	if ((sum.part[0] & PG_UINT32_MAX) != 0 || !is_within(&sum, 95, view->rows))
		return false;
	for (int j = 0; j <= i; j++)
	{
		CxmFixedSum product = driver_sum(view, cxm_cross_product(i, j));

		if (!is_within(&product, 126, view->rows) ||
		    (view->rows == 0 && cxm_fixed_sign(&product) != 0))
			return false;
	}
	return view->rows > 0 || cxm_fixed_sign(&sum) == 0;
}

bool
driver_is_sound(const DriverView *view)
{
	for (int i = 0; i <= view->terms.drivers; i++)
	{
		CxmFixedSum sum = driver_sum(view, cxm_cross_sum(i));
		CxmFixedSum square = driver_sum(view, cxm_cross_product(i, i));

		CHECK_FOR_INTERRUPTS();
		if (!is_in_range(view, i))
			return false;
		for (int j = 0; j <= i; j++)
		{
			CxmFixedSum other = driver_sum(view, cxm_cross_sum(j));
			CxmFixedSum other_square = driver_sum(view, cxm_cross_product(j, j));
			CxmFixedSum product = driver_sum(view, cxm_cross_product(i, j));

			if (!cxm_cross_possible(view->rows, &sum, &other, &square, &product, &other_square))
				return false;
		}
	}
	return true;
}

/* Making values and states */

static DriverSummary *
make_summary(const DriverNames *terms, uint8 flags, int low, int bytes)
{
	Size           header = offsetof(DriverSummary, names) + terms->size;
	Size           size = header + driver_sums(terms->drivers) * (Size) bytes;
	DriverSummary *summary = palloc0(size);

	SET_VARSIZE(summary, size);
	summary->version = DRIVER_VERSION;
	summary->flags = flags;
	summary->drivers = (uint8) terms->drivers;
	summary->low = (uint8) low;
	summary->bytes = (uint8) bytes;
	summary->names_size = (uint16) terms->size;
	Assert(terms->names != NULL);
	memcpy(summary->names, terms->names, terms->size);
	return summary;
}

DriverSummary *
driver_make_state(const DriverNames *terms)
{
	return make_summary(terms, DRIVER_WIDE, 0, SUM_BYTES);
}

void *
driver_to_state(const void *value)
{
	DriverView     view = driver_view(value);
	DriverSummary *state = driver_make_state(&view.terms);

	state->rows = view.rows;
	state->incomplete = view.incomplete;
	for (Size i = 0; i < driver_sums(view.terms.drivers); i++)
		driver_state_sums(state)[i] = driver_sum(&view, i);
	return state;
}

static inline unsigned char
byte_of(const CxmFixedSum *sum, int byte)
{
	return (unsigned char) (sum->part[byte / 8] >> 8 * (byte % 8));
}

/* How many bytes a sum has, from the lowest to the one that has its sign. */
static int
length_of(const CxmFixedSum *sum)
{
	unsigned char sign = cxm_fixed_sign(sum) < 0 ? 0xFF : 0;
	int           length = SUM_BYTES;

	while (length > 1 && byte_of(sum, length - 1) == sign &&
	       (byte_of(sum, length - 2) ^ sign) >> 7 == 0)
		length--;
	return length;
}

void *
driver_canonical(const void *state)
{
	DriverView     view = driver_view(state);
	Size           sums = driver_sums(view.terms.drivers);
	CxmFixedSum    bits = {{0, 0, 0}};
	int            low = 0;
	int            end = 0;
	DriverSummary *summary;
	unsigned char *to;

	if (!driver_is_sound(&view))
		summary_refuse_shortage("rows");
	for (Size i = 0; i < sums; i++)
	{
		CxmFixedSum sum = driver_sum(&view, i);

		if (cxm_fixed_sign(&sum) == 0)
			continue;
		end = Max(end, length_of(&sum));
		for (int part = 0; part < 3; part++)
			bits.part[part] |= sum.part[part];
	}
	while (low < end && byte_of(&bits, low) == 0)
		low++;

	summary = make_summary(&view.terms, 0, low, end - low);
	summary->rows = view.rows;
	summary->incomplete = view.incomplete;
	to = (unsigned char *) summary->names + summary->names_size;
	for (Size i = 0; i < sums; i++)
	{
		CxmFixedSum sum = driver_sum(&view, i);

		for (int byte = low; byte < end; byte++)
			*to++ = byte_of(&sum, byte);
	}
	return summary;
}

/* Merging */

static bool
same_names(const DriverNames *a, const DriverNames *b)
{
	Assert(a->names != NULL && b->names != NULL);
	return a->drivers == b->drivers && a->size == b->size &&
	       memcmp(a->names, b->names, a->size) == 0;
}

static char *
list_of(const DriverNames *terms)
{
	const char    *at = terms->names;
	StringInfoData list;

	initStringInfo(&list);
	for (int i = 0; i < terms->drivers; i++)
	{
		int         length;
		const char *name = driver_next_name(&at, &length);

		appendStringInfo(&list, "%s%.*s", i > 0 ? ", " : "", length, name);
	}
	return list.data;
}

static pg_noinline void
refuse_names(const DriverNames *a, const DriverNames *b)
{
	ereport(
	    ERROR,
	    (errcode(ERRCODE_INVALID_PARAMETER_VALUE), errmsg("cannot combine different drivers"),
	     errdetail("The drivers of one are %s; those of the other are %s.", list_of(a), list_of(b)),
	     errhint("Name the same drivers in the same order, or group by what differs.")));
}

bool
driver_same_terms(const void *a, const void *b)
{
	DriverView x = driver_view(a);
	DriverView y = driver_view(b);

	return same_names(&x.terms, &y.terms);
}

void
driver_refuse_mixture(const void *a, const void *b)
{
	DriverView x = driver_view(a);
	DriverView y = driver_view(b);

	refuse_names(&x.terms, &y.terms);
}

void *
driver_merge(void *state, const void *value, bool add)
{
	DriverView     view = driver_view(value);
	DriverSummary *merged = driver_prepared(state, &view.terms);
	CxmFixedSum   *sums = driver_state_sums(merged);

	merged->rows = (int64) summary_moved(merged->rows, view.rows, add, "rows");
	merged->incomplete = (int64) summary_moved(merged->incomplete, view.incomplete, add, "rows");
	for (Size i = 0; i < driver_sums(view.terms.drivers); i++)
	{
		CxmFixedSum sum = driver_sum(&view, i);

		if (add)
			cxm_fixed_add(&sums[i], &sum);
		else
			cxm_fixed_subtract(&sums[i], &sum);
	}
	return merged;
}

pg_noinline DriverSummary *
driver_prepared(void *state, const DriverNames *terms)
{
	DriverView view;

	if (state == NULL || SUMMARY_IS_BLANK(state))
		return driver_make_state(terms);
	if (driver_state_fits(state, terms))
		return state;
	state = pg_detoast_datum_packed(state);
	view = driver_view(state);
	if (same_names(&view.terms, terms))
		return driver_to_state(state);
	if (view.rows > 0 || view.incomplete > 0)
		refuse_names(&view.terms, terms);
	return driver_make_state(terms);
}
