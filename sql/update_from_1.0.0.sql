\echo Use "ALTER EXTENSION cxm UPDATE" to load this file. \quit

--
-- Support functions move into a schema of their own. It comes first: an update that is refused has
-- done nothing.
--

DO $$
BEGIN
	IF pg_catalog.to_regnamespace('cxm_internal') IS NOT NULL THEN
		RAISE EXCEPTION 'schema "cxm_internal" already exists'
			USING ERRCODE = 'duplicate_schema',
				DETAIL = 'The extension keeps its support functions in a schema of this name.',
				HINT = 'Rename or drop the schema that is there.';
	END IF;
END
$$;
CREATE SCHEMA cxm_internal;
COMMENT ON SCHEMA cxm_internal IS
	'support functions of cxm: what its types, operators and aggregates are made of';
GRANT USAGE ON SCHEMA cxm_internal TO PUBLIC;

-- What types, operators, casts and aggregates of ours call, but for readings that end an aggregate.
DO $$
DECLARE
	path text := pg_catalog.current_setting('search_path');
	support regprocedure;
BEGIN
	PERFORM pg_catalog.set_config('search_path', 'pg_catalog, pg_temp', true);
	FOR support IN
		WITH member AS (
			SELECT classid, objid FROM pg_depend
			WHERE deptype = 'e' AND refclassid = 'pg_extension'::regclass
				AND refobjid = (SELECT oid FROM pg_extension WHERE extname = 'cxm')
		), called (caller, class, function) AS (
			SELECT oid, 'pg_type'::regclass,
				unnest(ARRAY[typinput, typoutput, typreceive, typsend]::oid[])
			FROM pg_type
			UNION ALL SELECT aggfnoid, 'pg_proc',
				unnest(ARRAY[aggtransfn, aggcombinefn, aggmtransfn, aggminvtransfn]::oid[])
			FROM pg_aggregate
			UNION ALL SELECT aggfnoid, 'pg_proc', aggfinalfn
			FROM pg_aggregate JOIN pg_proc p ON p.oid = aggfinalfn
			WHERE proname LIKE '%\_final'
			UNION ALL SELECT oid, 'pg_operator', oprcode FROM pg_operator
			UNION ALL SELECT oid, 'pg_cast', castfunc FROM pg_cast
			UNION ALL SELECT amprocfamily, 'pg_opfamily', amproc FROM pg_amproc
		)
		SELECT function FROM called
		WHERE (class, caller) IN (TABLE member)
			AND ('pg_proc'::regclass, function) IN (TABLE member)
		GROUP BY function
	LOOP
		EXECUTE format('ALTER FUNCTION %s SET SCHEMA cxm_internal', support);
	END LOOP;
	PERFORM set_config('search_path', path, true);
END
$$;

--
-- Live rollups are the extension cxm_live, which cannot be created from here. Where there are none,
-- their functions go. Else triggers call them: they are let go of, and cxm_live takes them over.
-- The event triggers go in any case: they are for those who ask for them.
--

DROP EVENT TRIGGER cxm_watch_tables;
DROP EVENT TRIGGER cxm_watch_drops;
DO $$
BEGIN
	DROP VIEW cxm_rollups;
	DROP FUNCTION cxm_maintain_rollup(), cxm_rollup_states(), cxm_watch_tables(),
		cxm_create_rollup(text, text, boolean), cxm_rebuild_rollup(text), cxm_verify_rollup(text),
		cxm_drop_rollup(text);
	DROP PROCEDURE cxm_compact_rollup(text);
EXCEPTION WHEN dependent_objects_still_exist THEN
	ALTER EXTENSION cxm DROP VIEW cxm_rollups;
	ALTER EXTENSION cxm DROP FUNCTION cxm_maintain_rollup();
	ALTER EXTENSION cxm DROP FUNCTION cxm_rollup_states();
	ALTER EXTENSION cxm DROP FUNCTION cxm_watch_tables();
	ALTER EXTENSION cxm DROP FUNCTION cxm_create_rollup(text, text, boolean);
	ALTER EXTENSION cxm DROP PROCEDURE cxm_compact_rollup(text);
	ALTER EXTENSION cxm DROP FUNCTION cxm_rebuild_rollup(text);
	ALTER EXTENSION cxm DROP FUNCTION cxm_verify_rollup(text);
	ALTER EXTENSION cxm DROP FUNCTION cxm_drop_rollup(text);
	RAISE WARNING 'live rollups are the extension cxm_live from version 2.0.0 on'
		USING DETAIL = 'Those that there are follow their tables as before, but not what becomes '
			'of their partitions.',
		HINT = 'As a superuser: CREATE EXTENSION cxm_live;';
