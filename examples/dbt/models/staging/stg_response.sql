SELECT {{ day_of('asked_at') }} AS day, segments[1] AS segment, channel, metric, answer
FROM {{ source('relations', 'response') }}
LEFT JOIN {{ source('relations', 'customer') }} USING (tenant, customer)
