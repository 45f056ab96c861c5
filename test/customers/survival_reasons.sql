-- survival_reasons: for what reasons customers leave, and customers seen only from some age on
SET client_min_messages = warning;
SET datestyle = 'ISO';
CREATE EXTENSION IF NOT EXISTS cxm;

--
-- Reasons: months 2 4 4 5 7 8 8 9 10 12, 0 for customers who are still there. By hand, and by R 4.2.2,
-- survival 3.5.3, survfit(Surv(t, factor(reason)) ~ 1): .3167 at 7, .4333 at 8, .6083 at 12.
--
CREATE TEMP TABLE leaver AS SELECT t, nullif(reason, 0) AS reason
	FROM unnest('{2,4,4,5,7,8,8,9,10,12}'::integer[], '{1,2,1,0,1,2,1,0,2,1}'::integer[]) v (t, reason);
CREATE TEMP TABLE left_for AS
	SELECT survival_reason_agg(t, reason IS NOT NULL, reason::text) AS s FROM leaver;
SELECT s, events(s), censored(s), median_survival(s), s::text::survival_summary = s AS text,
	s::jsonb::survival_summary = s AS jsonb FROM left_for;
SELECT reason, t, events, round(incidence::numeric, 12) AS incidence, round(lower::numeric, 9) AS lower,
	round(upper::numeric, 9) AS upper FROM left_for, incidence_curve(s);
SELECT reason, events, round(incidence::numeric, 12) AS incidence, round(lower::numeric, 9) AS lower,
	round(upper::numeric, 9) AS upper FROM left_for, cumulative_incidences(s, 8);
SELECT round(cumulative_incidence(s, '1', 12)::numeric, 4) AS "at 12",
	round((1 - survival(survival_agg(t, reason = 1), 12))::numeric, 4) AS naive
FROM left_for, leaver GROUP BY s::text, s;
-- the reasons add up to all who have left; without reasons all have left for none that is known
SELECT month, abs(1 - survival(s, month) - (SELECT sum(incidence) FROM cumulative_incidences(s, month))) < 1e-15 AS all_of_them,
	abs(1 - survival(p, month) - cumulative_incidence(p, NULL, month)) < 1e-15 AS of_none
FROM left_for, (SELECT survival_agg(t, reason IS NOT NULL) AS p FROM leaver) plain, generate_series(0, 12, 3) month;
-- of one reason the interval is that of the curve
SELECT count(*) AS steps, bool_and(abs(c.lower - (1 - i.upper)) < 1e-14 AND abs(c.upper - (1 - i.lower)) < 1e-14) AS same
FROM (SELECT survival_reason_agg(t, t % 3 > 0, 'price') AS s FROM generate_series(1, 30) t) x,
	survival_curve(s) c JOIN incidence_curve(s) i USING (t);
-- a reason of somebody who has not left is none; that of one who has may not be known
SELECT survival_reason_agg(t, ended, reason) AS s
FROM (VALUES (5, false, 'price'), (6, true, NULL), (7, true, ''), (8, true, 'é')) v (t, ended, reason);
SELECT reason IS NULL AS unknown, reason, t, events FROM incidence_curve((SELECT survival_reason_agg(t, ended, reason)
	FROM (VALUES (5, false, 'price'), (6, true, NULL), (7, true, ''), (8, true, 'é')) v (t, ended, reason)));
-- what nobody has left for, and what nobody knows
SELECT cumulative_incidence(s, 'another', 8) AS another, cumulative_incidence_interval(s, 'another', 8) AS interval,
	cumulative_incidence(s, NULL, 8) AS "unknown", cumulative_incidence('{}', 'price', 8) AS nobody,
	cumulative_incidence(NULL, 'price', 8) AS "NULL", cumulative_incidence(s, '1', NULL) AS "when",
	cumulative_incidence_lower(s, '1', 8, NULL) AS level FROM left_for;
SELECT s.t, cumulative_incidence(x.s, 'a', s.t) FROM (SELECT survival_reason_agg(t, t < 4, 'a') AS s
	FROM generate_series(1, 5) t) x, generate_series(4, 6) s (t);
SELECT count(*) FROM incidence_curve('{}');
-- the same without reasons takes the bytes of 1.0.0
SELECT survival_reason_agg(t, true, NULL) = survival_agg(t, true) AS alike,
	pg_column_size(survival_reason_agg(t, true, NULL)) AS plain,
	pg_column_size(survival_reason_agg(t, true, 'price')) AS with_reason
FROM generate_series(1, 10) t;
-- they add up, and what is taken out again leaves nothing behind
SELECT w + p AS both, (w + p) - w = p AS plain, (w + p) - p = w AS with_reasons, (w - w)::text AS nothing
FROM (SELECT survival_reason_agg(1, true, 'a') AS w, survival_agg(1, true) AS p) t;

