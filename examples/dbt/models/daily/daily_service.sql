SELECT day, segment, channel, team, ttr_agg(opened_at, resolved_at) AS s,
	share_agg(in_time) AS in_time
FROM {{ ref('stg_ticket') }}
{{ days_to_count(ref('stg_ticket'), 'resolved_at', 'sum(resolved(s))', 'sum(unresolved(s))') }}
GROUP BY day, segment, channel, team
