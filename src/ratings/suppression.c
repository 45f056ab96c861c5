/*
 * suppression.c
 *		Small groups, hidden together with so many others that nobody can compute them.
 *
 * Who knows the total of a partition and the groups that are shown knows the sum of those that are
 * hidden.  So at least two are hidden, which have n responses together: first all with fewer than
 * n, then the smallest of the others.  A group without responses hides nobody.
 */
#include "postgres.h"

#include "common/hashfn.h"
#include "miscadmin.h"
#include "utils/memutils.h"
#include "windowapi.h"

#include "ratings/rating_statistics.h"

/*
 * The order in which groups are hidden.  Among groups with as many responses it is that of hashes
 * of the values: chance, but the same whenever the query runs.  If others were hidden the next
 * time, two runs would show all.  Equal values are hidden together.
 */
typedef struct Place
{
	uint64 responses;
	uint64 hash;
} Place;

/* What is kept for a partition, all zero at first: the last place that is hidden. */
typedef struct Hidden
{
	bool  found;
	bool  all; /* there is no n */
	int64 n;
	Place last;
} Hidden;

static int
compare_places(const void *a, const void *b)
{
	const Place *x = a;
	const Place *y = b;

	if (x->responses != y->responses)
		return x->responses < y->responses ? -1 : 1;
	return (x->hash > y->hash) - (x->hash < y->hash);
}

static Place
place_of(Datum datum)
{
	void      *value = PG_DETOAST_DATUM_PACKED(datum);
	RatingView view = rating_view(value);

	return (Place){(uint64) rating_response_count(&view),
	               hash_bytes_extended((const unsigned char *) VARDATA_ANY(value),
	                                   (int) VARSIZE_ANY_EXHDR(value), 0)};
}

/* The places of all groups that have responses, in order. */
static Place *
places_in_partition(WindowObject window, int64 *n)
{
	int64  rows = WinGetPartitionRowCount(window);
	Place *places;

	if (rows > (int64) Min((Size) PG_INT32_MAX, MaxAllocHugeSize / sizeof(Place)))
		ereport(ERROR, (errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED),
		                errmsg("too many rows in a partition of at_least_within")));
	places = palloc_extended(Max(rows, 1) * sizeof(Place), MCXT_ALLOC_HUGE);
	*n = 0;
	for (int64 row = 0; row < rows; row++)
	{
		bool  is_null;
		bool  is_out;
		Datum value = WinGetFuncArgInPartition(window, 0, (int) row, WINDOW_SEEK_HEAD, false,
		                                       &is_null, &is_out);

		CHECK_FOR_INTERRUPTS();
		if (is_null)
			continue;
		places[*n] = place_of(value);
		if (places[*n].responses > 0)
			(*n)++;
	}
	qsort(places, *n, sizeof(Place), compare_places);
	return places;
}

static void
find_hidden(WindowObject window, Hidden *hidden)
{
	int64  groups;
	Place *places = places_in_partition(window, &groups);
	Datum  n = WinGetFuncArgCurrent(window, 1, &hidden->all);
	uint64 responses = 0;
	int64  i = 0;

	hidden->n = hidden->all ? 0 : DatumGetInt64(n);
	for (; i < groups; i++)
	{
		bool small = (int64) places[i].responses < hidden->n;
		bool computed = i > 0 && (i < 2 || responses < (uint64) hidden->n);
		bool same = i > 0 && compare_places(&places[i - 1], &places[i]) == 0;

		if (!small && !computed && !same)
			break;
		responses += places[i].responses;
		hidden->last = places[i];
	}
	pfree(places);
	hidden->found = true;
}

CXM_FUNCTION(rating_at_least_within)
{
	WindowObject window = PG_WINDOW_OBJECT();
	Hidden      *hidden = WinGetPartitionLocalMemory(window, sizeof(Hidden));
	bool         is_null;
	Datum        value;
	Place        place;

	if (!hidden->found)
		find_hidden(window, hidden);
	value = WinGetFuncArgCurrent(window, 0, &is_null);
	if (is_null || hidden->all)
		PG_RETURN_NULL();
	place = place_of(value);
	if ((int64) place.responses < hidden->n ||
	    (place.responses > 0 && compare_places(&place, &hidden->last) <= 0))
		PG_RETURN_NULL();
	PG_RETURN_DATUM(value);
}
