-- Data quality as rows: the view audit over the standard relations.
--
--     psql [-v schema=NAME] -f adapters/common/audit.sql
--
-- docs/answers/audit.md says more. Where the relation customer has the columns email or phone, they
-- are looked at for duplicates. Where pg_trgm is installed, so are similar names within a company.
-- Names that differ in case, blanks, signs or doubled letters are the same anywhere.

\ir as_of.sql

BEGIN;
SET LOCAL client_min_messages = warning;

-- The duplicates: what customers have in common, each normalised.
SELECT string_agg(format('(%L, %s)', attname, CASE attname
		   WHEN 'email' THEN 'lower(btrim(email))'
		   ELSE $$ltrim(regexp_replace(phone, '\D', '', 'g'), '0')$$ END), ', ') AS contacts,
	   count(*) > 0 AS has_contacts,
	   EXISTS (SELECT FROM pg_extension WHERE extname = 'pg_trgm') AS has_trgm
FROM pg_attribute
WHERE attrelid = 'customer'::regclass AND attname IN ('email', 'phone') AND NOT attisdropped \gset
\if :has_contacts
	\set contacts ', ' :contacts
\else
	\set contacts ''
\endif
\if :has_trgm
	\set similar 'similarity(a.name, b.name) >= 0.6'
\else
	\set similar false
\endif

-- A name without what people spell in several ways: case, blanks, signs, doubled letters.
CREATE OR REPLACE FUNCTION soundless(name text) RETURNS text
IMMUTABLE PARALLEL SAFE
RETURN regexp_replace(regexp_replace(lower(name), '[^[:alnum:]]', '', 'g'), '(.)\1+', '\1', 'g');
COMMENT ON FUNCTION soundless(text) IS 'a name in one of its spellings, to compare';

CREATE OR REPLACE VIEW audit AS
WITH known_customer AS (SELECT DISTINCT tenant, customer, true AS is_customer FROM customer),
known_ticket AS (SELECT DISTINCT tenant, ticket, true AS is_ticket FROM ticket)
SELECT tenant, relation, what, count(*) AS rows, min(key) AS example
FROM (
	SELECT tenant, 'response' AS relation, response AS key, what
	FROM response
	LEFT JOIN known_customer USING (tenant, customer)
	LEFT JOIN known_ticket USING (tenant, ticket)
	CROSS JOIN LATERAL (VALUES
		('off the scale', answer IS NOT NULL AND valid_answer(answer, scale) IS NULL),
		('answered before it was asked', answered_at < asked_at),
		('in the future', greatest(asked_at, answered_at) > as_of()),
		('of an unknown customer', customer IS NOT NULL AND is_customer IS NULL),
		('of an unknown ticket', ticket IS NOT NULL AND is_ticket IS NULL)
	) AS test (what, is_so)
	WHERE is_so
	UNION ALL
	SELECT tenant, 'ticket', ticket, what
	FROM ticket
	LEFT JOIN known_customer USING (tenant, customer)
	CROSS JOIN LATERAL (VALUES
		('ended before it began', least(first_reply_at, first_resolved_at, resolved_at, closed_at)
			< opened_at),
		('resolved at last before at first', resolved_at < first_resolved_at),
		('in the future', greatest(opened_at, first_reply_at, resolved_at, closed_at) > as_of()),
		('of an unknown customer', customer IS NOT NULL AND is_customer IS NULL)
	) AS test (what, is_so)
	WHERE is_so
	UNION ALL
	SELECT tenant, relation, ticket, what
	FROM (
		SELECT tenant, 'ticket_status' AS relation, ticket, at FROM ticket_status
		UNION ALL SELECT tenant, 'reply', ticket, greatest(waiting_from, replied_at) FROM reply
	) AS part
	LEFT JOIN known_ticket USING (tenant, ticket)
	CROSS JOIN LATERAL (VALUES
		('in the future', at > as_of()),
		('of an unknown ticket', is_ticket IS NULL)
	) AS test (what, is_so)
	WHERE is_so
	UNION ALL
	SELECT tenant, 'reply', ticket, 'ended before it began' FROM reply
		WHERE replied_at < waiting_from
	UNION ALL
	SELECT tenant, 'subscription', subscription, what
	FROM (
		SELECT *, lead(started_at) OVER (PARTITION BY tenant, chain
										 ORDER BY started_at, subscription) AS next_at
		FROM subscription
	) AS s
	LEFT JOIN known_customer USING (tenant, customer)
	CROSS JOIN LATERAL (VALUES
		('ended before it began', ended_at < started_at),
		('overlaps the next of its chain', chain IS NOT NULL AND next_at IS NOT NULL
			AND (ended_at > next_at) IS NOT FALSE),
		('in the future', started_at > as_of()),
		('of an unknown customer', is_customer IS NULL)
	) AS test (what, is_so)
	WHERE is_so
	UNION ALL
	SELECT tenant, 'invoice', invoice, what
	FROM invoice
	LEFT JOIN known_customer USING (tenant, customer)
	CROSS JOIN LATERAL (VALUES
		('in the future', issued_on > (as_of() AT TIME ZONE 'UTC')::date),
		('of an unknown customer', customer IS NOT NULL AND is_customer IS NULL)
	) AS test (what, is_so)
	WHERE is_so
	UNION ALL
	SELECT tenant, 'event', customer, 'in the future' FROM event WHERE at > as_of()
	UNION ALL
	SELECT tenant, 'customer', customer, 'in the future' FROM customer WHERE created_at > as_of()
	UNION ALL
	-- Each but the first of those that are the same.
	SELECT tenant, 'customer', customer, 'the same ' || what
	FROM (
		SELECT tenant, customer, what,
			   row_number() OVER (PARTITION BY tenant, what, value ORDER BY customer) AS nth
		FROM customer
		CROSS JOIN LATERAL (VALUES ('name and company', soundless(name) || '/'
			|| soundless(company))
			:contacts) AS trait (what, value)
		WHERE value <> '' AND deleted IS NOT TRUE
	) AS same
	WHERE nth > 1
	UNION ALL
	SELECT DISTINCT tenant, 'customer', b.customer, 'a similar name in the same company'
	FROM customer AS a
	JOIN customer AS b USING (tenant, company)
	WHERE a.customer < b.customer AND a.name <> b.name AND :similar
	  AND a.deleted IS NOT TRUE AND b.deleted IS NOT TRUE
) AS finding
GROUP BY tenant, relation, what
UNION ALL
SELECT NULL, relation, reason, rows, NULL FROM skipped;
COMMENT ON VIEW audit
	IS 'what is wrong with the rows of the standard relations, how many, and one of them';

COMMIT;
