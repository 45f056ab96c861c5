-- The business hours between two moments, day by day, in the calendar that the tickets of the demo
-- company have: plain SQL, which knows nothing of the extension.
CREATE FUNCTION hours_open(from_at timestamptz, to_at timestamptz) RETURNS numeric
RETURN (
	SELECT coalesce(sum(extract(epoch FROM least(local_end, day + interval '20 hours')
			- greatest(local_start, day + interval '8 hours'))), 0) / 3600
	FROM (SELECT from_at AT TIME ZONE 'Asia/Kolkata', to_at AT TIME ZONE 'Asia/Kolkata')
			l (local_start, local_end),
		LATERAL generate_series(local_start::date::timestamp, local_end, '1 day') day
	WHERE extract(isodow FROM day) < 7
		AND day <> ALL ('{2025-01-26, 2025-08-15, 2025-10-02}'::timestamp[])
		AND least(local_end, day + interval '20 hours')
			> greatest(local_start, day + interval '8 hours'));
