# cxm: customer-experience metrics inside PostgreSQL
#
#   make demo [DATA=dir]     the report of a made-up company, or of your own CSV files
#   make check               every test; the last line reads "N passed, N failed"
#   make check-matrix        the same on each PostgreSQL that Debian has, in chroots
#   make check-sanitize      the same on a PostgreSQL with assertions, under sanitizers
#   make check-static        clang-tidy, cppcheck and scan-build: nothing to report
#   make check-upgrade       values of every type through pg_upgrade, 15 to 17 and 17 to 18
#   make check-real DATA=dir tests over records that others have published
#   make check-clients       what ODBC, JDBC, node-postgres and psql make of it
#   make check-fuzz          damaged values and random queries, for some minutes
#   make coverage            which lines of src/ the tests reach
#   make soak [MINUTES=30]   mixed work by sessions that stay: their memory must not grow
#   make bench               what each aggregate costs beside PostgreSQL's own
#
# These install what is missing, and work in a throw-away cluster of their own. Plain PGXS
# works too: make && make install && make installcheck [PG_CONFIG=/path/to/pg_config]

# What the extension consists of, each building on those before it.
CONCEPTS = rating_summary rating_statistics business_calendar duration_summary \
	churn_summary revenue_summary survival_summary activity_days retention_summary \
	journey_stage customer_journey window_funnel funnel_summary flow_summary live_rollup

HOUSE = demo check check-matrix check-sanitize check-static check-upgrade check-real \
	check-clients check-fuzz coverage soak bench

ifneq (,$(filter $(HOUSE),$(MAKECMDGOALS)))

# A bare machine has no pg_config, and PGXS has a "check" of its own: so one world or the other.
.PHONY: $(MAKECMDGOALS)
$(HOUSE):
	@tools/$@
$(filter-out $(HOUSE),$(MAKECMDGOALS)):
	@$(MAKE) $@

else

EXTENSION = cxm
EXTVERSION := $(shell sed -n 's/^\t"version": "\(.*\)",$$/\1/p' META.json)
SCRIPT = $(EXTENSION)--$(EXTVERSION).sql

MODULE_big = $(EXTENSION)
OBJS = $(patsubst %.c,%.o,$(wildcard src/*.c src/core/*.c))
DATA = $(wildcard sql/$(EXTENSION)--*--*.sql)
DATA_built = $(SCRIPT)
EXTRA_CLEAN = $(EXTENSION).control $(EXTENSION)--*.sql test/results test/regression.*

TESTS := $(patsubst test/sql/%.sql,%,$(sort $(wildcard test/sql/*.sql)))
REGRESS := $(filter $(TESTS),$(CONCEPTS)) $(filter-out $(CONCEPTS),$(TESTS))
# pg_regress prefers inputs beside its outputs: in sql/ it would find the install scripts' parts.
REGRESS_OPTS = --inputdir=test --outputdir=test
ISOLATION := $(patsubst test/specs/%.spec,%,$(sort $(wildcard test/specs/*.spec)))
ISOLATION_OPTS = --inputdir=test

PG_CONFIG = pg_config
# The server's headers are not ours to warn about.
PG_CPPFLAGS = -isystem $(shell $(PG_CONFIG) --includedir-server) -DCXM_VERSION=\"$(EXTVERSION)\"
PG_CFLAGS = -Wall -Wextra
PGXS := $(or $(shell $(PG_CONFIG) --pgxs),$(error No pg_config; PG_CONFIG=/path/to/it names one))
include $(PGXS)

# What the module calls by name is its own, whatever names another library in the server has: until
# version 16 PostgreSQL lets a module's names be seen by all.
ifeq ($(PORTNAME),linux)
SHLIB_LINK += -Wl,-Bsymbolic-functions
endif

$(OBJS) $(OBJS:.o=.bc): $(wildcard src/*.h src/core/*.h) META.json Makefile

$(EXTENSION).control: $(EXTENSION).control.in META.json
	sed 's/@VERSION@/$(EXTVERSION)/' $< >$@

$(SCRIPT): sql/$(EXTENSION).sql $(CONCEPTS:%=sql/%.sql) META.json Makefile
	cat $(filter %.sql,$^) >$@

endif
