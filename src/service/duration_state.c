/*
 * duration_state.c
 *		The state of a duration_summary: looking at it, counting, merging and leaving.
 */
#include "postgres.h"

#include "common/hashfn.h"

#include "core/varint.h"
#include "service/duration_state.h"

/* A range grows by so many buckets at least: some 1.6 octaves. */
#define RANGE_STEP 64

/* Looking at values */

/* Are the widths and ranges of a state such as counting makes them?  Its size fits them. */
static bool
ranges_are_sound(const DurationState *state)
{
	for (int which = RESOLVED; which <= OPEN; which++)
		if (state->width[which] > CXM_WIDEST ||
		    state->from[which] + state->n[which] > CXM_LOG_BUCKETS)
			return false;
	return true;
}

/* Without targets or with some, of which there are as many as there is room for. */
bool
duration_is_state(const DurationState *state)
{
	Size size;

	if (!VARATT_IS_4B_U(state) || VARSIZE(state) < offsetof(DurationState, counters))
		return false;
	if (state->version != DURATION_TARGETS_VERSION)
		return duration_has_targets(state, 0);
	size = duration_state_size(state);
	return VARSIZE(state) > size &&
	       VARSIZE(state) <= size + DURATION_TARGETS_SIZE(DURATION_MOST_TARGETS) &&
	       duration_has_targets(state, duration_n_targets(state));
}

void
duration_add_target(DurationTargets *targets, uint64 target)
{
	int i = targets->n;

	while (i > 0 && targets->at[i - 1] > target)
		i--;
	if (i > 0 && targets->at[i - 1] == target)
		return;
	memmove(&targets->at[i + 1], &targets->at[i], (Size) (targets->n - i) * sizeof(uint64));
	targets->at[i] = target;
	targets->n++;
	targets->buckets |= DURATION_BUCKET_BIT(cxm_log_bucket(target));
	targets->hash = hash_bytes_extended((const unsigned char *) targets->at,
	                                    targets->n * (int) sizeof(uint64), 0);
}

static DurationTargets
targets_of(const DurationView *view)
{
	DurationTargets targets = NO_TARGETS;

	for (int i = 0; i < view->n_targets; i++)
		duration_add_target(&targets, view->targets[i]);
	return targets;
}

/* The number of targets and room for them, and for two counts of each. */
static void
make_targets(DurationView *view, int n)
{
	view->n_targets = n;
	view->targets = palloc0(3 * (Size) n * sizeof(uint64));
}

static bool
targets_ascend(const DurationView *view)
{
	for (int i = 0; i < view->n_targets; i++)
		if (view->targets[i] > CXM_COUNTER_CEILING ||
		    (i > 0 && view->targets[i] <= view->targets[i - 1]))
			return false;
	return true;
}

bool
duration_read_targets(DurationView *view, const unsigned char **at, const unsigned char *end)
{
	int n = *at < end ? *(*at)++ : 0;

	if (n == 0 || n > DURATION_MOST_TARGETS)
		return false;
	make_targets(view, n);
	for (int i = 0; i < n; i++)
	{
		/* no sum of two that pass wraps around */
		for (int row = 0; row < (view->ages ? 3 : 2); row++)
			if (!cxm_varint_get(at, end, &view->targets[row * n + i]) ||
			    view->targets[row * n + i] > CXM_COUNTER_CEILING)
				return false;
		if (i > 0)
			view->targets[i] += view->targets[i - 1];
	}
	return targets_ascend(view);
}

/* Takes in a state, which has a short header if it went through a tuple and is small. */
static void
view_state(DurationView *view, const void *value)
{
	DurationState *state = (DurationState *) PG_DETOAST_DATUM(PointerGetDatum(value));

	if (!duration_is_state(state) || !ranges_are_sound(state))
		summary_refuse_value(&DURATION);
	memcpy(&view->total, state->total, sizeof(view->total));
	memcpy(&view->unresolved, state->unresolved, sizeof(view->unresolved));
	for (int which = RESOLVED; which <= OPEN; which++)
	{
		HistogramView *histogram = &view->histogram[which];

		histogram->counters = duration_counters(state, which);
		histogram->width = state->width[which];
		histogram->from = state->from[which];
		histogram->n = state->n[which];
	}
	if (view->ages ? view->unresolved != 0 : view->histogram[OPEN].n != 0)
		summary_refuse_value(&DURATION);
	if (state->version == DURATION_TARGETS_VERSION)
	{
		make_targets(view, duration_n_targets(state));
		memcpy(view->targets, duration_targets(state) + 1,
		       3 * (Size) view->n_targets * sizeof(uint64));
		if (!targets_ascend(view) || *duration_targets(state) != targets_of(view).hash)
			summary_refuse_value(&DURATION);
	}
}

