SELECT date_trunc('month', day)::date AS month, segment, responses(sum(s)) AS responses,
	{{ score_columns('nps', 'sum(s)') }}
FROM {{ ref('daily_nps') }}
GROUP BY 1, 2
