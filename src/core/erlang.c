/*
 * erlang.c
 *		How long callers wait for so many agents: the formulas of A. K. Erlang (1917).
 *
 * "Solution of some problems in the theory of probabilities of significance in automatic telephone
 * exchanges", Elektroteknikeren 13.
 */
#include "core/erlang.h"

#include <math.h>
#include <stdbool.h>

static bool
valid(double load, double agents)
{
	return load >= 0 && isfinite(load) && agents >= 0 && agents <= CXM_MOST_AGENTS &&
	       agents == floor(agents);
}

/* 1 / B(load, agents) of 1 / B(load, agents - 1) */
static double
one_more(double inverse, double load, double agents)
{
	return 1 + inverse * (agents / load);
}

/*
 * 1 / B(load, agents), which may be infinite.
 *
 * An error before the first step is multiplied by all the quotients agents / load.  Over the last
 * 10 sqrt(n) steps up to n <= load those are at most exp(-50) together, so that no earlier one
 * matters, and beyond load the value grows at least as fast as its error.
 */
static double
inverse_b(double load, double agents)
{
	double stable = floor(fmin(load, agents));
	double n = fmax(floor(stable - 10 * sqrt(stable)), 0);
	double inverse = 1;

	while (n < agents && isfinite(inverse))
	{
		n += 1;
		inverse = one_more(inverse, load, n);
	}
	return inverse;
}

/* C = B / (1 - (load / agents) (1 - B)), divided through by B; agents > load. */
static double
waiting_share(double inverse, double load, double agents)
{
	return 1 / (load / agents + inverse * ((agents - load) / agents));
}

/* Who waits at all waits for a time that is exponential, 1 / (agents - load) in the mean. */
static double
level(double inverse, double load, double agents, double target)
{
	return 1 - waiting_share(inverse, load, agents) * exp(-(agents - load) * target);
}

double
cxm_erlang_b(double load, double agents)
{
	return valid(load, agents) ? 1 / inverse_b(load, agents) : NAN;
}

double
cxm_erlang_c(double load, double agents)
{
	if (!valid(load, agents))
		return NAN;
	return agents > load ? waiting_share(inverse_b(load, agents), load, agents) : 1;
}

double
cxm_erlang_service_level(double load, double agents, double target)
{
	if (!valid(load, agents) || !(target >= 0))
		return NAN;
	return agents > load ? level(inverse_b(load, agents), load, agents, target) : 0;
}

double
cxm_erlang_mean_wait(double load, double agents)
{
	if (!valid(load, agents))
		return NAN;
	return agents > load ? cxm_erlang_c(load, agents) / (agents - load) : INFINITY;
}

double
cxm_erlang_agents(double load, double share, double target)
{
	double agents = floor(load);
	double inverse;

	if (!valid(load, 0) || !(share > 0 && share < 1) || !(target >= 0))
		return NAN;
	if (agents >= CXM_MOST_AGENTS)
		return INFINITY;
	inverse = inverse_b(load, agents);
	do
	{
		agents += 1;
		inverse = one_more(inverse, load, agents);
	} while (level(inverse, load, agents, target) < share);
	return agents <= CXM_MOST_AGENTS ? agents : INFINITY;
}
