SELECT {{ day_of('opened_at') }} AS day, segments[1] AS segment, channel, team,
	opened_at, resolved_at,
	CASE WHEN resolved_at IS NOT NULL THEN
		business_time(calendar, tstzmultirange(tstzrange(opened_at, resolved_at))
			- coalesce(paused, '{}')) <= resolution_target END AS in_time
FROM {{ source('relations', 'ticket') }}
LEFT JOIN {{ source('relations', 'customer') }} USING (tenant, customer)
