# cxm: customer-experience metrics inside PostgreSQL
#
#   make demo [DATA=dir]     the report of a made-up company, or of your own CSV files
#   make demo ADAPTER=name   the same company in the layout of that system, chatwoot and so on
#   make demo BI=1           its dashboards in Apache Superset
#   make check               every test; the last line reads "N passed, N failed"
#   make check-matrix        the same on each PostgreSQL that Debian has, in chroots
#   make check-sanitize      the same on a PostgreSQL with assertions, under sanitizers
#   make check-static        clang-tidy, cppcheck and scan-build: nothing to report
#   make check-upgrade       values of every type through pg_upgrade, 15 to 17 and 17 to 18
#   make check-real DATA=dir tests over records that others have published
#   make check-clients       what ODBC, JDBC, node-postgres and psql make of it
#   make check-fuzz          damaged values and random queries, for some minutes
#   make check-bi            dashboards in Apache Superset, dbt, SQLAlchemy, psycopg and sqlglot
#   make coverage            which lines of src/ the tests reach
#   make soak [MINUTES=30]   mixed work by sessions that stay: their memory must not grow
#   make bench               what each aggregate costs beside PostgreSQL's own
#   make deb [SUITES=...]    Debian packages for each PostgreSQL, tried without a compiler
#   make dist                the archive of a release, of what is committed
#
# These install what is missing, and work in a throw-away cluster of their own. Plain PGXS
# works too: make && make install && make installcheck [PG_CONFIG=/path/to/pg_config]

# What the extension consists of, by family, each concept building on those before it.
CONCEPTS = ratings/rating_summary ratings/survey_answer ratings/rating_statistics \
	ratings/rating_intervals ratings/share ratings/share_prior ratings/predicted_count \
	ratings/suppression ratings/ratio_summary ratings/driver_summary ratings/shift_summary \
	service/business_calendar service/duration_summary service/duration_targets \
	service/duration_intervals service/contact_centre service/time_units customers/valid_range \
	customers/churn_summary customers/churn_reasons customers/revenue_summary \
	customers/revenue_movements customers/survival_summary customers/survival_reasons \
	customers/survival_comparison customers/activity_days customers/retention_summary \
	customers/lifecycle_summary customers/purchase_summary customers/spend_summary \
	journeys/journey_stage journeys/customer_journey journeys/journey_periods \
	journeys/journey_parts journeys/journey_conformance journeys/journey_spans \
	journeys/window_funnel journeys/funnel_summary journeys/flow_summary journeys/journey_clock

# And those of cxm_live, an extension of its own on the same library.
LIVE_CONCEPTS = live/live_rollup

HOUSE = demo check check-bi check-matrix check-sanitize check-static check-upgrade check-real \
	check-clients check-fuzz coverage soak bench deb dist

ifneq (,$(filter $(HOUSE),$(MAKECMDGOALS)))

# A bare machine has no pg_config, and PGXS has a "check" of its own: so one world or the other.
.PHONY: $(MAKECMDGOALS)
$(HOUSE):
	@tools/$@
$(filter-out $(HOUSE),$(MAKECMDGOALS)):
	@$(MAKE) $@

else

EXTENSION = cxm cxm_live
# Where this file is: a build may be elsewhere.
TOP := $(dir $(firstword $(MAKEFILE_LIST)))
# The version stands in cxm.control; a test compares cxm_live.control, META.json and the scripts.
EXTVERSION := $(or $(shell sed -n "s/^default_version *= *'\(.*\)'.*/\1/p" $(TOP)cxm.control), \
	$(error there is no default_version in cxm.control))
SCRIPT = cxm--$(EXTVERSION).sql
LIVE_SCRIPT = cxm_live--$(EXTVERSION).sql
UPDATE_SCRIPT = cxm--1.0.0--$(EXTVERSION).sql

