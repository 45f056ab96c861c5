SELECT date_trunc('month', day)::date AS month, team, resolved(sum(s)) AS resolved,
	in_hours(median_duration(sum(s))) AS median_hours, {{ score_columns('share', 'sum(in_time)') }}
FROM {{ ref('daily_service') }}
GROUP BY 1, 2