static void
view_stored(DurationView *view, SummaryBytes bytes)
{
	const unsigned char *at = bytes.at + DURATION.header;
	const unsigned char *end = bytes.end;
	uint64               number;

	if (bytes.at[0] == DURATION_TARGETS_VERSION && !duration_read_targets(view, &at, end))
		summary_refuse_value(&DURATION);
	if (!cxm_varint_get(&at, end, &view->total.low) ||
	    !cxm_varint_get(&at, end, &view->total.high) || !cxm_varint_get(&at, end, &number))
		summary_refuse_value(&DURATION);
	if (!view->ages)
	{
		view->unresolved = number;
		number = (uint64) (end - at);
	}
	if (number > (uint64) (end - at))
		summary_refuse_value(&DURATION);
	view->histogram[RESOLVED].stored = cxm_log_reader(at, number);
	view->histogram[OPEN].stored = cxm_log_reader(at + number, (size_t) (end - at) - number);
}

DurationView
duration_view(const void *value)
{
	DurationView view = {0};
	SummaryBytes bytes;

	if (SUMMARY_IS_BLANK(value))
		return view;
	bytes = summary_open(&DURATION, value);
	view.ages = (bytes.flags & DURATION_AGES) != 0;
	if (bytes.flags & DURATION_STATE)
		view_state(&view, value);
	else
		view_stored(&view, bytes);
	return view;
}

bool
duration_next_bucket(HistogramView *histogram, int *bucket, uint64 *count)
{
	if (histogram->counters == NULL)
	{
		CxmLogStatus status = cxm_log_read(&histogram->stored, bucket, count);

		if (status == CXM_LOG_CORRUPT)
			summary_refuse_value(&DURATION);
		return status == CXM_LOG_ITEM;
	}
	while (histogram->n > 0)
	{
		*count = cxm_counter_get(histogram->counters, histogram->width, 0);
		*bucket = histogram->from;
		histogram->counters += 1 << histogram->width;
		histogram->from++;
		histogram->n--;
		if (*count > CXM_COUNTER_CEILING)
			summary_refuse_value(&DURATION);
		if (*count > 0)
			return true;
	}
	return false;
}

static bool
is_empty(const DurationView *view)
{
	HistogramView resolved = view->histogram[RESOLVED];
	HistogramView open = view->histogram[OPEN];
	int           bucket;
	uint64        count;

	return view->unresolved == 0 && !duration_next_bucket(&resolved, &bucket, &count) &&
	       !duration_next_bucket(&open, &bucket, &count);
}

bool
duration_is_empty(const void *state)
{
	DurationView view = duration_view(state);

	return is_empty(&view);
}

bool
duration_total_is_sound(const DurationView *view)
{
	HistogramView resolved = view->histogram[RESOLVED];
	CxmUint128    least = {0, 0};
	CxmUint128    most = {0, 0};
	int           bucket;
	uint64        count;

	while (duration_next_bucket(&resolved, &bucket, &count))
		if (!cxm_uint128_add(&least, cxm_uint128_multiply(count, cxm_log_bucket_from(bucket))) ||
		    !cxm_uint128_add(&most,
		                     cxm_uint128_multiply(count, cxm_log_bucket_from(bucket + 1) - 1)))
			return false;
	return cxm_uint128_compare(least, view->total) <= 0 &&
	       cxm_uint128_compare(view->total, most) <= 0;
}

/* How many are in a bucket; the buckets that are asked for ascend. */
static uint64
next_count(HistogramView *histogram, int bucket, int *at, uint64 *count)
{
	while (*at < bucket)
		if (!duration_next_bucket(histogram, at, count))
			*at = CXM_LOG_BUCKETS;
	return *at == bucket ? *count : 0;
}

