-- What customers talk about: the table theme, in any language that PostgreSQL's text search knows,
-- and theme_scores(since, until), over the relation response.
--
--     psql [-v schema=NAME] -f adapters/common/themes.sql
--
-- docs/answers/themes.md says more.

\ir as_of.sql

BEGIN;
SET LOCAL client_min_messages = warning;

CREATE TABLE IF NOT EXISTS theme (
	theme    text      NOT NULL,
	language regconfig NOT NULL,
	words    text      NOT NULL,
	PRIMARY KEY (theme, language)
);
COMMENT ON TABLE theme IS 'what customers may talk about: edit it';
COMMENT ON COLUMN theme.theme IS 'the theme: the same in all languages';
COMMENT ON COLUMN theme.language
	IS 'the text-search configuration of the words: english, hindi, nepali';
COMMENT ON COLUMN theme.words IS 'what mentions it, as to_tsquery takes it: price | expensive';
SELECT NOT EXISTS (SELECT FROM theme) AS is_new \gset
\if :is_new
INSERT INTO theme VALUES
	('price', 'english', 'price | expensive | cheap'),
	('price', 'hindi', 'कीमत | दाम | महँगा | सस्ता'),
	('price', 'nepali', 'मूल्य | महँगो | सस्तो'),
	('support', 'english', 'support | (call & back) | friendly'),
	('support', 'hindi', 'सहायता | फ़ोन'),
	('support', 'nepali', 'सहयोग | फोन'),
	('outages', 'english', 'drop | outage'),
	('outages', 'hindi', 'कट'),
	('outages', 'nepali', 'टुट्छ');
\endif

-- A comment mentions a theme in whatever language it does so. A share is of the comments, and a
-- score of those who wrote one. `part` is what the theme does to the score of them all: it is so
-- much above that of those who do not mention it.
CREATE OR REPLACE FUNCTION theme_scores(since timestamptz DEFAULT '-infinity',
	until timestamptz DEFAULT 'infinity')
RETURNS TABLE (tenant text, metric text, theme text, comments bigint, mentions bigint,
	share double precision, share_lower double precision, share_upper double precision,
	score double precision, score_lower double precision, score_upper double precision,
	part double precision, part_lower double precision, part_upper double precision)
LANGUAGE sql STABLE PARALLEL SAFE
BEGIN ATOMIC
	SELECT t.tenant, t.metric, t.theme, responses(s), responses(those), share(s), share_lower(s),
		   share_upper(s),
		   CASE t.metric WHEN 'nps' THEN nps(those) WHEN 'csat' THEN csat(those)
			ELSE ces(those) END,
		   CASE t.metric WHEN 'nps' THEN nps_lower(those) WHEN 'csat' THEN csat_lower(those)
						 ELSE ces_lower(those) END,
		   CASE t.metric WHEN 'nps' THEN nps_upper(those) WHEN 'csat' THEN csat_upper(those)
						 ELSE ces_upper(those) END,
		   share(s) * (test).difference, share(s) * (test).lower, share(s) * (test).upper
	FROM (
		SELECT m.tenant, m.metric, m.theme, share_agg(m.mentioned) AS s,
			   rating_agg(m.answer, m.scale) FILTER (WHERE m.mentioned) AS those,
			   rating_agg(m.answer, m.scale) FILTER (WHERE NOT m.mentioned) AS others
		FROM (
			SELECT r.tenant, r.metric, r.scale, r.answer, w.theme,
				   bool_or(to_tsvector(w.language, r.comment) @@ to_tsquery(w.language, w.words))
					   AS mentioned
			FROM response AS r
			CROSS JOIN theme AS w
			WHERE r.comment IS NOT NULL AND r.answer IS NOT NULL
			  AND r.asked_at >= theme_scores.since AND r.asked_at < theme_scores.until
			  AND (r.metric, r.scale) IN (('nps', '0..10'), ('csat', '1..5'), ('ces', '1..7'))
			GROUP BY r.tenant, r.response, r.metric, r.scale, r.answer, w.theme
		) AS m
		GROUP BY m.tenant, m.metric, m.theme
	) AS t
	CROSS JOIN LATERAL (
		SELECT CASE t.metric WHEN 'nps' THEN nps_test(those, others)
							 WHEN 'csat' THEN csat_test(those, others)
							 ELSE ces_test(those, others) END
	) AS compared (test);
END;
COMMENT ON FUNCTION theme_scores(timestamptz, timestamptz) IS
	'share of comments that mention a theme, the score of those who do, its part in the total';

COMMIT;
