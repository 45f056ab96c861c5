-- The standard relations of cxm over Formbricks: who was asked what, and what they answered.
--
--     psql [-v schema=cx_formbricks] [-v source=public] -f adapters/formbricks/install.sql
--
-- It makes views in a schema of their own, and can be run again at any time.
-- docs/adapters/formbricks.md says what comes from where.

\set system formbricks
\set product 'Formbricks 5 (August 2026)'
\ir ../common/begin.sql

INSERT INTO pg_temp.needed VALUES
	('Survey', 'id name type status workspaceId questions blocks'),
	('Contact', 'id created_at workspaceId'),
	('ContactAttributeKey', 'id key'),
	('ContactAttribute', 'attributeKeyId contactId value'),
	('Display', 'id created_at surveyId contactId'),
	('Response',
		'id created_at updated_at finished surveyId contactId data ttc language displayId'),
	('Tag', 'id name'),
	('TagsOnResponses', 'responseId tagId');

-- Surveys were of environments, one for tests and one for the rest, until spring 2026, and had
-- questions instead of blocks until November 2025. They can be put away since July 2026.
SELECT pg_temp.has_column('Survey', 'environmentId') AS has_environments,
	pg_temp.has_column('Survey', 'environmentId') AND NOT pg_temp.has_column('Survey', 'blocks')
		AS has_questions_only,
	CASE WHEN pg_temp.has_column('Survey', 'archivedAt') THEN 's."archivedAt" IS NOT NULL'
		ELSE 'false' END AS is_archived \gset
\set tenant_column '"workspaceId"'
\set is_test false
\set blocks blocks
\if :has_environments
	UPDATE pg_temp.needed SET columns = replace(columns, 'workspaceId', 'environmentId');
	INSERT INTO pg_temp.needed SELECT 'Environment', 'id type';
	\set tenant_column '"environmentId"'
	\set tests '(SELECT id FROM "Environment" WHERE type::text <> ''production'')'
	\set is_test '"environmentId" IN ' :tests
