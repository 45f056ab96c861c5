-- The cases of Formbricks' own specifications, a workspace for each, which has a survey of its
-- name.

-- What the cases say, in few words: a survey of elements [id, type, range], each in a block of its
-- own. Older layouts call the workspace an environment, and have questions without blocks. A survey
-- that is away is put away, or, in older layouts, of an environment for tests.
CREATE FUNCTION pg_temp.survey(workspace text, elements jsonb, id text DEFAULT NULL,
	state text DEFAULT 'inProgress') RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
	asks jsonb[] := ARRAY(SELECT jsonb_build_object('id', e ->> 0, 'type', e ->> 1, 'range', e -> 2)
		FROM jsonb_array_elements(elements) WITH ORDINALITY AS t (e, nth) ORDER BY nth);
BEGIN
	IF EXISTS (SELECT FROM pg_attribute
		WHERE attrelid = 'public."Survey"'::regclass AND attname = 'environmentId')
	THEN
		EXECUTE 'INSERT INTO public."Environment" VALUES ($1, $2) ON CONFLICT DO NOTHING'
		USING workspace, CASE state WHEN 'away' THEN 'development' ELSE 'production' END;
		EXECUTE 'INSERT INTO public."Survey" (id, name, type, status, "environmentId", questions)
			VALUES ($1, $1, ''link'', $2::public."SurveyStatus", $3, $4)'
		USING coalesce(id, workspace), replace(state, 'away', 'completed'), workspace,
			to_jsonb(asks);
	ELSE
		EXECUTE 'INSERT INTO public."Survey" (id, name, type, status, "workspaceId", blocks,
				"archivedAt")
			VALUES ($1, $1, ''link'', $2::public."SurveyStatus", $3, $4, $5)'
		USING coalesce(id, workspace), replace(state, 'away', 'completed'), workspace,
			ARRAY(SELECT jsonb_build_object('elements', ARRAY[e]) FROM unnest(asks) AS e),
			CASE state WHEN 'away' THEN timestamp '2026-08-01' END;
	END IF;
END $$;
-- It is shown, and answered or not: what is there of the answers, and which element took a second.
CREATE FUNCTION pg_temp.shown(survey text, nth integer, data jsonb DEFAULT NULL,
	seen text[] DEFAULT '{}', finished boolean DEFAULT true, contact text DEFAULT NULL) RETURNS void
BEGIN ATOMIC
	INSERT INTO public."Display" (id, created_at, "surveyId", "contactId")
	VALUES ($1 || ' ' || $2, timestamp '2026-03-01 23:30' + $2 * interval '1 minute', $1, $6);
	INSERT INTO public."Response" (id, created_at, updated_at, finished, "surveyId", "contactId",
								   data, ttc, language, "displayId")
	SELECT 'r ' || $1 || ' ' || $2, timestamp '2026-03-01 23:40' + $2 * interval '1 minute',
		   timestamp '2026-03-02 23:45', $5, $1, $6, $3,
		   coalesce((SELECT jsonb_object_agg(id, 1000) FROM unnest($4) AS id), '{}'), 'default',
		   $1 || ' ' || $2
	WHERE $3 IS NOT NULL;
END;
-- Answers to the element q of surveys that have only this one; NULL is one that was dismissed.
CREATE FUNCTION pg_temp.answers(survey text, VARIADIC answers integer[]) RETURNS void
RETURN (SELECT max(pg_temp.shown(survey, nth::integer, CASE WHEN answer IS NULL THEN '{}'
			ELSE jsonb_build_object('q', answer) END, '{q}')::text)
	FROM unnest(answers) WITH ORDINALITY AS a (answer, nth));

-- F1: two promoters, a passive, a detractor
SELECT pg_temp.survey('F1', '[["q", "nps"]]'), pg_temp.answers('F1', 10, 7, 3, 9);
SELECT pg_temp.equal('F1', 'NPS of 10, 7, 3 and 9', '25.00', round(nps(answer)::numeric, 2)::text)
FROM cx_formbricks.response WHERE tenant = 'F1';

