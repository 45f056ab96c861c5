-- What the days add up to is what all rows make. Where a day has lost all its rows this fails, and
-- dbt build --full-refresh puts it right.
SELECT 'nps' AS what FROM (SELECT sum(s) AS s FROM {{ ref('daily_nps') }}) AS stored
CROSS JOIN (SELECT nps_agg(answer) AS s FROM {{ ref('stg_nps') }}) AS rows WHERE stored.s <> rows.s
UNION ALL
SELECT 'service' FROM (SELECT sum(s) AS s FROM {{ ref('daily_service') }}) AS stored
CROSS JOIN (SELECT ttr_agg(opened_at, resolved_at) AS s FROM {{ ref('stg_ticket') }}) AS rows
WHERE stored.s <> rows.s
