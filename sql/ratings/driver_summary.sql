--
-- driver_summary: what an outcome has to do with each of several drivers
--

@since 2.0.0
@set type = driver_summary
@set category = N
@set rows = rows
@-- With eight drivers whose names are as long as words.
@set state = 1424

@summary_type about
an outcome and what may drive it: how many rows, exact sums of all, and of their products in pairs

CREATE TYPE driver_effect AS (
	driver text,
	mean double precision,
	correlation double precision,
	coefficient double precision,
	std_error double precision,
	p_value double precision,
	vif double precision,
	importance double precision,
	share double precision
);
COMMENT ON TYPE driver_effect IS
	'a driver of an outcome: its mean, its correlation with the outcome, its coefficient in a '
	'linear model of all drivers with standard error and p-value, its variance inflation factor, '
	'what it explains of the variance of the outcome, and which share that is of all explained';

--
-- Readings
--

@reading signature | returns | symbol | comment
r_squared(s driver_summary) | double precision | driver_r_squared |
	share of the variance of the outcome that the drivers explain together, 0 to 1
complete_rows(s driver_summary) | bigint | driver_complete_rows |
	rows that had all values, of which all figures are
incomplete_rows(s driver_summary) | bigint | driver_incomplete_rows |
	rows that had a NULL, which no figure is of
driver_names(s driver_summary) | text[] | driver_driver_names |
	the names of the drivers

@reading_of_rows signature | returns | symbol | number | comment
drivers(s driver_summary) | driver_effect | driver_drivers | 8 |
	what each driver has to do with the outcome, with importance by relative weights (Johnson)
drivers(s driver_summary, method text) | driver_effect | driver_drivers_by_method | 8 |
	what each driver has to do with the outcome; importance by relative_weights or shapley

--
-- Transitions
--

@transition signature | transition | inverse | comment
driver(double precision, double precision[], text[]) | driver_transition | driver_inverse |
	an outcome and its drivers

--
-- Aggregates
--

@aggregate signature | step | comment
driver_agg(outcome double precision, drivers double precision[], names text[]) | driver |
	summary of an outcome and what may drive it, by name; a NULL in it makes a row incomplete
