-- The demo company: a made-up internet provider in India and Nepal. It has 20,000 customers and two
-- years of surveys, 2024-01-01 to 2025-12-31; its "today" is that last day.
--
--     psql -f company.sql -f report.sql        in a database that has the extension
--
-- Every run makes the same rows, on every machine and PostgreSQL version: chance comes from
-- hashes of row numbers, all arithmetic is in whole numbers, every order is total, and no setting
-- of the session (time zone, date style, collation, plan) has a say.

\set ON_ERROR_STOP on
\set QUIET on
\encoding UTF8

BEGIN;

\ir schema.sql

-- Chance. random() and setseed() would do for one machine only: their algorithm changed in
-- PostgreSQL 15, and their sequence follows the order in which a plan visits the rows. The hash
-- of a bigint cannot change: where the rows of hash-partitioned tables lie depends on it. Each
-- throw has a topic, a number of its own, so that two throws for one row know nothing of each
-- other.
CREATE FUNCTION pg_temp.dice(id bigint, topic bigint, sides integer) RETURNS integer
IMMUTABLE PARALLEL SAFE
RETURN (hashint8extended(id, topic) & 9223372036854775807) % sides;

-- Three throws added up: a bell around 0 that ends at three times the spread on either side.
CREATE FUNCTION pg_temp.bell(id bigint, topic bigint, spread integer) RETURNS integer
IMMUTABLE PARALLEL SAFE
RETURN pg_temp.dice(id, topic + 1000, 2 * spread + 1)
	 + pg_temp.dice(id, topic + 2000, 2 * spread + 1)
	 + pg_temp.dice(id, topic + 3000, 2 * spread + 1) - 3 * spread;

-- What a customer is like, happy (above 0) or not, whatever is asked and whenever.
CREATE FUNCTION pg_temp.disposition(customer_id bigint) RETURNS integer
IMMUTABLE PARALLEL SAFE
RETURN pg_temp.bell(customer_id, 10, 17);

-- ---------------------------------------------------------------------------------------------
-- The traits of customers and channels. A throw of 0..999 that falls into `dice` picks the trait;
-- it adds to the mood (in which 100 is usual) and to the chance of an answer (per thousand).

CREATE TEMP TABLE trait (kind text, name text, dice int4range, mood integer, answers integer);

INSERT INTO trait VALUES
	('segment',             'Consumer',       '[0,700)',      0,    0),
	('segment',             'Small business', '[700,920)',   -7,   20),
	('segment',             'Enterprise',     '[920,992)',   12,   60),
	('segment',             'Public sector',  '[992,1000)',  -4,  -40),

	('region',              'Delhi',          '[0,270)',      0,    0),
	('region',              'Mumbai',         '[270,480)',   -4,    0),
	('region',              'Bengaluru',      '[480,660)',    7,   30),
	('region',              'Kolkata',        '[660,790)',    0,  -10),
	('region',              'Kathmandu',      '[790,930)',    3, -200),
	('region',              'Pokhara',        '[930,1000)',   9,  -60),

	('language, Delhi',     'hi',             '[0,700)',      0,    0),
	('language, Delhi',     'en',             '[700,1000)',   0,    0),
	('language, Mumbai',    'mr',             '[0,350)',      0,  -30),
	('language, Mumbai',    'hi',             '[350,650)',    0,    0),
	('language, Mumbai',    'en',             '[650,1000)',   0,    0),
	('language, Bengaluru', 'en',             '[0,520)',      0,    0),
	('language, Bengaluru', 'kn',             '[520,900)',    0,  -30),
	('language, Bengaluru', 'hi',             '[900,1000)',   0,    0),
	('language, Kolkata',   'bn',             '[0,600)',      0,  -30),
	('language, Kolkata',   'en',             '[600,850)',    0,    0),
	('language, Kolkata',   'hi',             '[850,1000)',   0,    0),
	('language, Kathmandu', 'ne',             '[0,780)',      0,  -40),
	('language, Kathmandu', 'en',             '[780,960)',    0,    0),
	('language, Kathmandu', 'hi',             '[960,1000)',   0,    0),
	('language, Pokhara',   'ne',             '[0,850)',      0,  -40),
	('language, Pokhara',   'en',             '[850,1000)',   0,    0),

	('acquired_via',        'web',            '[0,420)',      0,    0),
	('acquired_via',        'shop',           '[420,640)',    2,    0),
	('acquired_via',        'partner',        '[640,840)',   -6,    0),
	('acquired_via',        'referral',       '[840,1000)',   8,   20),

	('channel, purchase',   'email',          '[0,550)',      0,  -80),
	('channel, purchase',   'app',            '[550,1000)',   0,   30),
	('channel, onboarding', 'email',          '[0,350)',     -3,  -80),
	('channel, onboarding', 'app',            '[350,750)',    2,   30),
	('channel, onboarding', 'phone',          '[750,1000)',   0,   70),
	('channel, service',    'phone',          '[0,350)',      0,   70),
	('channel, service',    'chat',           '[350,600)',    5,   50),
	('channel, service',    'app',            '[600,850)',    2,   30),
	('channel, service',    'email',          '[850,1000)',  -6,  -80),
	('channel, loyalty',    'email',          '[0,580)',      0,  -80),
	('channel, loyalty',    'app',            '[580,1000)',   0,   30);