END
$$;

--
-- The result of tests, which several concepts share. A column that holds one keeps it, without its
-- standard error; a view goes on to show what it showed.
--

ALTER TYPE test_result ADD ATTRIBUTE std_error double precision CASCADE;
COMMENT ON TYPE test_result IS
	'a difference of two figures: its interval, test statistic, two-sided p-value, standard error';

--
-- Answers need not be whole numbers: what returned integers stays for the views and tables that
-- have it, and others take the names.
--

ALTER TYPE answer_share SET SCHEMA cxm_internal;
ALTER TYPE cxm_internal.answer_share RENAME TO whole_answer_share;
COMMENT ON TYPE cxm_internal.whole_answer_share IS
	'answer_share as it was in 1.0.0';
ALTER FUNCTION distribution(rating_summary) SET SCHEMA cxm_internal;
COMMENT ON FUNCTION cxm_internal.distribution(rating_summary) IS
	'distribution as it was in 1.0.0';
ALTER FUNCTION valid_answer(double precision, text) SET SCHEMA cxm_internal;
COMMENT ON FUNCTION cxm_internal.valid_answer(double precision, text) IS
	'valid_answer as it was in 1.0.0';

CREATE TYPE answer_share AS (answer double precision, responses bigint, share double precision);
COMMENT ON TYPE answer_share IS
	'one answer of a scale, how many gave it, and their share of all responses';
CREATE FUNCTION distribution(s rating_summary) RETURNS SETOF answer_share
	AS 'MODULE_PATHNAME', 'rating_answer_shares' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE ROWS 11;
COMMENT ON FUNCTION distribution(rating_summary) IS
	'every answer of the scale, from the worst, with its responses and their share';

--
-- Weighted states are larger
--

DO $$
DECLARE
	weighted regprocedure;
	transition regproc;
	inverse regproc;
BEGIN
	FOR weighted, transition, inverse IN
		SELECT aggfnoid, aggtransfn, aggminvtransfn FROM pg_catalog.pg_aggregate
		WHERE aggtransfn IN (SELECT objid FROM pg_catalog.pg_depend
				JOIN pg_catalog.pg_extension e ON e.oid = refobjid
			WHERE classid = 'pg_catalog.pg_proc'::pg_catalog.regclass AND deptype = 'e'
				AND refclassid = 'pg_catalog.pg_extension'::pg_catalog.regclass
				AND extname = 'cxm')
			AND aggtransspace = 232
	LOOP
		EXECUTE pg_catalog.format('CREATE OR REPLACE AGGREGATE %s.%I(%s) (
			STYPE = rating_summary, SSPACE = 424,
			SFUNC = %4$s, COMBINEFUNC = cxm_internal.rating_summary_combine,
			FINALFUNC = cxm_internal.rating_summary_final,
			MSTYPE = rating_summary, MSSPACE = 424,
			MSFUNC = %4$s, MINVFUNC = %5$s,
			MFINALFUNC = cxm_internal.rating_summary_final,
			PARALLEL = SAFE)', pronamespace::pg_catalog.regnamespace, proname,
			pg_catalog.pg_get_function_arguments(oid), transition,
			inverse)
		FROM pg_catalog.pg_proc WHERE oid = weighted;
	END LOOP;
END
$$;

--
-- Business days
--

CREATE FUNCTION business_days(calendar business_calendar, starts_on date, ends_on date)
	RETURNS integer
	AS 'MODULE_PATHNAME', 'business_days' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION business_days(business_calendar, date, date) IS
	'number of business days, those on which hours begin, from one date to another, both included';

--
-- Clocks that stand still, and times that are not over
--

CREATE FUNCTION business_time_until(calendar business_calendar, times tstzmultirange,
	as_of timestamptz) RETURNS interval
	AS 'MODULE_PATHNAME', 'business_time_until' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION business_time_until(business_calendar, tstzmultirange, timestamptz) IS
	'the same up to a moment: what goes on still, or without an end, counts until then';

