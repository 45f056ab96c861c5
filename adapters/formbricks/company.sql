-- The surveys of the demo company (examples/company.sql, in the schema demo) as Formbricks would
-- hold them, in the tables of layout.sql: a survey for each questionnaire and metric, which asks
-- for a few words, too. They are shown in the app, or by a link in a message; agents and tickets
-- are not known.

\set ON_ERROR_STOP on
\set QUIET on

BEGIN;

INSERT INTO "ContactAttributeKey"
SELECT key, key, 'demo'
FROM unnest('{firstName,lastName,company,country,language,segment}'::text[]) AS key;
INSERT INTO "Contact"
SELECT customer, created_at AT TIME ZONE 'UTC', 'demo' FROM demo.customer;
INSERT INTO "ContactAttribute"
SELECT customer || key, key, customer, value
FROM demo.customer
CROSS JOIN LATERAL (VALUES ('firstName', split_part(name, ' ', 1)),
	('lastName', split_part(name, ' ', 2)), ('company', company), ('country', country),
	('language', language), ('segment', segments[1])) AS attribute (key, value)
WHERE value IS NOT NULL;

CREATE FUNCTION pg_temp.survey_id(survey text, metric text, channel text) RETURNS text
RETURN concat_ws('-', survey, metric, CASE channel WHEN 'app' THEN 'app' ELSE 'link' END);

INSERT INTO "Survey" (id, created_at, name, type, "workspaceId", status, blocks)
SELECT pg_temp.survey_id(survey, metric, channel), '2023-12-01', survey,
	   CASE channel WHEN 'app' THEN 'app' ELSE 'link' END::"SurveyType", 'demo', 'inProgress',
	   ARRAY[jsonb_build_object('elements', ARRAY[jsonb_build_object('id', metric, 'type', metric)
				|| CASE metric WHEN 'csat' THEN '{"range": 5}' WHEN 'ces' THEN '{"range": 7}'
					ELSE '{}'
				   END::jsonb]),
			 '{"elements": [{"id": "words", "type": "openText"}]}']
FROM (SELECT DISTINCT survey, metric, CASE channel WHEN 'app' THEN 'app' END FROM demo.response)
	AS survey (survey, metric, channel);

INSERT INTO "Display"
SELECT response, asked_at AT TIME ZONE 'UTC', pg_temp.survey_id(survey, metric, channel), customer
FROM demo.response;
INSERT INTO "Response" (id, created_at, updated_at, finished, "surveyId", "contactId", data, ttc,
						language, "displayId")
SELECT 'r' || response, answered_at AT TIME ZONE 'UTC', answered_at AT TIME ZONE 'UTC', true,
	   pg_temp.survey_id(survey, metric, channel), customer,
	   jsonb_build_object(metric, answer)
		   || CASE WHEN comment IS NULL THEN '{}' ELSE jsonb_build_object('words', comment) END,
	   jsonb_build_object(metric, 2500, '_total', 2500), language, response
FROM demo.response
WHERE answer IS NOT NULL;

ANALYZE;

COMMIT;