-- What happened in the two years, and what it did to the mood of those it reached (NULL: all).
CREATE TEMP TABLE story (
	what text, metric text, stage text, channel text, days daterange, mood integer);

INSERT INTO story VALUES
	('checkout is easy',           'ces',  'purchase',   NULL,    '(,)',                      10),
	('set-up takes some reading',  'ces',  'onboarding', NULL,    '(,)',                      -2),
	('contacts cost effort',       'ces',  'service',    NULL,    '(,)',                     -14),
	('a long phone menu, a queue', 'ces',  'service',    'phone', '[2024-01-01,2025-12-01)', -34),
	('the queue annoys, too',      'csat', 'service',    'phone', '[2024-01-01,2025-12-01)',  -6),
	('monsoon outages',            NULL,   NULL,         NULL,    '[2024-07-05,2024-09-01)',  -7),
	('monsoon outages',            NULL,   NULL,         NULL,    '[2025-07-01,2025-08-20)',  -8),
	('app 5.0: sign-in broken',    NULL,   NULL,         'app',   '[2025-03-04,2025-04-01)', -18),
	('... after every contact',    'csat', NULL,         'app',   '[2025-03-04,2025-04-01)', -24),
	('app 5.1 mends most of it',   NULL,   NULL,         'app',   '[2025-04-01,2025-04-22)', -12),
	('app 5.2: better than ever',  NULL,   NULL,         'app',   '[2025-05-12,)',             4),
	('call-backs end the queue',   'nps',  NULL,         NULL,    '[2025-12-01,)',             6);

ANALYZE trait, story;

-- ---------------------------------------------------------------------------------------------
-- Customers: five years of joining; two in five came within the two years of the surveys.

CREATE TEMP TABLE person AS
SELECT id, segment.name AS segment, region, language.name AS language,
	   acquired_via.name AS acquired_via, date '2021-01-01' + pg_temp.dice(id, 1, 1826) AS joined_on
FROM (
	SELECT id, name AS region
	FROM generate_series(1, 20000) AS id
	JOIN trait ON kind = 'region' AND pg_temp.dice(id, 3, 1000) <@ dice
	OFFSET 0
) AS home
JOIN trait AS segment ON segment.kind = 'segment' AND pg_temp.dice(id, 2, 1000) <@ segment.dice
JOIN trait AS language
	ON language.kind = 'language, ' || region AND pg_temp.dice(id, 4, 1000) <@ language.dice
JOIN trait AS acquired_via
	ON acquired_via.kind = 'acquired_via' AND pg_temp.dice(id, 5, 1000) <@ acquired_via.dice
ORDER BY id;

ANALYZE person;

INSERT INTO customer (tenant, customer, name, company, country, language, segments, created_at,
					  deleted)
SELECT 'demo', id, given || ' ' || family,
	   CASE WHEN segment <> 'Consumer'
			THEN family || ' ' || (ARRAY['Traders', 'Textiles', 'Foods', 'Logistics', 'Clinic'])
				[1 + pg_temp.dice(id, 8, 5)] END,
	   CASE WHEN region IN ('Kathmandu', 'Pokhara') THEN 'NP' ELSE 'IN' END, language,
	   ARRAY[segment, region, acquired_via], (joined_on + time '08:00') AT TIME ZONE 'UTC', false