/* Of a target's bucket some, none or all are within it, and all where it ends there. */
bool
duration_targets_are_sound(const DurationView *view)
{
	for (int which = RESOLVED; which <= OPEN; which++)
	{
		HistogramView histogram = view->histogram[which];
		int           at = -1;
		uint64        count = 0;
		int           before = -1;

		for (int i = 0; i < view->n_targets; i++)
		{
			uint64 part = duration_part_within(view, which, i);
			int    bucket = cxm_log_bucket(view->targets[i]);
			uint64 all = next_count(&histogram, bucket, &at, &count);
			uint64 least = 0;

			if (view->targets[i] + 1 == cxm_log_bucket_from(bucket + 1))
				least = all;
			else if (bucket == before)
				least = duration_part_within(view, which, i - 1);
			if (part < least || part > all)
				return false;
			before = bucket;
		}
	}
	return true;
}

bool
duration_counts_are_sound(const DurationView *view)
{
	uint64 left = CXM_COUNTER_CEILING - Min(view->unresolved, CXM_COUNTER_CEILING);

	if (view->unresolved > CXM_COUNTER_CEILING)
		return false;
	for (int which = RESOLVED; which <= OPEN; which++)
	{
		HistogramView histogram = view->histogram[which];
		int           bucket;
		uint64        count;

		while (duration_next_bucket(&histogram, &bucket, &count))
		{
			if (count > left)
				return false;
			left -= count;
		}
	}
	return true;
}

static unsigned char *
write_targets(const DurationView *view, unsigned char *at)
{
	int n = view->n_targets;

	*at++ = (unsigned char) n;
	for (int i = 0; i < n; i++)
	{
		at = cxm_varint_put(at, view->targets[i] - (i > 0 ? view->targets[i - 1] : 0));
		for (int row = 1; row < (view->ages ? 3 : 2); row++)
			at = cxm_varint_put(at, view->targets[row * n + i]);
	}
	return at;
}

/* Room for a histogram as it is stored; one that is stored already is copied bucket by bucket. */
static Size
stored_size(const HistogramView *histogram)
{
	return (Size) histogram->n * CXM_LOG_ITEM_SIZE +
	       (Size) (histogram->stored.end - histogram->stored.at);
}

static unsigned char *
write_histogram(HistogramView histogram, unsigned char *at)
{
	CxmLogWriter writer = cxm_log_writer(at);
	int          bucket;
	uint64       count;

	while (duration_next_bucket(&histogram, &bucket, &count))
		cxm_log_write(&writer, bucket, count);
	return writer.at;
}

void *
duration_canonical(const void *state)
{
	DurationView view = duration_view(state);
	Size         most = VARHDRSZ + DURATION.header + 3 * CXM_VARINT_LIMIT + 1 +
	            (Size) view.n_targets * 3 * CXM_VARINT_LIMIT;
	struct varlena *summary;
	unsigned char  *at;
	unsigned char  *resolved;
	Size            size;

	if (view.n_targets == 0 && is_empty(&view))
		return summary_blank();
	if (!duration_counts_are_sound(&view))
		summary_refuse_overflow(COUNT_OF_DURATIONS);

	/* the first histogram's size stands before it, so that it is written farther behind at first */
	summary =
	    palloc(most + stored_size(&view.histogram[RESOLVED]) + stored_size(&view.histogram[OPEN]));
	resolved = (unsigned char *) summary + most;
	size = (Size) (write_histogram(view.histogram[RESOLVED], resolved) - resolved);
	at = (unsigned char *) VARDATA(summary);
	*at++ = view.n_targets > 0 ? DURATION_TARGETS_VERSION : DURATION_VERSION;
	*at++ = view.ages ? DURATION_AGES : 0;
	if (view.n_targets > 0)
		at = write_targets(&view, at);
	at = cxm_varint_put(at, view.total.low);
	at = cxm_varint_put(at, view.total.high);
	at = cxm_varint_put(at, view.ages ? size : view.unresolved);
	memmove(at, resolved, size);
	at = write_histogram(view.histogram[OPEN], at + size);
	SET_VARSIZE(summary, (char *) at - (char *) summary);
	return summary;
}

/* Counting */

static DurationState *
make_state(bool ages, const DurationTargets *targets)
{
	Size           size = offsetof(DurationState, counters) + DURATION_TARGETS_SIZE(targets->n);
	DurationState *state = palloc0(size);

	SET_VARSIZE(state, size);
	state->version = targets->n > 0 ? DURATION_TARGETS_VERSION : DURATION_VERSION;
	state->flags = DURATION_STATE | (ages ? DURATION_AGES : 0);
	if (targets->n > 0)
	{
		memcpy(duration_targets(state), &targets->hash, sizeof(uint64));
		memcpy(duration_targets(state) + 1, targets->at, (Size) targets->n * sizeof(uint64));
	}
	return state;
}

