-- What the report draws its charts with. A query that is copied without them needs nothing of this.

-- A bar from the axis' zero (or from its end nearest to zero) to an interval, which is shaded:
-- solid is what is certain, shaded what is possible.
CREATE OR REPLACE FUNCTION pg_temp.bar(lower double precision, upper double precision,
	axis_from double precision, axis_to double precision, width integer DEFAULT 30) RETURNS text
RETURN (
	SELECT string_agg(
		CASE
			WHEN lower < cell_to AND upper > cell_from THEN '▒'
			WHEN lower >= cell_to AND cell_from >= axis_zero THEN '█'
			WHEN upper <= cell_from AND cell_to <= axis_zero THEN '█'
			ELSE ' '
		END, '' ORDER BY cell)
	FROM greatest(axis_from, least(0, axis_to)) AS axis_zero,
		 generate_series(0, width - 1) AS cell,
		 LATERAL (SELECT axis_from + (axis_to - axis_from) * cell / width,
						 axis_from + (axis_to - axis_from) * (cell + 1) / width)
			 AS cells (cell_from, cell_to));

-- A line of small columns, one for each value; a gap where there is none.
CREATE OR REPLACE FUNCTION pg_temp.sparkline(points double precision[],
	axis_from double precision, axis_to double precision) RETURNS text
RETURN (
	SELECT string_agg(
		CASE
			WHEN point IS NULL THEN ' '
			ELSE substr('▁▂▃▄▅▆▇█', 1 + least(7, greatest(0,
				floor(8 * (point - axis_from) / (axis_to - axis_from))::integer)), 1)
		END, '' ORDER BY nth)
	FROM unnest(points) WITH ORDINALITY AS series (point, nth));
