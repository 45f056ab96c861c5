/*
 * erlang.h
 *		How long callers wait for so many agents: the formulas of A. K. Erlang (1917).
 *
 * load is the traffic that is offered, in erlangs: how many calls come while one is handled, on
 * average.  agents is a whole number.  Times are in mean handle times.  Calls come at random and
 * independently of each other, handle times are exponential, and who has to wait does so for as
 * long as it takes: Erlang C, or is sent away: Erlang B.
 *
 * Every function returns NaN when an argument is not what is said here: negative, NaN, a load that
 * is infinite, more agents than there can be.  A call takes the order of sqrt(agents) steps, half a
 * million for the most.
 */
#ifndef CXM_ERLANG_H
#define CXM_ERLANG_H

#define CXM_MOST_AGENTS 2147483647.0

/* The share of calls that find all agents busy, where those are sent away. */
extern double cxm_erlang_b(double load, double agents);

/* The share of calls that wait.  It is 1 where agents <= load: the queue grows without end. */
extern double cxm_erlang_c(double load, double agents);

/* The share of calls that are answered within target, 0 where the queue grows without end. */
extern double cxm_erlang_service_level(double load, double agents, double target);

/* The mean wait of all calls, infinite where the queue grows without end. */
extern double cxm_erlang_mean_wait(double load, double agents);

/*
 * The least number of agents with a service level of at least share, 0 < share < 1.  It is above
 * load, and so at least 1; infinite where there cannot be so many.
 */
extern double cxm_erlang_agents(double load, double share, double target);

#endif /* CXM_ERLANG_H */