/* The state built anew with another range and width for one of its histograms. */
static DurationState *
resize_state(DurationState *state, int which, int from, int n, int width)
{
	int            other = 1 - which;
	DurationState  header = *state;
	DurationState *resized;
	Size           tail = VARSIZE(state) - duration_state_size(state);
	Size           size;

	header.from[which] = (uint16) from;
	header.n[which] = (uint16) n;
	header.width[which] = (uint8) width;
	size = duration_state_size(&header);
	resized = palloc0(size + tail);
	memcpy(resized, &header, offsetof(DurationState, counters));
	SET_VARSIZE(resized, size + tail);
	memcpy(duration_targets(resized), duration_targets(state), tail);

	memcpy(duration_counters(resized, other), duration_counters(state, other),
	       (Size) state->n[other] << state->width[other]);
	if (state->n[which] > 0)
		cxm_counters_copy(
		    duration_counters(resized, which) + ((Size) (state->from[which] - from) << width),
		    width, duration_counters(state, which), state->width[which], state->n[which]);
	return resized;
}

/* The state with a range that holds the bucket, and some more on that side. */
static pg_noinline DurationState *
grow_range(DurationState *state, int which, int bucket)
{
	int from = state->from[which];
	int to = from + state->n[which];
	int step = Max(RANGE_STEP, state->n[which] / 4);

	if (state->n[which] == 0)
	{
		from = bucket - step / 2;
		to = bucket + step / 2;
	}
	else if (bucket < from)
		from = Min(bucket, from - step);
	else
		to = Max(bucket + 1, to + step);
	from = Max(from, 0);
	to = Min(to, CXM_LOG_BUCKETS);
	return resize_state(state, which, from, to - from, state->width[which]);
}

DurationState *
duration_move_bucket(DurationState *state, int which, int bucket, uint64 count, bool add)
{
	size_t i;

	if (bucket < state->from[which] || bucket >= state->from[which] + state->n[which])
	{
		if (!add)
			summary_refuse_shortage("durations");
		state = grow_range(state, which, bucket);
	}
	i = (size_t) (bucket - state->from[which]);
	count = summary_moved(cxm_counter_get(duration_counters(state, which), state->width[which], i),
	                      count, add, "durations");
	if (count > cxm_counter_limit(state->width[which]))
		state = resize_state(state, which, state->from[which], state->n[which],
		                     cxm_counter_width(count));
	cxm_counter_set(duration_counters(state, which), state->width[which], i, count);
	return state;
}

void
duration_move_unresolved(DurationState *state, uint64 count, bool add)
{
	uint64 there;

	memcpy(&there, state->unresolved, sizeof(there));
	there = summary_moved(there, count, add, "durations");
	memcpy(state->unresolved, &there, sizeof(there));
}

void
duration_count_within(DurationState *state, int which, uint64 duration, bool add)
{
	int         n = duration_n_targets(state);
	int         bucket = cxm_log_bucket(duration);
	CxmLoose64 *target = duration_targets(state) + 1;
	CxmLoose64 *part = target + (Size) (1 + which) * n;

	for (int i = 0; i < n; i++)
		if (duration <= target[i] && cxm_log_bucket(target[i]) == bucket)
			part[i] = summary_moved(part[i], 1, add, "durations");
}

DurationState *
duration_count(DurationState *state, int which, uint64 duration, bool add)
{
	state = duration_move_bucket(state, which, cxm_log_bucket(duration), 1, add);
	if (which == RESOLVED)
		duration_move_total(state, (CxmUint128){0, duration}, add);
	duration_count_within(state, which, duration, add);
	return state;
}

/* A frame may have moved on from rows of other terms, which have left nothing. */
DurationState *
duration_state_for(void *value, bool ages, const DurationTargets *targets)
{
	DurationState *state = value;
	DurationState *other;

	if (state == NULL)
		return make_state(ages, targets);
	if (!duration_is_state(state))
		state = duration_to_state(state);
	else if (!ranges_are_sound(state))
		summary_refuse_value(&DURATION);
	if (((state->flags & DURATION_AGES) != 0) == ages && duration_has_targets(state, targets->n) &&
	    (targets->n == 0 ||
	     memcmp(duration_targets(state) + 1, targets->at, (Size) targets->n * sizeof(uint64)) == 0))
		return state;
	other = make_state(ages, targets);
	if (!duration_is_empty(state))
		duration_refuse_mixture(state, other);
	return other;
}