CREATE FUNCTION business_deadline(calendar business_calendar, starts_at timestamptz,
	allowed interval, pauses tstzmultirange) RETURNS timestamptz
	AS 'MODULE_PATHNAME', 'business_deadline_multirange' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION business_deadline(business_calendar, timestamptz, interval, tstzmultirange) IS
	'the deadline of a clock that stands still in the pauses; infinity while the last is open';

CREATE FUNCTION business_deadline(calendar business_calendar, starts_at timestamptz,
	allowed interval, pauses tstzrange) RETURNS timestamptz
	AS 'MODULE_PATHNAME', 'business_deadline_range' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION business_deadline(business_calendar, timestamptz, interval, tstzrange) IS
	'the deadline of a clock that stands still in a pause; infinity while it is open';

CREATE FUNCTION business_deadline(calendar business_calendar, starts_at timestamptz,
	allowed interval, pauses text) RETURNS timestamptz
	AS 'MODULE_PATHNAME', 'business_deadline_text' LANGUAGE C STABLE PARALLEL SAFE;
COMMENT ON FUNCTION business_deadline(business_calendar, timestamptz, interval, text) IS
	'the same, of a multirange or a range in a literal whose type is not said';

--
-- Customers who had been customers before
--

CREATE FUNCTION reactivated_customers(s churn_summary) RETURNS bigint
	AS 'MODULE_PATHNAME', 'churn_reactivated_customers' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION reactivated_customers(churn_summary) IS
	'customers at the end but not at the start who had been customers at some time before';
COMMENT ON FUNCTION new_customers(churn_summary) IS
	'customers at the end but not at the start, nor, where ranges tell, at any time before';

--
-- Days of activity within a range, and of moments
--

@set type = activity_days
@set state = 64

@reading signature | returns | symbol | comment
day_count(a activity_days, period daterange) | integer | activity_days_within |
	number of days within a range of dates
active_between(a activity_days, period daterange) | boolean | activity_active_between |
	is any day of a range of dates one of the set

@set_transition signature | transition | comment
activity(timestamptz, text) | activity_moment_transition |
	the day of a moment in a time zone to the set

@set_aggregate signature | step | comment
activity_agg(at timestamptz, zone text) | activity |
	set of the days, in a time zone, on which a customer was active; NULLs are skipped

--
-- Retention since a start, by brackets, periods and hours; and how sure it is
--

ALTER TYPE retention_step ADD ATTRIBUTE of_previous double precision CASCADE;
COMMENT ON TYPE retention_step IS
	'a period since the first day: customers for whom it has ended, those of them who came back, '
	'their share, and that share over the one of the period before';
COMMENT ON FUNCTION bucket_of(retention_summary) IS
	'the periods: day, week, month, quarter or year and where it begins, days, hours, brackets, '
	'dates';
COMMENT ON FUNCTION kind_of(retention_summary) IS
	'what counts as coming back: on, on_or_after or again';

@set type = retention_summary
@set state = 108

@reading signature | returns | symbol | comment
active_before_start(s retention_summary) | bigint | retention_active_before_start |
	customers who were active before their start; NULL where they start with an activity

@interval signature | symbol | comment
retention(s retention_summary, n integer, level double precision DEFAULT 0.95) |
	retention_retention |
	confidence interval of retention in period n, 0 to 1 (Wilson)

@reading signature | returns | symbol | comment
retention_test(a retention_summary, b retention_summary, n integer,
	level double precision DEFAULT 0.95) | test_result | retention_retention_test |
	tests whether retention(a, n) differs from retention(b, n): Newcombe interval and pooled z

@transition signature | transition | inverse | comment
retention_start(activity_days, text, date, date) |
	retention_start_transition | retention_start_inverse |
	a customer by days of activity and start
retention_start(activity_days, text, date, date, text) |
	retention_start_transition | retention_start_inverse |
	a customer by days of activity, start and kind
retention_periods(activity_days, daterange[], date) |
	retention_periods_transition | retention_periods_inverse |
	a customer by days of activity and periods
retention_periods(activity_days, daterange[], date, text) |
	retention_periods_transition | retention_periods_inverse |
	a customer by days of activity, periods and kind
retention_periods_start(activity_days, daterange[], date, date) |
	retention_periods_start_transition | retention_periods_start_inverse |
	a customer by days of activity, periods and start
