--
-- survival_reasons: for what reasons customers leave, and customers seen only from some age on
--

@since 2.0.0
@set type = survival_summary
@-- With 16 slots and the names of some reasons.
@set state = 512

CREATE TYPE reason_incidence AS (
	reason text,
	t integer,
	events bigint,
	incidence double precision,
	lower double precision,
	upper double precision
);
COMMENT ON TYPE reason_incidence IS
	'a reason, a duration, how many left for it, and the share of all customers that has left for '
	'it by then, with its interval; the reason is NULL where none was given';

--
-- Readings
--

@reading signature | returns | symbol | attributes | comment
cumulative_incidence(s survival_summary, reason text, t integer) | double precision |
	survival_cumulative_incidence | IMMUTABLE PARALLEL SAFE |
	share of customers who have left for a reason by t, 0 to 1 (Aalen-Johansen); for none that is
	known where reason is NULL

@interval signature | symbol | attributes | comment
cumulative_incidence(s survival_summary, reason text, t integer,
	level double precision DEFAULT 0.95) | survival_cumulative_incidence |
	IMMUTABLE PARALLEL SAFE |
	confidence interval of cumulative_incidence, 0 to 1

@reading_of_rows signature | returns | symbol | number | comment
cumulative_incidences(s survival_summary, t integer,
	level double precision DEFAULT 0.95) | reason_incidence | survival_cumulative_incidences | 10 |
	each reason, how many have left for it by t, and its cumulative incidence with the interval
incidence_curve(s survival_summary,
	level double precision DEFAULT 0.95) | reason_incidence | survival_incidence_curve | 100 |
	the cumulative incidence of each reason, by duration

--
-- Transitions
--

@transition signature | transition | inverse | comment
survival_reason(integer, boolean, text) |
	survival_reason_transition | survival_reason_inverse |
	a customer by duration and reason
survival_entry(integer, integer, boolean) |
	survival_entry_transition | survival_entry_inverse |
	a customer by entry and duration
survival_reason(integer, integer, boolean, text) |
	survival_entry_reason_transition | survival_entry_reason_inverse |
	a customer by entry, duration and reason
survival_lifetime_reason(date, date, date, text) |
	survival_lifetime_reason_transition | survival_lifetime_reason_inverse |
	a customer by start, end and reason
survival_entry_lifetime(date, date, date, date) |
	survival_entry_lifetime_transition | survival_entry_lifetime_inverse |
	a customer by entry, start and end
survival_entry_lifetime(date, date, date, date, text) |
	survival_entry_lifetime_transition | survival_entry_lifetime_inverse |
	a customer by entry, start, end and reason

--
-- Aggregates
--

@aggregate signature | step | comment
survival_agg(started date, ended date, as_of date, reason text) | survival_lifetime_reason |
	summary of durations in days, and of the reasons of those that have ended
survival_reason_agg(duration integer, ended boolean, reason text) | survival_reason |
	summary of durations, whether they ended and for what reason; a NULL duration or ended skips
	the row
survival_reason_agg(entry integer, duration integer, ended boolean, reason text) |
	survival_reason |
	the same of customers seen only from the age entry on
survival_entry_agg(entry integer, duration integer, ended boolean) | survival_entry |
	summary of durations and whether they ended, of customers seen only from the age entry on
survival_entry_agg(entered date, started date, ended date, as_of date) |
	survival_entry_lifetime |
	summary of durations in days, of customers seen only from the day entered on
survival_entry_agg(entered date, started date, ended date, as_of date, reason text) |
	survival_entry_lifetime |
	the same with the reasons of those that have ended
