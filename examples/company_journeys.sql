-- The way that people took to the demo company and with it, for company.sql: the relation event. It
-- follows those who became customers in the two years, and those who looked and did not, whose
-- numbers are above 20000. The visits to the portal are events, too, without a stage.

-- The way to the purchase: one in ten walks in and buys, two in ten have heard of the company
-- before, half try the service first, and some of those go back and compare once more.
WITH buyer AS (
	SELECT customer_id AS id, acquired_via, at AS bought_at,
		   pg_temp.dice(customer_id, 60, 100) AS way,
		   pg_temp.dice(customer_id, 61, 100) < 55 AS tries,
		   pg_temp.dice(customer_id, 62, 100) < 20 AS hesitates,
		   60 + 200 * pg_temp.dice(customer_id, 63, 100) AS decides,
		   60 + 200 * pg_temp.dice(customer_id, 64, 100) AS compares,
		   60 + pg_temp.dice(customer_id, 65, 240) * pg_temp.dice(customer_id, 66, 240) AS hears
	FROM touchpoint
	JOIN person ON person.id = customer_id
	WHERE stage = 'purchase'
),
seen AS (
	SELECT id, bought_at AS at, 'purchase' AS stage,
		   CASE acquired_via WHEN 'referral' THEN 'app' ELSE acquired_via END AS channel
	FROM buyer
	UNION ALL
	SELECT id, bought_at - make_interval(mins => decides / 2), 'consideration', 'web'
	FROM buyer WHERE way >= 10 AND tries AND hesitates
	UNION ALL
	SELECT id, bought_at - make_interval(mins => decides), '250:trial', 'app'
	FROM buyer WHERE way >= 10 AND tries
	UNION ALL
	SELECT id, bought_at - make_interval(mins => decides + compares), 'consideration',
		   (ARRAY['web', 'web', 'chat', 'shop'])[1 + pg_temp.dice(id, 67, 4)]
	FROM buyer WHERE way >= 10
	UNION ALL
	SELECT id, bought_at - make_interval(mins => decides + compares + hears), 'awareness',
		   acquired_via
	FROM buyer WHERE way >= 30
),

-- Those who do not buy: half go no further than an advertisement, one in five tries the service.
lead AS (
	SELECT id, pg_temp.dice(id, 60, 100) AS way,
		   timestamptz '2023-12-01 08:00+00'
			   + make_interval(mins => 1440 * pg_temp.dice(id, 68, 762) + pg_temp.dice(id, 69, 720))
			   AS first_at,
		   60 + 200 * pg_temp.dice(id, 64, 100) AS compares,
		   60 + pg_temp.dice(id, 65, 240) * pg_temp.dice(id, 66, 240) AS hears
	FROM generate_series(20001, 32000) AS id
),
lost AS (
	SELECT id, first_at AS at, 'awareness' AS stage,
		   (ARRAY['web', 'web', 'shop', 'partner'])[1 + pg_temp.dice(id, 70, 4)] AS channel
	FROM lead
	UNION ALL
	SELECT id, first_at + make_interval(mins => hears), 'consideration',
		   (ARRAY['web', 'web', 'chat', 'shop'])[1 + pg_temp.dice(id, 67, 4)]
	FROM lead WHERE way >= 50
	UNION ALL
	SELECT id, first_at + make_interval(mins => hears + compares), '250:trial', 'app'
	FROM lead WHERE way >= 80
),

-- As a customer: the moments of the surveys, as long as there is a subscription.
active AS (
	SELECT customer_id, range_agg(daterange(started_on, ended_on)) AS days
	FROM payment
	JOIN person ON person.id = customer_id
	WHERE joined_on >= '2024-01-01'
	GROUP BY customer_id
),
moment AS (
	SELECT touchpoint.id, customer_id, at, day, stage, channel
	FROM touchpoint
	JOIN active USING (customer_id)
	WHERE stage <> 'purchase' AND days @> day AND day > lower(days)
),

-- The queue drives one caller in three to another channel, until call-backs end it; while the
-- sign-in of the app is broken, half of those who need help with it call.
second_try AS (
	SELECT id, customer_id, 'service' AS stage,
		   at + make_interval(mins => 15 + pg_temp.dice(id, 71, 180)) AS at,
		   CASE channel WHEN 'app' THEN 'phone'
						ELSE (ARRAY['chat', 'chat', 'email'])[1 + pg_temp.dice(id, 72, 3)]
						END AS channel
	FROM moment
	WHERE stage = 'service'
	  AND pg_temp.dice(id, 73, 100) < CASE
		  WHEN channel = 'phone' AND day < '2025-12-01' THEN 33
		  WHEN channel = 'app' AND day >= '2025-03-04' AND day < '2025-04-01' THEN 50
		  ELSE 3 END
),

-- The happy ones bring a friend, most of them after a loyalty offer.
friend AS (
	SELECT customer_id, 'advocacy' AS stage,
		   at + make_interval(hours => 2 + pg_temp.dice(id, 74, 480)) AS at,
		   (ARRAY['app', 'app', 'web'])[1 + pg_temp.dice(id, 75, 3)] AS channel
	FROM moment
	WHERE stage = 'loyalty'
	  AND pg_temp.dice(id, 76, 100) < 5 + pg_temp.disposition(customer_id) / 3
)
INSERT INTO event (tenant, customer, at, stage, channel)
SELECT 'demo', id, at, stage, channel
FROM (
	SELECT id, at, stage, channel FROM seen
	UNION ALL
	SELECT id, at, stage, channel FROM lost
	UNION ALL
	SELECT customer_id, at, stage, channel FROM moment
	UNION ALL
	SELECT customer_id, at, stage, channel FROM second_try
	UNION ALL
	SELECT customer_id, at, stage, channel FROM friend
) AS everything
WHERE at < timestamptz '2026-01-01 00:00+00'
ORDER BY id, at, stage::journey_stage, channel COLLATE "C";

-- Those who joined in the last year visit the portal on the first day, often in the first weeks, and
-- now and then later.
INSERT INTO event (tenant, customer, session, at, channel, object)
SELECT 'demo', id, 'portal-' || row_number() OVER (ORDER BY day, id),
	   (day + make_interval(mins => 360 + pg_temp.dice(id * 1000 + day - joined_on, 52, 960)))
		   AT TIME ZONE 'UTC',
	   (ARRAY['web', 'app'])[1 + pg_temp.dice(id * 1000 + day - joined_on, 53, 2)], 'portal'
FROM (
	SELECT id, joined_on, joined_on AS day FROM person WHERE joined_on >= '2025-01-01'
	UNION
	SELECT id, joined_on, joined_on + 7 * week + pg_temp.dice(id * 100 + week, 51, 7)
	FROM person, generate_series(0, 52) AS week
	WHERE joined_on >= '2025-01-01'
	  AND joined_on + 7 * week + pg_temp.dice(id * 100 + week, 51, 7) <= '2025-12-31'
	  AND pg_temp.dice(id * 100 + week, 50, 1000)
		  < 60 + 2 * pg_temp.disposition(id) + 500 / (2 + week)
) AS visit
ORDER BY day, id;