retention_periods_start(activity_days, daterange[], date, date, text) |
	retention_periods_start_transition | retention_periods_start_inverse |
	a customer by days of activity, periods, start and kind
retention_hours(timestamptz[], text, timestamptz) |
	retention_hours_transition | retention_hours_inverse |
	a customer by moments of activity
retention_hours(timestamptz[], text, timestamptz, text) |
	retention_hours_transition | retention_hours_inverse |
	a customer by moments of activity and kind
retention_hours_start(timestamptz[], text, timestamptz, timestamptz) |
	retention_hours_start_transition | retention_hours_start_inverse |
	a customer by moments of activity and start
retention_hours_start(timestamptz[], text, timestamptz, timestamptz, text) |
	retention_hours_start_transition | retention_hours_start_inverse |
	a customer by moments of activity, start and kind

@aggregate signature | step | comment
retention_agg(days activity_days, bucket text, as_of date, started date) | retention_start |
	summary of who was active on a day of each period since a start that need not be an activity
	(days, bucket, as_of, started)
retention_agg(days activity_days, bucket text, as_of date, started date, kind text) |
	retention_start |
	summary of who was active in each period since a start that need not be an activity (days,
	bucket, as_of, started, kind)
retention_periods_agg(days activity_days, periods daterange[], as_of date) | retention_periods |
	summary of who was active on a day of each of these periods since that of the first day
retention_periods_agg(days activity_days, periods daterange[], as_of date, kind text) |
	retention_periods |
	summary of who was active in each of these periods since that of the first day, by kind
retention_periods_agg(days activity_days, periods daterange[], as_of date, started date) |
	retention_periods_start |
	summary of who was active on a day of each of these periods since that of a start
retention_periods_agg(days activity_days, periods daterange[], as_of date, started date,
	kind text) | retention_periods_start |
	summary of who was active in each of these periods since that of a start, by kind
retention_hours_agg(moments timestamptz[], bucket text, as_of timestamptz) | retention_hours |
	summary of who was active in each window of so many hours since the first moment
retention_hours_agg(moments timestamptz[], bucket text, as_of timestamptz, kind text) |
	retention_hours |
	summary of who was active in each window of so many hours since the first moment, by kind
retention_hours_agg(moments timestamptz[], bucket text, as_of timestamptz, started timestamptz) |
	retention_hours_start |
	summary of who was active in each window of so many hours since a start
retention_hours_agg(moments timestamptz[], bucket text, as_of timestamptz, started timestamptz,
	kind text) | retention_hours_start |
	summary of who was active in each window of so many hours since a start, by kind

--
-- Funnels: what becomes of an event that could be several steps, and of names such as 2:trial, is
-- another question without an argument that says so. Views and functions that ask it are listed.
--

DO $$
DECLARE
	caller text;
BEGIN
	FOR caller IN
		SELECT DISTINCT pg_catalog.pg_describe_object(
			CASE d.classid WHEN 'pg_catalog.pg_rewrite'::pg_catalog.regclass
				THEN 'pg_catalog.pg_class'::pg_catalog.regclass ELSE d.classid END,
			CASE d.classid WHEN 'pg_catalog.pg_rewrite'::pg_catalog.regclass
				THEN (SELECT ev_class FROM pg_catalog.pg_rewrite r WHERE r.oid = d.objid)
				ELSE d.objid END, 0)
		FROM pg_catalog.pg_depend d JOIN pg_catalog.pg_proc p ON p.oid = d.refobjid
			JOIN pg_catalog.pg_depend member ON member.classid = d.refclassid
				AND member.objid = d.refobjid AND member.deptype = 'e'
			JOIN pg_catalog.pg_extension e ON e.oid = member.refobjid AND e.extname = 'cxm'
		WHERE d.refclassid = 'pg_catalog.pg_proc'::pg_catalog.regclass AND d.deptype = 'n'
			AND (p.proname = 'window_funnel' AND p.proargtypes[0] = 'interval'::pg_catalog.regtype
				OR p.proname = 'journey_agg' AND p.proargtypes[1] = 'text'::pg_catalog.regtype)
		ORDER BY 1
	LOOP
		RAISE WARNING '% may show other figures from now on', caller
			USING DETAIL = 'window_funnel without a mode counts each row once, and journey_agg '
				'of a text takes digits and a colon in front as part of the name.',
			HINT = 'As before it is window_funnel(''any'', ...), and journey_agg(at, '
				'stage::journey_stage) where stages have ranks.';
	END LOOP;
