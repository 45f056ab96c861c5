/*
 * fuzz_erlang.c
 *		Queues of any numbers at all: refused, or within their bounds, and with as many agents as
 *		they need.
 */
#include <math.h>

#include "erlang.h"
#include "fuzz.h"

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	double load = fuzz_double(&data, &size);
	double target = fuzz_double(&data, &size);
	double share = fuzz_double(&data, &size);
	double agents = (double) (fuzz_number(&data, &size) % 100000);
	double b = cxm_erlang_b(load, agents);
	double c = cxm_erlang_c(load, agents);
	double level = cxm_erlang_service_level(load, agents, target);
	double needed = cxm_erlang_agents(load, share, target);

	LAW(isnan(b) == isnan(c) && isnan(b) == isnan(cxm_erlang_mean_wait(load, agents)));
	LAW(isnan(b) || (b >= 0 && b <= 1 && c >= 0 && c <= 1));
	LAW(!(cxm_erlang_mean_wait(load, agents) < 0));
	LAW(isnan(level) || (level >= 0 && level <= 1));
	if (needed <= CXM_MOST_AGENTS)
	{
		LAW(needed > load && cxm_erlang_service_level(load, needed, target) >= share);
		LAW(cxm_erlang_service_level(load, needed - 1, target) < share);
	}
	return 0;
}