--
-- Entries: months since the contract began, first seen, last seen, ended; by hand the median is 9 and
-- S(12) = 0.2
--
CREATE TEMP TABLE seen (entry integer, exit integer, ended boolean);
INSERT INTO seen VALUES (24, 30, true), (36, 40, false), (12, 30, true), (0, 3, true), (0, 6, true),
	(0, 6, false), (0, 18, false), (0, 9, true), (48, 60, false), (6, 12, true);
CREATE TEMP TABLE seen_summary AS SELECT survival_entry_agg(entry, exit, ended) AS s FROM seen;
SELECT s, median_survival(s), round(survival(s, 12)::numeric, 4) AS s12, events(s), censored(s),
	round(restricted_mean(s, 20)::numeric, 10) AS mean FROM seen_summary;
SELECT t, at_risk, events, censored, round(survival::numeric, 10) AS survival,
	round(lower::numeric, 9) AS lower, round(upper::numeric, 9) AS upper FROM seen_summary, survival_curve(s);
-- from the beginning on is as without an entry
SELECT survival_entry_agg(0, t, true) = survival_agg(t, true) AS zero,
	survival_entry_agg(NULL, t, true) = survival_agg(t, true) AS "NULL" FROM generate_series(0, 9) t;
-- dates
CREATE TEMP TABLE customer (id integer, entered date, started date, ended date, reason text);
INSERT INTO customer VALUES (1, '2025-01-11', '2025-01-01', '2025-01-31', 'price'),
	(2, '2025-01-11', '2025-01-01', NULL, 'price'), (3, NULL, '2025-01-01', '2025-02-01', NULL),
	(4, '2025-03-01', '2025-01-01', NULL, NULL), (5, '2025-02-28', '2025-01-01', '2025-03-09', 'price'),
	(6, '-infinity', '2025-02-01', '2025-02-05', 'service'), (7, '2025-02-01', '2025-02-01', '2025-02-01', NULL),
	(8, 'infinity', '2025-01-01', NULL, NULL), (9, '2024-01-01', '2025-01-01', '2025-02-01', 'price'),
	(10, NULL, NULL, NULL, NULL), (11, '2025-01-15', '2025-03-01', NULL, NULL);
-- 4, 5 and 8 had not been seen on the day, 10 and 11 had not started
SELECT survival_entry_agg(entered, started, ended, '2025-02-28', reason) AS s FROM customer;
SELECT survival_entry_agg(entered, started, ended, '2025-02-28') AS s FROM customer;
SELECT survival_agg(started, ended, '2025-02-28', reason) AS s FROM customer;
SELECT id, survival_entry_agg(entered, started, ended, '2025-02-28', reason) AS s FROM customer
GROUP BY id ORDER BY id;
-- who was last seen when first seen says nothing
SELECT survival_entry_agg(5, 5, false), survival_entry_agg(5, 6, false), survival_reason_agg(5, 5, false, 'price');
SELECT survival_entry_agg(5, NULL, false), survival_reason_agg(5, NULL, 'price');

--
-- Random lifetimes against the definitions in plain SQL
--
CREATE TEMP TABLE life AS
	SELECT part, entry, entry + 1 + (abs(hashint8extended(n, 1)) % (10 ^ (1 + part))::bigint)::integer AS t,
		nullif(abs(hashint8extended(n, 2)) % 5, 4)::text AS reason, hashint8extended(n, 3) > 0 AS ended
	FROM (SELECT n, n % 4 AS part, CASE WHEN n % 3 > 0 THEN
			(abs(hashint8extended(n, 4)) % (10 ^ (n % 4))::bigint)::integer ELSE 0 END AS entry
		FROM generate_series(1, 2000) n) t;
CREATE TEMP TABLE step AS
	SELECT part, t, count(*) FILTER (WHERE ended) AS d, count(*) AS gone,
		(SELECT count(*) FROM life r WHERE r.part = l.part AND r.entry < l.t AND r.t >= l.t) AS n
	FROM life l GROUP BY part, t;
CREATE TEMP TABLE curve AS
	SELECT *, exp(greatest(sum(CASE WHEN d < n THEN ln(1 - d / n::double precision) ELSE -700 END)
		OVER (PARTITION BY part ORDER BY t), -700)) AS s FROM step;
CREATE TEMP TABLE part AS
	SELECT part, survival_reason_agg(entry, t, ended, reason) AS s FROM life GROUP BY part;
SELECT count(*) > 500 AS many, bool_and(at_risk = n AND events = d AND events + censored = gone) AS counts,
	max(abs(survival - s)) < 1e-12 AS survival