END
$$;

CREATE OR REPLACE FUNCTION cxm_internal.journey_transition(customer_journey, timestamptz, text)
	RETURNS customer_journey
	AS 'MODULE_PATHNAME', 'journey_transition_name' LANGUAGE C IMMUTABLE PARALLEL SAFE;

@template funnel_default
CREATE OR REPLACE FUNCTION cxm_internal.window_funnel_transition(bytea, @types@) RETURNS bytea
	AS 'MODULE_PATHNAME', '@transition@' LANGUAGE C IMMUTABLE PARALLEL SAFE;
@end

@funnel_default signature | transition
f(w interval, at timestamptz, s1 boolean) | window_funnel_ordered_transition
f(w interval, at timestamptz, s1 boolean, s2 boolean) | window_funnel_ordered_transition
f(w interval, at timestamptz, s1 boolean, s2 boolean, s3 boolean) |
	window_funnel_ordered_transition
f(w interval, at timestamptz, s1 boolean, s2 boolean, s3 boolean, s4 boolean) |
	window_funnel_ordered_transition
f(w interval, at timestamptz, s1 boolean, s2 boolean, s3 boolean, s4 boolean, s5 boolean) |
	window_funnel_ordered_transition
f(w interval, at timestamptz, s1 boolean, s2 boolean, s3 boolean, s4 boolean, s5 boolean,
	s6 boolean) |
	window_funnel_ordered_transition
f(w interval, at timestamptz, s1 boolean, s2 boolean, s3 boolean, s4 boolean, s5 boolean,
	s6 boolean, s7 boolean) |
	window_funnel_ordered_transition
f(w interval, at timestamptz, s1 boolean, s2 boolean, s3 boolean, s4 boolean, s5 boolean,
	s6 boolean, s7 boolean, s8 boolean) |
	window_funnel_ordered_transition
f(w interval, at timestamptz, VARIADIC s boolean[]) | window_funnel_ordered_array_transition
f(w interval, at timestamptz, stage journey_stage, s text[]) |
	window_funnel_ordered_stage_transition
f(w interval, at timestamptz, label text, s text[]) | window_funnel_ordered_text_transition

--
-- Journeys of a known order at one time, and what funnels take beside steps, window and mode
--

@set type = customer_journey
@set state = 128
@set_transition signature | transition | comment
journey(timestamptz, bigint, journey_stage) | journey_transition_sequence_stage |
	an event with its place among those of one time
journey(timestamptz, bigint, text) | journey_transition_sequence_name |
	an event with its place among those of one time, its stage named in text

@set_aggregate signature | step | comment
journey_agg(at timestamptz, sequence bigint, stage journey_stage) | journey |
	the journey of a customer, events of one time in the order of their sequence
journey_agg(at timestamptz, sequence bigint, stage text) | journey |
	the same, of stages that are named in text

@template window_funnel
CREATE FUNCTION cxm_internal.window_funnel_transition(bytea, @types@) RETURNS bytea
	AS 'MODULE_PATHNAME', '@transition@' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION cxm_internal.window_funnel_transition(bytea, @types@) IS
	'adds an event with the steps that it matches';

CREATE AGGREGATE @signature@ (
	STYPE = bytea, SSPACE = 128, SFUNC = cxm_internal.window_funnel_transition,
	COMBINEFUNC = cxm_internal.window_funnel_combine, FINALFUNC = cxm_internal.window_funnel_final,
	PARALLEL = SAFE
);
COMMENT ON AGGREGATE window_funnel(@types@) IS
	'how many of the steps a customer reached, in order and within the window';
@end

@window_funnel signature | transition
window_funnel(mode text, within interval, at timestamptz, stage journey_stage, steps text[],
	exclude text[]) | window_funnel_mode_stage_transition
window_funnel(mode text, within interval, at timestamptz, label text, steps text[],
	exclude text[]) | window_funnel_mode_text_transition
window_funnel(mode text, within interval, at timestamptz, stage journey_stage, steps text[],
	exclude text[], step_limits text[]) | window_funnel_mode_stage_transition
window_funnel(mode text, within interval, at timestamptz, label text, steps text[],
	exclude text[], step_limits text[]) | window_funnel_mode_text_transition