-- F2: Formbricks divides by those who dismissed the question, too
SELECT pg_temp.survey('F2', '[["q", "nps"]]'), pg_temp.answers('F2', 10, NULL, NULL);
SELECT pg_temp.design('F2', 'NPS of 10 and two dismissed, and the response rate', '33.33',
	format('%s, %s', round(nps(s)::numeric, 2), round(100 * response_rate(s)::numeric, 2)),
	'100.00, 33.33')
FROM (SELECT nps_agg(answer) AS s FROM cx_formbricks.response WHERE tenant = 'F2') AS all_of_it;

-- F3: what is no number is no answer
SELECT pg_temp.survey('F3', '[["q", "nps"]]'), pg_temp.shown('F3', 1, '{"q": "invalid"}'),
	pg_temp.shown('F3', 2, '{"q": null}'), pg_temp.shown('F3', 3, '{"q": 5}');
SELECT pg_temp.equal('F3', 'NPS of "invalid", null and 5, and its answers', '-100.00, 1',
	format('%s, %s', round(nps(answer)::numeric, 2), count(answer)))
FROM cx_formbricks.response WHERE tenant = 'F3';

-- F4: nobody has answered
SELECT pg_temp.survey('F4', '[["q", "nps"]]'), pg_temp.shown('F4', 1);
SELECT pg_temp.design('F4', 'NPS of nothing', '0', coalesce(nps(answer)::text, 'NULL'), 'NULL')
FROM cx_formbricks.response WHERE tenant = 'F4';

-- F5: ratings. With ten stars, three of them are satisfied to Formbricks, and two to cxm.
SELECT pg_temp.survey('F5', '[["q", "rating", 5]]'), pg_temp.answers('F5', 5, 4, 3, 5);
SELECT pg_temp.equal('F5', 'mean and shares of 5, 4, 3 and 5', '4.25: 5 50, 4 25, 3 25',
	(SELECT format('%s: %s', mean_answer(s), string_agg(format('%s %s', answer, 100 * share), ', '
		ORDER BY answer DESC)) FROM distribution(s) WHERE responses > 0))
FROM (SELECT rating_agg(answer, scale) AS s FROM cx_formbricks.response WHERE tenant = 'F5'
	GROUP BY scale) AS all_of_it;
SELECT pg_temp.survey('F5 ten', '[["q", "rating", 10]]'), pg_temp.answers('F5 ten', 10, 9, 8, 7);
SELECT pg_temp.named('F5', 'satisfied of 10, 9, 8 and 7; theirs is from 8 on', '75', csat(s)::text,
	csat(s, 8)::text)
FROM (SELECT csat_agg(answer, scale) AS s FROM cx_formbricks.response WHERE tenant = 'F5 ten'
	GROUP BY scale) AS all_of_it;
SELECT pg_temp.survey('F5 four', '[["q", "rating", 4]]'), pg_temp.answers('F5 four', 4, 3, 2, 1);
SELECT pg_temp.equal('F5', 'satisfied of 4, 3, 2 and 1', '50', csat(csat_agg(answer, scale))::text)
FROM cx_formbricks.response WHERE tenant = 'F5 four' GROUP BY scale;

-- F6, F7: satisfied are 4 and 5, of those who answered
SELECT pg_temp.survey('F6 a', '[["q", "csat", 5]]'), pg_temp.answers('F6 a', 5, 4, 2, 1),
	pg_temp.survey('F6 b', '[["q", "csat", 5]]'), pg_temp.answers('F6 b', 5, 4, 3, 1, 5),
	pg_temp.survey('F7', '[["q", "csat", 5]]'), pg_temp.answers('F7', 5, NULL, NULL);
SELECT pg_temp.equal(left(tenant, 2), 'CSAT, mean and dismissed of ' || what, theirs,
	format('%s, %s, %s',
	csat(answer), avg(answer), count(*) FILTER (WHERE state = 'dismissed')))
FROM cx_formbricks.response
JOIN (VALUES ('F6 a', '5, 4, 2 and 1', '50, 3, 0'), ('F6 b', '5, 4, 3, 1 and 5', '60, 3.6, 0'),
	('F7', '5', '100, 5, 2')) AS v (tenant, what, theirs) USING (tenant)
