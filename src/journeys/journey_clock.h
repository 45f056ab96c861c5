/*
 * journey_clock.h
 *		The clock by which times between events count: any, or a business calendar's, which is then
 *		one of the terms of a summary.
 *
 * In the bytes of terms a calendar is its canonical text behind its length, four bytes.
 */
#ifndef CXM_JOURNEY_CLOCK_H
#define CXM_JOURNEY_CLOCK_H

#include "common/business_hours.h"
#include "common/summary.h"

typedef struct JourneyClock
{
	const char    *calendar; /* its text, which does not end with a zero byte; NULL: any clock */
	uint32         length;
	BusinessHours *hours; /* to compute with: where journeys are followed */
} JourneyClock;

/* The clock of a calendar in an argument, any where that is NULL. */
extern JourneyClock journey_clock_arg(FunctionCallInfo fcinfo, int argno);

/* The clock of a calendar that was made ready, or any clock. */
extern JourneyClock journey_clock_of(BusinessHours *hours);

/* What the clock says: later moments say more, or the same while it stands still. */
static pg_attribute_always_inline int64
journey_clock_time(const JourneyClock *clock, TimestampTz at)
{
	return likely(clock->hours == NULL) ? at : business_open_until(clock->hours, at);
}

static inline bool
journey_clock_same(const JourneyClock *a, const JourneyClock *b)
{
	return a->length == b->length &&
	       (a->length == 0 || memcmp(a->calendar, b->calendar, a->length) == 0);
}

/* The bytes of a calendar; writes them, and returns what is behind them. */
static inline Size
journey_clock_size(const JourneyClock *clock)
{
	return clock->calendar == NULL ? 0 : sizeof(uint32) + clock->length;
}

extern unsigned char *journey_clock_put(unsigned char *at, const JourneyClock *clock);

/* Looks at them, and moves *at behind them; false where they end too early. */
extern bool journey_clock_take(const unsigned char **at, const unsigned char *end,
                               JourneyClock *clock);

/* The name of the field in JSON. */
#define JOURNEY_CLOCK_FIELD "calendar"

extern void journey_clock_print(StringInfo text, const JourneyClock *clock);
extern bool journey_clock_read(const SummaryType *type, const JsonbValue *value, Node *escontext,
                               JourneyClock *clock);
extern void journey_clock_send(StringInfo buffer, const JourneyClock *clock);
extern JourneyClock journey_clock_receive(const SummaryType *type, StringInfo buffer);

#endif /* CXM_JOURNEY_CLOCK_H */
