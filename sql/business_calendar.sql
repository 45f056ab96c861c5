--
-- business_calendar: opening hours that follow the local clock of a time zone
--

CREATE TYPE business_calendar;

CREATE FUNCTION business_calendar_in(cstring) RETURNS business_calendar
	AS 'MODULE_PATHNAME', 'business_calendar_in' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION business_calendar_in(cstring) IS
	'input of business_calendar';

CREATE FUNCTION business_calendar_out(business_calendar) RETURNS cstring
	AS 'MODULE_PATHNAME', 'business_calendar_out' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION business_calendar_out(business_calendar) IS
	'output of business_calendar as canonical text';

CREATE FUNCTION business_calendar_recv(internal) RETURNS business_calendar
	AS 'MODULE_PATHNAME', 'business_calendar_recv' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION business_calendar_recv(internal) IS
	'binary input of business_calendar';

CREATE FUNCTION business_calendar_send(business_calendar) RETURNS bytea
	AS 'MODULE_PATHNAME', 'business_calendar_send' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION business_calendar_send(business_calendar) IS
	'binary output of business_calendar';

CREATE TYPE business_calendar (
	INPUT = business_calendar_in,
	OUTPUT = business_calendar_out,
	RECEIVE = business_calendar_recv,
	SEND = business_calendar_send,
	INTERNALLENGTH = VARIABLE,
	ALIGNMENT = int4,
	STORAGE = extended
);
COMMENT ON TYPE business_calendar IS
	'opening hours by day of the week, in a time zone, with dates that are exceptions';

--
-- Operators
--

CREATE FUNCTION business_calendar_eq(a business_calendar, b business_calendar) RETURNS boolean
	AS 'MODULE_PATHNAME', 'business_calendar_eq' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION business_calendar_eq(business_calendar, business_calendar) IS
	'are the calendars equal';

CREATE FUNCTION business_calendar_ne(a business_calendar, b business_calendar) RETURNS boolean
	AS 'MODULE_PATHNAME', 'business_calendar_ne' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION business_calendar_ne(business_calendar, business_calendar) IS
	'do the calendars differ';

CREATE FUNCTION business_calendar_hash(business_calendar) RETURNS integer
	AS 'MODULE_PATHNAME', 'business_calendar_hash' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION business_calendar_hash(business_calendar) IS
	'hash of a calendar';

CREATE FUNCTION business_calendar_hash_extended(business_calendar, bigint) RETURNS bigint
	AS 'MODULE_PATHNAME', 'business_calendar_hash_extended'
	LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION business_calendar_hash_extended(business_calendar, bigint) IS
	'hash of a calendar with a seed';

CREATE OPERATOR = (
	LEFTARG = business_calendar, RIGHTARG = business_calendar, FUNCTION = business_calendar_eq,
	COMMUTATOR = =, NEGATOR = <>, RESTRICT = eqsel, JOIN = eqjoinsel, HASHES
);
COMMENT ON OPERATOR = (business_calendar, business_calendar) IS 'equal';

CREATE OPERATOR <> (
	LEFTARG = business_calendar, RIGHTARG = business_calendar, FUNCTION = business_calendar_ne,
	COMMUTATOR = <>, NEGATOR = =, RESTRICT = neqsel, JOIN = neqjoinsel
);
COMMENT ON OPERATOR <> (business_calendar, business_calendar) IS 'not equal';

CREATE OPERATOR FAMILY business_calendar_ops USING hash;
COMMENT ON OPERATOR FAMILY business_calendar_ops USING hash IS 'equality of calendars, by hash';

CREATE OPERATOR CLASS business_calendar_ops
	DEFAULT FOR TYPE business_calendar USING hash FAMILY business_calendar_ops AS
	OPERATOR 1 =,
	FUNCTION 1 business_calendar_hash(business_calendar),
	FUNCTION 2 business_calendar_hash_extended(business_calendar, bigint);
COMMENT ON OPERATOR CLASS business_calendar_ops USING hash IS 'equality of calendars, by hash';

--
-- Readings
--

CREATE FUNCTION business_time(
	calendar business_calendar, starts_at timestamptz, ends_at timestamptz
) RETURNS interval
	AS 'MODULE_PATHNAME', 'business_time' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION business_time(business_calendar, timestamptz, timestamptz) IS
	'real time that passes within opening hours';

CREATE FUNCTION business_time(calendar business_calendar, times tstzmultirange) RETURNS interval
	AS 'MODULE_PATHNAME', 'business_time_multirange' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION business_time(business_calendar, tstzmultirange) IS
	'real time that passes within opening hours, of all the times given';

CREATE FUNCTION business_deadline(
	calendar business_calendar, starts_at timestamptz, allowed interval
) RETURNS timestamptz
	AS 'MODULE_PATHNAME', 'business_deadline' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION business_deadline(business_calendar, timestamptz, interval) IS
	'the first moment at which so much business time has passed';

CREATE FUNCTION is_business_time(calendar business_calendar, at timestamptz) RETURNS boolean
	AS 'MODULE_PATHNAME', 'business_time_at' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION is_business_time(business_calendar, timestamptz) IS
	'is it within opening hours';

CREATE FUNCTION business_spans(
	calendar business_calendar, starts_at timestamptz, ends_at timestamptz
) RETURNS SETOF tstzrange
	AS 'MODULE_PATHNAME', 'business_spans' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE ROWS 100;
COMMENT ON FUNCTION business_spans(business_calendar, timestamptz, timestamptz) IS
	'the times within opening hours, each as long as it goes on without a break';