MODULE_big = cxm
OBJS = $(patsubst $(TOP)%.c,%.o,$(wildcard $(TOP)src/*.c $(TOP)src/*/*.c))
# VPATH would find the folders beside the sources.
ifneq ($(TOP),./)
$(shell mkdir -p $(sort $(dir $(OBJS))))
endif
# Released scripts as well: a dump of an old version is restored into it, and then updated.
DATA = $(patsubst $(TOP)%,%,$(wildcard $(TOP)sql/cxm--*--*.sql $(TOP)sql/cxm_live--*--*.sql) \
	$(filter-out %/$(SCRIPT) %/$(LIVE_SCRIPT),$(wildcard $(TOP)test/frozen/*/cxm*--*.sql)))
DATA_built = $(SCRIPT) $(LIVE_SCRIPT) $(UPDATE_SCRIPT)
EXTRA_CLEAN = cxm--*.sql cxm_live--*.sql $(INPUTS) test/results test/regression.*

# The test of a concept lies in its family's folder; test/laws has what is true of all types.
TEST_FOLDERS = ratings service customers journeys live laws
TEST_SQL := $(wildcard $(TEST_FOLDERS:%=$(TOP)test/%/*.sql))
TEST_SPECS := $(wildcard $(TEST_FOLDERS:%=$(TOP)test/%/*.spec))
TESTS := $(sort $(notdir $(TEST_SQL:.sql=)))
ORDERED := $(notdir $(CONCEPTS) $(LIVE_CONCEPTS))
REGRESS := $(filter $(TESTS),$(ORDERED)) $(filter-out $(ORDERED),$(TESTS))
ISOLATION := $(sort $(notdir $(TEST_SPECS:.spec=)))
# pg_regress and isolationtester take all inputs from one folder, where installcheck copies them.
REGRESS_PREP = test-inputs
INPUTS = test/regress
# What the tests print depends neither on the server's locale nor on its encoding.
REGRESS_OPTS = --inputdir=$(INPUTS) --outputdir=test --no-locale --encoding=UTF8
ISOLATION_OPTS = --inputdir=$(INPUTS) --no-locale --encoding=UTF8

PG_CONFIG = pg_config
# The server's headers are not ours to warn about.
PG_CPPFLAGS = -I$(TOP)src -isystem $(shell $(PG_CONFIG) --includedir-server) \
	-DCXM_VERSION=\"$(EXTVERSION)\"
PG_CFLAGS = -Wall -Wextra
PGXS := $(or $(shell $(PG_CONFIG) --pgxs),$(error No pg_config; PG_CONFIG=/path/to/it names one))
include $(PGXS)

# What the module calls by name is its own, whatever names another library in the server has: until
# version 16 PostgreSQL lets a module's names be seen by all.
ifeq ($(PORTNAME),linux)
SHLIB_LINK += -Wl,-Bsymbolic-functions
endif

$(OBJS) $(OBJS:.o=.bc): $(wildcard $(TOP)src/*/*.h) cxm.control Makefile

# For tools/freeze.
.PHONY: regress-schedule
regress-schedule:
	@printf 'test: %s\n' $(REGRESS)

TEMPLATES = sql/templates/expand.awk sql/templates/types.sql sql/templates/functions.sql

$(SCRIPT): $(TEMPLATES) sql/cxm.sql $(CONCEPTS:%=sql/%.sql) cxm.control Makefile
	$(AWK) -f $(filter %.awk,$^) $(filter %.sql,$^) >$@
$(UPDATE_SCRIPT): $(TEMPLATES) sql/update_from_1.0.0.sql $(CONCEPTS:%=sql/%.sql) cxm.control Makefile
	$(AWK) -v from=1.0.0 -f $(filter %.awk,$^) $(filter %.sql,$^) >$@

$(LIVE_SCRIPT): sql/live/cxm_live.sql $(LIVE_CONCEPTS:%=sql/%.sql) cxm.control Makefile
	cat $(filter %.sql,$^) >$@

.PHONY: test-inputs
test-inputs:
	rm -rf $(INPUTS)
	$(MKDIR_P) $(INPUTS)/sql $(INPUTS)/specs
	cp $(TEST_SQL) $(INPUTS)/sql
	cp $(TEST_SPECS) $(INPUTS)/specs
	cp -r $(TOP)expected $(TOP)test/frozen $(wildcard $(TOP)test/*.psql $(TOP)test/*.sql) $(INPUTS)

endif