FROM person
CROSS JOIN LATERAL (SELECT
	('{Aarav,Anita,Asha,Bikram,Chandra,Deepa,Devi,Farhan,Gita,Hari,Ishaan,Kavya,Laxmi,Meera,Nabin,'
	 'Priya,Rajesh,Sita,Tenzin,Vikram}'::text[])[1 + pg_temp.dice(id, 6, 20)],
	('{Acharya,Banerjee,Chatterjee,Das,Gurung,Iyer,Joshi,Kulkarni,Mehta,Nair,Patel,Rai,Rao,Shah,'
	 'Sharma,Shrestha,Singh,Tamang,Thapa,Verma}'::text[])[1 + pg_temp.dice(id, 7, 20)]
) AS called (given, family)
ORDER BY id;

-- ---------------------------------------------------------------------------------------------
-- Touchpoints: the moments at which a customer met the company, and the survey sent afterwards;
-- csat and ces take turns. The id is customer * 100 + a slot: the same whatever the order.

CREATE TEMP TABLE touchpoint AS
SELECT id, customer_id, stage, coalesce((ARRAY['csat', 'ces'])[1 + turn], 'nps') AS metric,
	   channel.name AS channel, day,
	   (day + make_interval(mins => 480 + pg_temp.dice(id, 21, 720))) AT TIME ZONE 'UTC' AS at
FROM (
	-- the purchase, and some days later the set-up
	SELECT id * 100, id, joined_on, 'purchase', pg_temp.dice(id, 11, 2), joined_on
	FROM person
	UNION ALL
	SELECT id * 100 + 1, id, joined_on, 'onboarding', 1 - pg_temp.dice(id, 11, 2),
		   joined_on + 5 + pg_temp.dice(id, 12, 20)
	FROM person
	UNION ALL
	-- a contact with service, or none, in each spell of 92 days; the unhappy call more often
	SELECT id * 100 + 10 + spell, id, joined_on, 'service', pg_temp.dice(id, 300 + spell, 2),
		   date '2024-01-01' + 92 * spell + pg_temp.dice(id, 100 + spell, 92)
	FROM person, generate_series(0, 7) AS spell
	WHERE pg_temp.dice(id, 200 + spell, 1000) < 420 - 3 * pg_temp.disposition(id)
	UNION ALL
	-- the renewal each year
	SELECT id * 100 + 20 + year, id, joined_on, 'loyalty', (id + year) % 2, joined_on + 365 * year
	FROM person, generate_series(1, 4) AS year
	UNION ALL
	-- twice a year, whatever happened: would you recommend us?
	SELECT id * 100 + 30 + half, id, joined_on, 'loyalty', NULL,
		   date '2024-01-01' + 183 * half + pg_temp.dice(id, 13, 183)
	FROM person, generate_series(0, 3) AS half
	WHERE date '2024-01-01' + 183 * half + pg_temp.dice(id, 13, 183) >= joined_on + 60
) AS moment (id, customer_id, joined_on, stage, turn, day)
JOIN trait AS channel
	ON channel.kind = 'channel, ' || stage AND pg_temp.dice(id, 20, 1000) <@ channel.dice
WHERE day >= joined_on AND day BETWEEN '2024-01-01' AND '2025-12-31';

ANALYZE touchpoint;

-- ---------------------------------------------------------------------------------------------
-- Responses: the mood decides whether there is an answer (the delighted and the cross say so more
-- often) and which one.

-- The moods from which on the next better answer is given.
CREATE TEMP TABLE scale (metric text, scale text, worst integer, moods integer[]);

INSERT INTO scale VALUES
	('nps',  '0..10', 0, '{10, 18, 26, 34, 44, 55, 73, 85, 101, 117}'),
	('csat', '1..5',  1, '{35, 52, 76, 108}'),
	('ces',  '1..7',  1, '{34, 48, 62, 78, 96, 120}');

-- What those write who do, in their own language where it is one of these, else in English.
CREATE TEMP TABLE remark (language text, answers int4range, words text[]);

