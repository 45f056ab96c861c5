/*
 * journey_state.h
 *		The state of the aggregates over customer_journey, to which events are added one by one.
 */
#ifndef CXM_JOURNEY_STATE_H
#define CXM_JOURNEY_STATE_H

#include "customer_journey.h"

typedef struct JourneyState JourneyState;

/* A state without events. */
extern JourneyState *journey_state_make(void);

extern bool journey_state_is_empty(const JourneyState *state);

/* The state with an event more: the same, changed in place, or the one that replaces it. */
extern JourneyState *journey_state_add(JourneyState *state, TimestampTz time, StageView stage);

/* A new state with the events of a value, or a copy of a state. */
extern JourneyState *journey_thaw(const void *value);

/* The value of a state, newly made. */
extern struct varlena *journey_of_state(const JourneyState *state);

#endif /* CXM_JOURNEY_STATE_H */