WHERE metric = 'csat' GROUP BY tenant, what, theirs;

-- F8: effort on both scales
SELECT pg_temp.survey('F8 five', '[["q", "ces", 5]]'), pg_temp.answers('F8 five', 5, 4, 2, 3),
	pg_temp.survey('F8 seven', '[["q", "ces", 7]]'), pg_temp.answers('F8 seven', 7, 6, 1),
	pg_temp.survey('F8 one', '[["q", "ces", 5]]'), pg_temp.answers('F8 one', 3, NULL);
SELECT pg_temp.equal('F8', 'CES of ' || tenant, theirs,
	round(ces(rating_agg(answer, scale))::numeric, 2)::text)
FROM cx_formbricks.response
JOIN (VALUES ('F8 five', '3.50'), ('F8 seven', '4.67'), ('F8 one', '3.00')) AS v (tenant, theirs)
	USING (tenant)
GROUP BY tenant, scale, theirs;

-- F9, F11: how many begin, and how many come to the end
SELECT pg_temp.survey('F9', '[["q", "nps"]]'), pg_temp.survey('F11', '[["q", "nps"]]');
SELECT pg_temp.shown('F9', n, CASE WHEN n <= 3 THEN '{"q": 9}'::jsonb END, '{}', n <= 2)
FROM generate_series(1, 10) AS n;
SELECT pg_temp.shown('F11', n, CASE WHEN n <= 20 THEN '{"q": 9}'::jsonb END, '{}', n <= 16)
FROM generate_series(1, 26) AS n;
CREATE VIEW pg_temp.way AS
SELECT tenant, count(*) FILTER (WHERE stage = 'survey shown') AS shown,
	count(*) FILTER (WHERE stage = 'survey started') AS started,
	count(*) FILTER (WHERE stage = 'survey finished') AS finished
FROM cx_formbricks.event GROUP BY tenant;
SELECT pg_temp.equal('F9', 'shown, started, completed and dropped, %', '10, 30.00, 20.00, 33.33',
	format('%s, %s, %s, %s', shown, round(100.0 * started / shown, 2),
		round(100.0 * finished / shown, 2), round(100.0 * (started - finished) / started, 2)))
FROM pg_temp.way WHERE tenant = 'F9';
SELECT pg_temp.equal('F11', 'shown, started and completed, %', '26, 77, 62', format('%s, %s, %s',
	shown, round(100.0 * started / shown), round(100.0 * finished / shown)))
FROM pg_temp.way WHERE tenant = 'F11';
SELECT pg_temp.equal('F11', 'and by the funnel', '26, 20, 16', string_agg(journeys::text, ', '
	ORDER BY step))
FROM (SELECT funnel_agg(j, '{survey shown,survey started,survey finished}', '30 days') AS s
	FROM (SELECT journey_agg(at, stage) AS j FROM cx_formbricks.event WHERE tenant = 'F11'
		GROUP BY customer) AS one) AS all_of_it, funnel(s);

-- F10: one answers the first question and sees the second, one comes to the end, three do nothing
SELECT pg_temp.survey('F10', '[["q1", "csat", 5], ["q2", "ces", 7]]'),
	pg_temp.shown('F10', 1, '{"q1": 4}', '{q1,q2}', false),
	pg_temp.shown('F10', 2, '{"q1": 5, "q2": 6}', '{q1,q2}');
SELECT pg_temp.shown('F10', n) FROM generate_series(3, 5) AS n;
SELECT pg_temp.equal('F10', 'seen and lost, first and second question', '5 3 60.00, 2 1 50.00',
	string_agg(format('%s %s %s', seen, lost, round(100.0 * lost / seen, 2)), ', '
		ORDER BY metric DESC))
FROM (SELECT 'q1' AS metric, count(*) AS seen, count(*) - count(answer) AS lost
	FROM cx_formbricks.response WHERE tenant = 'F10' AND metric = 'csat'
	UNION ALL
	SELECT 'a q2', count(*), count(*) - count(answer)
	FROM cx_formbricks.response
	WHERE tenant = 'F10' AND metric = 'ces' AND state IN ('answered', 'dismissed')) AS question;