@reading signature | returns | symbol | attributes | comment
funnel_level(j customer_journey, steps text[], within interval, mode text, exclude text[],
	step_limits text[] DEFAULT NULL) | integer | funnel_level | IMMUTABLE PARALLEL SAFE |
	the same without the stages that are excluded, each step within its limit since the one before
funnel_times(j customer_journey, steps text[], within interval, mode text, exclude text[],
	step_limits text[] DEFAULT NULL) | timestamptz[] | funnel_times | IMMUTABLE PARALLEL SAFE |
	the same without the stages that are excluded, each step within its limit since the one before
funnel_count(j customer_journey, steps text[], within interval DEFAULT NULL,
	mode text DEFAULT 'ordered', exclude text[] DEFAULT NULL,
	step_limits text[] DEFAULT NULL) | bigint | funnel_count | IMMUTABLE PARALLEL SAFE |
	how often the journey completed all steps, one time after the other

ALTER TYPE funnel_step ADD ATTRIBUTE of_first bigint CASCADE,
	ADD ATTRIBUTE of_previous bigint CASCADE,
	ADD ATTRIBUTE from_first_lower double precision CASCADE,
	ADD ATTRIBUTE from_first_upper double precision CASCADE,
	ADD ATTRIBUTE from_previous_lower double precision CASCADE,
	ADD ATTRIBUTE from_previous_upper double precision CASCADE,
	ADD ATTRIBUTE median_since_first interval CASCADE;

@reading_of_rows signature | returns | symbol | number | comment
funnel(s funnel_summary, level double precision) | funnel_step | funnel_rows | 5 |
	the same with intervals of another level than 0.95

@reading signature | returns | symbol | comment
funnel_test(a funnel_summary, b funnel_summary, step integer, from_step integer DEFAULT 1,
	level double precision DEFAULT 0.95) | test_result | funnel_test |
	the difference of the shares of journeys that came from one step to another

@set type = funnel_summary
@set state = 512
@transition signature | transition | inverse | comment
funnel(customer_journey, text[], interval, text, timestamptz, text[]) |
	funnel_exclude_transition | funnel_exclude_inverse | a journey
funnel(customer_journey, text[], interval, text, timestamptz, text[], text[]) |
	funnel_limits_transition | funnel_limits_inverse | a journey

@set step = funnel
@set comment = how many journeys reached which step of a funnel
@aggregate signature
funnel_agg(j customer_journey, steps text[], within interval, mode text, as_of timestamptz,
	exclude text[])
funnel_agg(j customer_journey, steps text[], within interval, mode text, as_of timestamptz,
	exclude text[], step_limits text[])

COMMENT ON AGGREGATE journey_agg(timestamptz, text) IS
	'the journey of a customer; a name that is no built-in stage is a label of rank 0';

--
-- sum, the first name of rollup, and comments that read otherwise
--

@only ^(CREATE AGGREGATE sum|COMMENT ON (FUNCTION|AGGREGATE|CAST|OPERATOR))
@summary_type type | rows | state
rating_summary | rows | 36
duration_summary | rows | 800
churn_summary | customers | 16
revenue_summary | customers | 208
survival_summary | customers | 524
retention_summary | customers | 108
funnel_summary | journeys | 512
flow_summary | journeys | 512

@set_type type | letter | noun | nouns | rows | state
activity_days | a | set | sets | days | 64
customer_journey | j | journey | journeys | events | 128

@base_type type | format
business_calendar | text
journey_stage | text

@equality type | noun | nouns
business_calendar | calendar | calendars
journey_stage | stage | stages

COMMENT ON FUNCTION promoters(rating_summary) IS
	'responses from 9 up on the scale 0..10';
COMMENT ON FUNCTION passives(rating_summary) IS
	'responses from 7 up and below 9 on the scale 0..10';
COMMENT ON FUNCTION detractors(rating_summary) IS
	'responses below 7 on the scale 0..10';
COMMENT ON FUNCTION business_deadline(business_calendar, timestamptz, interval) IS
	'so many business days later, then the first moment after so many hours of business time';
COMMENT ON FUNCTION cxm_internal.rating_inverse(rating_summary, boolean) IS
	'takes out true as 1 and false as 0 on the scale 0..1';
COMMENT ON FUNCTION cxm_internal.duration_inverse(duration_summary, interval) IS
	'takes out a duration; NULL is unresolved';
