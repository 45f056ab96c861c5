SELECT day, segment, channel, answer FROM {{ ref('stg_response') }} WHERE metric = 'nps'