\endif
\if :has_questions_only
	UPDATE pg_temp.needed SET columns = replace(columns, ' blocks', '');
	\set blocks '''{}''::jsonb[]'
\endif
\ir ../common/columns.sql

-- ---------------------------------------------------------------------------------------------
-- Attributes of a contact by the names that Formbricks gives them, and a few that suggest
-- themselves.

CREATE OR REPLACE VIEW customer AS
SELECT contact.:tenant_column AS tenant, contact.id AS customer,
	coalesce(nullif(concat_ws(' ', first_name, last_name), ''), full_name, user_id, email) AS name,
	company, country, language, CASE WHEN segment IS NOT NULL THEN ARRAY[segment] END AS segments,
	contact.created_at AT TIME ZONE 'UTC' AS created_at, false AS deleted,
	contact.id AS customer_key
FROM "Contact" AS contact
CROSS JOIN LATERAL (
	SELECT max(value) FILTER (WHERE key = 'firstName') AS first_name,
		max(value) FILTER (WHERE key = 'lastName') AS last_name,
		max(value) FILTER (WHERE key = 'name') AS full_name,
		max(value) FILTER (WHERE key = 'userId') AS user_id,
		max(value) FILTER (WHERE key = 'email') AS email,
		max(value) FILTER (WHERE key = 'company') AS company,
		max(value) FILTER (WHERE key = 'country') AS country,
		max(value) FILTER (WHERE key = 'language') AS language,
		max(value) FILTER (WHERE key = 'segment') AS segment
	FROM "ContactAttribute" AS attribute
	JOIN "ContactAttributeKey" AS keys ON keys.id = "attributeKeyId"
	WHERE "contactId" = contact.id
) AS attributes;
COMMENT ON VIEW customer IS 'Contacts of Formbricks: their attributes firstName and lastName, or '
	'name, company, country, language and segment.';

-- ---------------------------------------------------------------------------------------------
-- What the surveys ask: a row for each element that wants a rating, with the texts that come after
-- it and before the next rating.

CREATE OR REPLACE VIEW question AS
WITH element AS (
	SELECT s.id AS survey_id, block_nth, nth, element ->> 'id' AS question,
		element ->> 'type' AS type,
		CASE jsonb_typeof(element -> 'range') WHEN 'number' THEN (element ->> 'range')::integer END
			AS range, count(*) FILTER (WHERE element ->> 'type' IN
			('nps', 'csat', 'ces', 'rating'))
			OVER (PARTITION BY s.id ORDER BY block_nth, nth) AS rating
	FROM "Survey" AS s
	CROSS JOIN LATERAL (
		SELECT block_nth, block -> 'elements' AS elements
		FROM unnest(:blocks) WITH ORDINALITY AS b (block, block_nth)
		UNION ALL
		SELECT 0, questions WHERE cardinality(:blocks) = 0
	) AS blocks
	CROSS JOIN LATERAL jsonb_array_elements(
		CASE jsonb_typeof(elements) WHEN 'array' THEN elements ELSE '[]' END)
		WITH ORDINALITY AS e (element, nth)
)
SELECT survey_id, question, metric, format('%s..%s', worst, best) AS scale, worst, best, texts
FROM (
	SELECT survey_id,
		max(question) FILTER (WHERE first) AS question, max(type) FILTER (WHERE first) AS metric,
		max(CASE type WHEN 'nps' THEN 0 ELSE 1 END) FILTER (WHERE first) AS worst,
		max(CASE type WHEN 'nps' THEN 10 ELSE coalesce(range, 5) END) FILTER (WHERE first) AS best,
		array_agg(question ORDER BY block_nth, nth) FILTER (WHERE type = 'openText') AS texts
	FROM (SELECT *, type IN ('nps', 'csat', 'ces', 'rating') AS first FROM element) AS element
	WHERE rating > 0
	GROUP BY survey_id, rating
) AS rated;
COMMENT ON VIEW question IS 'The elements of surveys that want a rating, in their order.';

CREATE OR REPLACE VIEW survey AS
SELECT s.id AS survey_id, s.:tenant_column AS tenant, s.name AS survey, s.type::text AS channel,
	CASE WHEN :is_archived THEN 'of a survey that was put away'
		WHEN s.status::text = 'draft' THEN 'of a draft'
		WHEN :is_test THEN 'of an environment for tests'
		WHEN NOT EXISTS (SELECT FROM question WHERE question.survey_id = s.id)
			THEN 'the survey wants no rating' END AS problem
FROM "Survey" AS s;
COMMENT ON VIEW survey IS 'Surveys of Formbricks, and why one is left out.';

-- Each time that a survey was shown, and what came of it; some responses know of no display.
CREATE OR REPLACE VIEW session AS
SELECT coalesce(d.id, r.id) AS session, r."surveyId" AS survey_id, r."contactId" AS customer,
	least(d.created_at, r.created_at) AT TIME ZONE 'UTC' AS asked_at, r.id AS response_id,
	r.created_at AT TIME ZONE 'UTC' AS answered_at,
	CASE WHEN finished THEN greatest(r.created_at, r.updated_at) AT TIME ZONE 'UTC' END
		AS finished_at,
	finished, data, ttc, nullif(language, 'default') AS language
FROM "Response" AS r
LEFT JOIN "Display" AS d ON d.id = r."displayId"
UNION ALL
SELECT d.id, d."surveyId", d."contactId", d.created_at AT TIME ZONE 'UTC', NULL, NULL, NULL, NULL,
	NULL, NULL, NULL
FROM "Display" AS d
WHERE NOT EXISTS (SELECT FROM "Response" AS r WHERE r."displayId" = d.id);
COMMENT ON VIEW session IS 'Each time that a survey was shown.';

-- Each question of each of them. It was seen by whoever spent time on it, or has something in the
-- data.
CREATE OR REPLACE VIEW asked AS
SELECT tenant, session || '/' || question AS response, survey, metric, scale, worst, best,
	CASE jsonb_typeof(data -> question) WHEN 'number'
		THEN (data ->> question)::double precision END AS given,
	coalesce(data ? question OR CASE jsonb_typeof(ttc -> question) WHEN 'number'
		THEN (ttc ->> question)::numeric > 0 END, false) AS seen,
	finished, asked_at, answered_at, customer, channel, language, response_id, data, texts
FROM session
JOIN survey USING (survey_id)
JOIN question USING (survey_id)
WHERE problem IS NULL;
COMMENT ON VIEW asked IS 'Each question for a rating each time that its survey was shown.';

CREATE OR REPLACE VIEW response AS
SELECT tenant, response, survey, metric, scale, answer,
	CASE WHEN answer IS NOT NULL THEN 'answered' WHEN seen THEN 'dismissed'
		WHEN response_id IS NULL THEN 'pending' ELSE 'partial' END AS state,
	asked_at, CASE WHEN answer IS NOT NULL THEN answered_at END AS answered_at, customer,
	NULL::text AS agent, NULL::text AS team, channel, NULL::text AS ticket, language,
	(SELECT array_agg(name ORDER BY name COLLATE "C")
		FROM "TagsOnResponses" JOIN "Tag" ON "Tag".id = "tagId"
		WHERE "responseId" = response_id) AS tags,
	(SELECT string_agg(nullif(data ->> id, ''), E'\n' ORDER BY place)
		FROM unnest(texts) WITH ORDINALITY AS t (id, place)
		WHERE jsonb_typeof(data -> id) = 'string') AS comment,
	customer AS customer_key
FROM (
	SELECT *,
		CASE WHEN given = trunc(given) AND given BETWEEN worst AND best THEN given END AS answer
	FROM asked
) AS valid
WHERE seen OR finished IS NOT TRUE;
COMMENT ON VIEW response IS
	'Questions for a rating: a row for each, each time that its survey was shown. '
	'dismissed: seen and not answered; partial: given up before; pending: not begun. Left out are '
	'questions that the logic of a survey passed over, drafts, tests and what was put away.';

-- How far people come in a survey. Who is no contact is known by the id of the display alone.
CREATE OR REPLACE VIEW event AS
SELECT tenant, coalesce(customer, session) AS customer, NULL::text AS session, at, stage, channel,
	survey AS object, NULL::numeric AS value, NULL::text AS currency, customer AS customer_key
FROM session
JOIN survey USING (survey_id)
CROSS JOIN LATERAL (VALUES (asked_at, 'survey shown'), (answered_at, 'survey started'),
	(finished_at, 'survey finished')) AS step (at, stage)
WHERE at IS NOT NULL AND (problem IS NULL OR problem = 'the survey wants no rating');
COMMENT ON VIEW event IS 'Surveys that were shown, started and finished; object is the survey.';

CREATE OR REPLACE VIEW skipped AS
SELECT 'response' AS relation, problem AS reason, count(*) AS rows
FROM session JOIN survey USING (survey_id) WHERE problem IS NOT NULL GROUP BY problem
UNION ALL
SELECT 'response', 'the question was passed over', count(*)
FROM asked WHERE NOT seen AND finished HAVING count(*) > 0
UNION ALL
SELECT 'response.answer', format('%s is not on the scale %s', given, scale), count(*)
FROM asked WHERE given <> trunc(given) OR given NOT BETWEEN worst AND best GROUP BY given, scale;

\ir ../common/end.sql
