/*
 * journey_funnel.h
 *		How far one journey comes along the steps of a funnel.
 */
#ifndef CXM_JOURNEY_FUNNEL_H
#define CXM_JOURNEY_FUNNEL_H

#include "journeys/funnel_steps.h"

/* Follows the events up to as_of, where DT_NOEND stands for all; with the times of the steps. */
extern void journey_follow(const Journey *journey, const FunnelSteps *steps, TimestampTz as_of,
                           bool with_times, CxmFunnelAnswer *answer);

#endif /* CXM_JOURNEY_FUNNEL_H */