-- ---------------------------------------------------------------------------------------------
-- A text belongs to the rating before it; the second survey passes over its second question.
SELECT pg_temp.survey('more', '[["n", "nps"], ["t1", "openText"], ["c", "csat", 5], ["x", "cta"],
		["t2", "openText"], ["t3", "openText"]]'),
	pg_temp.shown('more', 1, '{"n": 3, "t1": "slow", "c": 2, "t2": "why", "t3": ["no text"]}',
		contact => 'ada'),
	pg_temp.shown('more', 2, '{"n": 9.5, "t1": ""}', finished => false),
	pg_temp.shown('more', 3, '{"n": 9}');
SELECT pg_temp.equal('texts', 'answers, states and comments',
	'3 answered slow, NULL dismissed NULL, '
	'9 answered NULL; 2 answered why, NULL partial NULL',
	string_agg(of_metric, '; ' ORDER BY metric DESC))
FROM (SELECT metric, string_agg(format('%s %s %s', coalesce(answer::text, 'NULL'), state,
		coalesce(comment, 'NULL')), ', ' ORDER BY asked_at) AS of_metric
	FROM cx_formbricks.response WHERE tenant = 'more' GROUP BY metric) AS t;

-- Moments, and responses that know of no display
INSERT INTO public."Response" (id, created_at, updated_at, finished, "surveyId", data, language)
VALUES ('alone', '2026-03-01 23:40', '2026-03-01 23:50', true, 'F4', '{"q": 9}', 'hi');
SELECT pg_temp.equal('moments', 'asked, answered, in which language',
	'2026-03-01 23:31:00 - -, 2026-03-01 23:40:00 2026-03-01 23:40:00 hi',
	string_agg(concat_ws(' ', pg_temp.moment(asked_at), coalesce(pg_temp.moment(answered_at), '-'),
		coalesce(language, '-')), ', ' ORDER BY asked_at))
FROM cx_formbricks.response WHERE tenant = 'F4';

-- What is left out, and why
SELECT pg_temp.survey('more', '[["q", "nps"]]', 'draft', 'draft'), pg_temp.answers('draft', 10, 9),
	pg_temp.survey('away', '[["q", "nps"]]', state => 'away'), pg_temp.answers('away', 10),
	pg_temp.survey('more', '[["q", "openText"]]', 'words'),
	pg_temp.shown('words', 1, '{"q": "well"}');
SELECT pg_temp.equal('rows', 'left out', 'away 1, of a draft 2, the question was passed over 1, '
	'the survey wants no rating 1, 9.5 is not on the scale 0..10 1',
	string_agg(concat_ws(' ', reason, rows), ', ' ORDER BY relation, reason COLLATE "C"))
FROM (SELECT relation, rows, CASE WHEN reason IN ('of a survey that was put away',
		'of an environment for tests') THEN 'away' ELSE reason END AS reason
	FROM cx_formbricks.skipped) AS skipped;
SELECT pg_temp.equal('rows', 'in and left out: displays and responses, once for each question',
	(SELECT count(*) FROM public."Display" JOIN (
			SELECT 'more' AS id UNION ALL SELECT 'more' UNION ALL SELECT 'F10'
			UNION ALL SELECT 'F10'
			UNION ALL SELECT id FROM public."Survey" WHERE id NOT IN ('more', 'F10')) AS asks
		ON asks.id = "surveyId")::bigint
	+ (SELECT count(*) FROM public."Response" WHERE "displayId" IS NULL) || '',
	(SELECT count(*) FROM cx_formbricks.response)
	+ (SELECT sum(rows) FROM cx_formbricks.skipped WHERE relation = 'response') || '');
SELECT pg_temp.equal('tenants', 'of surveys with the same question', '15',
	count(DISTINCT tenant)::text)
FROM cx_formbricks.response WHERE response LIKE '%/q' AND tenant LIKE 'F%' AND answer IS NOT NULL;