FROM (SELECT part, c.* FROM part p, survival_curve(s) c) ours FULL JOIN curve USING (part, t);
SELECT count(*) > 500 AS many, bool_and(ours.events = theirs.events) AS events,
	max(abs(ours.incidence - theirs.incidence)) < 1e-12 AS incidence
FROM (SELECT part, i.* FROM part p, incidence_curve(s) i) ours
FULL JOIN (SELECT part, t, reason, d AS events, sum(before * d / n) OVER (PARTITION BY part, reason ORDER BY t) AS incidence
	FROM (SELECT part, t, n, lag(s, 1, 1::double precision) OVER (PARTITION BY part ORDER BY t) AS before FROM curve) c
		JOIN (SELECT part, t, reason, count(*) AS d FROM life WHERE ended GROUP BY part, t, reason) e USING (part, t)) theirs
	ON ours.part = theirs.part AND ours.t = theirs.t AND ours.reason IS NOT DISTINCT FROM theirs.reason;

--
-- As many reasons as there may be; in a moving window those that nobody has any more do not count
--
SELECT count(DISTINCT reason), sum(events) FROM (SELECT survival_reason_agg(n, true, 'r' || n % 256) AS s
	FROM generate_series(1, 1000) n) t, incidence_curve(s);
SELECT count(*), bool_and(s = again) AS same FROM (SELECT n, s, (SELECT survival_reason_agg(m, true, 'r' || m)
		FROM generate_series(greatest(1, n - 99), n) m) AS again
	FROM (SELECT n, survival_reason_agg(n, true, 'r' || n) OVER (ORDER BY n ROWS 99 PRECEDING) AS s
		FROM generate_series(1, 700) n) t WHERE n % 50 = 0) u;
SELECT count(*), bool_and((a + b) - a = b) AS same FROM (SELECT survival_reason_agg(n, true, 'r' || n % 200) AS a,
	survival_reason_agg(n, true, 'r' || n % 250) AS b FROM generate_series(1, 1000) n) t;

--
-- Errors
--
\getenv tests PG_ABS_SRCDIR
\set refusal :tests '/refusal.psql'
\i :refusal
SELECT statement, pg_temp.refusal('SELECT ' || statement) AS error FROM (VALUES
	($$survival_reason_agg(n, true, 'r' || n) FROM generate_series(1, 257) n$$),
	($$survival_reason_agg(n, true, 'r' || n) + survival_reason_agg(1, true, 'other') FROM generate_series(1, 256) n$$),
	($$survival_reason_agg(1, true, repeat('é', 128))$$),
	($$survival_reason_agg(-1, true, 'price')$$),
	($$survival_entry_agg(-1, 1, true)$$),
	($$survival_entry_agg(6, 6, true)$$),
	($$survival_entry_agg(7, 6, false)$$),
	($$survival_entry_agg('2025-01-31', started, ended, '2025-02-28') FROM customer WHERE id = 1$$),
	($$survival_entry_agg(entered, ended, started, '2025-02-28') FROM customer WHERE id = 1$$),
	($$survival_entry_agg(entered, started, ended, NULL) FROM customer$$),
	($$survival_entry_agg(entered, started, ended, now()) FROM customer$$),
	($$cumulative_incidence(s, '1', -1) FROM left_for$$),
	($$cumulative_incidence_interval(s, '1', 1, 95) FROM left_for$$),
	($$survival_reason_agg(1, true, 'a') - survival_agg(1, true)$$),
	($$survival_reason_agg(1, true, 'a') - survival_reason_agg(1, true, 'b')$$),
	($$survival_agg(1, true) - survival_reason_agg(1, true, 'b')$$),
	-- the customers there are, but not together
	($$(survival_entry_agg(5, 10, true) + survival_agg(3, true)) - survival_agg(10, true)$$),
	($$'{"censored": {"5": 1}, "entered": {"5": 1}}'::survival_summary$$),
	($$'{"entered": {"5": 1}}'::survival_summary$$),
	($$'{"censored": {"5": 1}, "entered": {"0": 1}}'::survival_summary$$),
	($$'{"reasons": {"price": 1}}'::survival_summary$$),
	($$'{"reasons": {"price": {"x": 1}}}'::survival_summary$$),
	($$('{"reasons": {"' || repeat('x', 256) || '": {"1": 1}}}')::survival_summary$$),
	($$('{"reasons": {' || string_agg(format('"%s": {"1": 1}', n), ', ') || '}}')::survival_summary
		FROM generate_series(1, 257) n$$),
	($$'{"censored": {"7": 9223372036854775807}, "reasons": {"price": {"7": 1}}}'::survival_summary$$)) v (statement);
