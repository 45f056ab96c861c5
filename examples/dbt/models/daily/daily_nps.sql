SELECT day, segment, channel, nps_agg(answer) AS s
FROM {{ ref('stg_nps') }}
{{ days_to_count(ref('stg_nps'), 'answer', 'sum(responses(s))', 'sum(nonresponses(s))') }}
GROUP BY day, segment, channel