INSERT INTO remark VALUES
	('en', '[0,6]',  '{"far too expensive for what it is", "it drops every evening",
					   "nobody calls back", "the price went up again"}'),
	('en', '[7,8]',  '{"good, but a little expensive", "fine on most days",
					   "the app could be better", "the support is friendly, but slow"}'),
	('en', '[9,10]', '{"great support", "fast, and never down", "a fair price",
					   "the set-up was easy"}'),
	('hi', '[0,6]',  '{"दाम के हिसाब से बहुत महँगा है", "हर शाम कनेक्शन कट जाता है",
					   "कोई वापस फ़ोन नहीं करता", "कीमतें फिर बढ़ गईं"}'),
	('hi', '[7,8]',  '{"अच्छा है, पर थोड़ा महँगा", "ज़्यादातर दिन ठीक चलता है",
					   "ऐप और अच्छा हो सकता है", "सहायता मिलनसार है, पर धीमी"}'),
	('hi', '[9,10]', '{"बहुत अच्छी सहायता", "तेज़ है, और कभी बंद नहीं होता", "कीमत ठीक है",
					   "लगाना आसान था"}'),
	('ne', '[0,6]',  '{"काम हेर्दा धेरै महँगो छ", "हरेक साँझ जडान टुट्छ",
					   "कसैले फोन फर्काउँदैन", "मूल्यहरू फेरि बढे"}'),
	('ne', '[7,8]',  '{"राम्रो छ, तर अलि महँगो", "धेरैजसो दिन ठीक चल्छ",
					   "एप अझ राम्रो हुन सक्छ", "सहयोग मिलनसार छ, तर ढिलो"}'),
	('ne', '[9,10]', '{"उत्कृष्ट सहयोग", "छिटो छ, र कहिल्यै बन्द हुँदैन", "मूल्य ठीक छ",
					   "जडान गर्न सजिलो थियो"}');

CREATE TEMP TABLE asking AS
WITH temper AS (
	SELECT id AS customer_id, 100 + sum(mood)::integer + pg_temp.disposition(id) AS mood,
		   630 + sum(answers)::integer AS answers
	FROM person
	JOIN trait ON (kind, name) IN (('segment', segment), ('region', region),
								   ('language, ' || region, language),
								   ('acquired_via', acquired_via))
	GROUP BY id
),
asked AS (
	SELECT touchpoint.id, touchpoint.metric, at,
		   temper.mood + trait.mood + coalesce(news.mood, 0)
			   + pg_temp.bell(touchpoint.id, 30, 25) AS mood,
		   temper.answers + trait.answers AS answers
	FROM touchpoint
	JOIN temper USING (customer_id)
	JOIN trait ON kind = 'channel, ' || stage AND name = channel
	CROSS JOIN LATERAL (
		SELECT sum(mood)::integer AS mood
		FROM story
		WHERE day <@ days
		  AND coalesce(story.metric, touchpoint.metric) = touchpoint.metric
		  AND coalesce(story.stage, touchpoint.stage) = touchpoint.stage
		  AND coalesce(story.channel, touchpoint.channel) = touchpoint.channel
	) AS news
),
answered AS (
	-- half of the answers come within a day, the last ones after five; what would come after the
	-- company's today has not come yet
	SELECT id, worst + width_bucket(mood, moods) AS answer, answered_at
	FROM asked
	JOIN scale USING (metric)
	CROSS JOIN pg_temp.dice(id, 31, 100) AS haste
	CROSS JOIN LATERAL (
		SELECT at + make_interval(mins => 3 + haste * haste * haste / 128) AS answered_at
	) AS delay
	WHERE pg_temp.dice(id, 32, 1000) < answers + abs(mood - 95)
	  AND answered_at < timestamptz '2026-01-01 00:00+00'
)
SELECT row_number() OVER (ORDER BY at, id) AS id, customer_id, metric, stage, channel, at AS asked_at,
	   answered_at, answer
FROM touchpoint
LEFT JOIN answered USING (id)
ORDER BY at, id;

ANALYZE asking;

\ir company_tickets.sql

-- Some write a few words, whatever made them answer as they did.
INSERT INTO response (tenant, response, survey, metric, scale, answer, state, asked_at, answered_at,
					  customer, agent, team, channel, ticket, language, tags, comment)
SELECT 'demo', id, CASE metric WHEN 'nps' THEN 'relationship' ELSE stage END, metric, scale, answer,
	   CASE WHEN answer IS NULL THEN 'pending' ELSE 'answered' END, asked_at, answered_at,
	   customer_id, agent, team, asking.channel, ticket, speaker.language, '{}',
	   words[1 + pg_temp.dice(id, 35, 4)]
FROM asking
JOIN scale USING (metric)
JOIN (SELECT id AS customer_id, language FROM person) AS speaker USING (customer_id)
LEFT JOIN ticket ON stage = 'service' AND ticket = id::text
LEFT JOIN remark ON metric = 'nps' AND answer <@ answers AND pg_temp.dice(id, 34, 6) = 0
	AND remark.language = CASE WHEN speaker.language IN ('hi', 'ne') THEN speaker.language
							   ELSE 'en' END
ORDER BY id;

\ir company_subscription.sql
\ir company_shop.sql
\ir company_journeys.sql
\ir keys.sql

COMMIT;