/* Terms */

/*
 * Without targets, what holds nothing does not know whether it would have ages: it leaves as a
 * blank.
 */
bool
duration_same_terms(const void *a, const void *b)
{
	const unsigned char *head_a = (const unsigned char *) VARDATA_ANY(a);
	const unsigned char *head_b = (const unsigned char *) VARDATA_ANY(b);
	DurationView         view_a;
	DurationView         view_b;

	/* nearly all are alike in this, and the rest looks at them anyway */
	if (!SUMMARY_IS_BLANK(a) && !SUMMARY_IS_BLANK(b) && head_a[0] == DURATION_VERSION &&
	    head_b[0] == DURATION_VERSION && ((head_a[1] ^ head_b[1]) & DURATION_AGES) == 0)
		return true;
	view_a = duration_view(a);
	view_b = duration_view(b);
	if (view_a.n_targets != view_b.n_targets ||
	    (view_a.n_targets > 0 &&
	     memcmp(view_a.targets, view_b.targets, (Size) view_a.n_targets * sizeof(uint64)) != 0))
		return false;
	return view_a.ages == view_b.ages ||
	       (view_a.n_targets == 0 && (is_empty(&view_a) || is_empty(&view_b)));
}

char *
duration_text_of(uint64 microseconds)
{
	return DatumGetCString(
	    DirectFunctionCall1(interval_out, IntervalPGetDatum(cxm_interval((int64) microseconds))));
}

static const char *
targets_text(const DurationView *view)
{
	StringInfoData text;

	initStringInfo(&text);
	for (int i = 0; i < view->n_targets; i++)
		appendStringInfo(&text, "%s%s", i > 0 ? ", " : "", duration_text_of(view->targets[i]));
	return view->n_targets > 0 ? text.data : "none";
}

void
duration_refuse_mixture(const void *a, const void *b)
{
	DurationView view_a = duration_view(a);
	DurationView view_b = duration_view(b);

	if (view_a.n_targets == view_b.n_targets &&
	    (view_a.n_targets == 0 ||
	     memcmp(view_a.targets, view_b.targets, (Size) view_a.n_targets * sizeof(uint64)) == 0))
		ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
		                errmsg("cannot mix durations with and without ages of the unresolved"),
		                errdetail("The ages are known where the aggregate was given an as_of.")));
	ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
	                errmsg("cannot mix durations with different targets"),
	                errdetail("The targets of one are: %s.  Those of the other are: %s.",
	                          targets_text(&view_a), targets_text(&view_b)),
	                errhint("Count both with the same targets, or take them out: "
	                        "(s::jsonb - 'targets')::duration_summary.")));
}

/* Merging */

static DurationState *
merge_view(DurationState *state, const DurationView *other, bool add)
{
	for (int which = RESOLVED; which <= OPEN; which++)
	{
		HistogramView histogram = other->histogram[which];
		int           bucket;
		uint64        count;

		while (duration_next_bucket(&histogram, &bucket, &count))
			state = duration_move_bucket(state, which, bucket, count, add);
	}
	duration_move_total(state, other->total, add);
	duration_move_unresolved(state, other->unresolved, add);
	for (int i = other->n_targets; i < 3 * other->n_targets; i++)
	{
		CxmLoose64 *part = duration_targets(state) + 1 + i;

		*part = summary_moved(*part, other->targets[i], add, "durations");
	}
	return state;
}

void *
duration_to_state(const void *value)
{
	DurationView    view = duration_view(value);
	DurationTargets targets = targets_of(&view);

	return merge_view(make_state(view.ages, &targets), &view, true);
}

/* Both have the same terms; of a blank, ages may be new. */
void *
duration_merge(void *state, const void *value, bool add)
{
	DurationView    view = duration_view(value);
	DurationTargets targets;

	if (is_empty(&view))
		return state;
	if (view.n_targets == 0)
		return merge_view(duration_state_for(state, view.ages, &NO_TARGETS), &view, add);
	targets = targets_of(&view);
	return merge_view(duration_state_for(state, view.ages, &targets), &view, add);
}
