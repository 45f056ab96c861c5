-- Made-up records of every kind, a call of every aggregate over them, and every reading of what the
-- aggregates return: for tests that go through them all. Views say which are still without a call.
--
--   observation           one row a customer, with a column of every type of the extension
--   total                 one row: every summary of all observations
--   aggregate_call        e.g. nps(short), to be asked FROM observation, and its function
--   reading_call          e.g. nps(rating), to be asked FROM total, and its function
--   without_call          aggregates and readings that none of them lists
SET client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS cxm;

CREATE TABLE record AS
	SELECT n, n % 7 AS part,
		answer::smallint AS short, answer AS whole, answer::double precision AS double,
		n % 9 / 4.0::double precision AS weight, '1..7'::text AS scale,
		n % 3 > 0 AS yes, n % 5 > 1 AS still,
		opened, CASE WHEN n % 8 > 0 THEN opened + n * n % 5000 * interval '1 min' END AS resolved,
		n * 37 % 10000 * interval '1 s' AS waited,
		started, CASE WHEN n % 4 > 0 THEN started + n * 11 % 300 END AS ended,
		n * 13 % 400 / 4.0 AS before, CASE WHEN n % 6 > 0 THEN n * 17 % 300 / 8.0 END AS after,
		'EUR'::text AS currency, n * 7 % 90 AS duration,
		(ARRAY['awareness', '250:trial', 'purchase', '-7:école', '450:help'])[1 + n * n % 5]
			AS stage,
		'month'::text AS bucket, 'on_or_after'::text AS kind, 'increasing'::text AS mode,
		business_calendar 'Mon-Fri 09:00-17:30 in Asia/Kolkata except 2025-08-15' AS calendar
	FROM (SELECT n, CASE WHEN n % 10 > 0 THEN 1 + n * n % 5 END AS answer,
			timestamptz '2025-03-01 00:00Z' + n * 97 % 4000 * interval '1 h' AS opened,
			date '2025-01-01' + n * 5 % 350 AS started
		FROM generate_series(1, 1000) n) made_up;
ALTER TABLE record ADD PRIMARY KEY (n);

CREATE TABLE customer AS
	SELECT record.*, stage::journey_stage AS staged,
		tstzrange(opened, resolved) AS spell,
		tstzmultirange(tstzrange(opened, resolved), tstzrange(opened + '200 days', NULL)) AS spells,
		daterange(started, ended) AS days,
		datemultirange(daterange(started, ended), daterange(started + 400, NULL)) AS day_sets,
		(SELECT activity_agg(started + n * i % 120) FROM generate_series(0, n % 5) i) AS activity,
		(SELECT journey_agg(opened + i * n % 30 * interval '1 h', (ARRAY['awareness', '250:trial',
			'purchase', 'service'])[1 + (n + i * (1 + n % 3)) % 4]) FROM generate_series(0, n % 6) i)
			AS journey
	FROM record;
ALTER TABLE customer ADD PRIMARY KEY (n);

CREATE TABLE observation AS
	SELECT customer.*, nps_agg(whole) AS rating,
		ttr_agg(opened, resolved, timestamptz '2026-01-01 00:00Z') AS times,
		churn_agg(started, ended, '[2025-05-01,2025-06-01)'::daterange) AS churn,
		revenue_agg(before, after, currency) AS revenue,
		survival_agg(duration, yes) AS survival,
		retention_agg(activity, 'month', date '2026-01-31') AS retention,
		funnel_agg(journey, '{awareness,trial,purchase}', '3 days', timestamptz '2026-01-01Z')
			AS funnel,
		flow_agg(journey, '2026-01-01Z', '7 days') AS flow
	FROM customer GROUP BY n;
ANALYZE observation;

CREATE TABLE total AS
	SELECT rollup(rating) AS rating, rollup(times) AS times, rollup(churn) AS churn,
		rollup(revenue) AS revenue, rollup(survival) AS survival, rollup(retention) AS retention,
		rollup(funnel) AS funnel, rollup(flow) AS flow, rollup(activity) AS activity,
		(SELECT journey FROM observation WHERE n = 11) AS journey, max(staged) AS staged,
		max(scale) AS scale, max(mode) AS mode, min(opened) AS at,
		business_calendar 'Mon-Fri 09:00-17:30 in Asia/Kolkata except 2025-08-15' AS calendar
	FROM observation;

CREATE TABLE aggregate_call (call text PRIMARY KEY, function regprocedure);
INSERT INTO aggregate_call (call)
	SELECT format(call, answer) FROM unnest('{short,whole,double}'::text[]) answer,
		unnest(ARRAY['nps(%s)', 'nps_agg(%s)', 'nps_agg(%s, weight)', 'rating_agg(%s, scale)',
			'rating_agg(%s, scale, weight)', 'csat(%s)', 'csat(%s, scale)', 'csat_agg(%s)',
			'csat_agg(%s, scale)', 'csat_agg(%s, scale, weight)', 'ces(%s)', 'ces(%s, scale)',
			'ces_agg(%s)', 'ces_agg(%s, scale)', 'ces_agg(%s, scale, weight)']) call
	UNION ALL SELECT name || format(arguments, zone) FROM
		unnest('{ttr,ttr_agg}'::text[]) name,
		unnest(ARRAY['(opened%1$s, resolved%1$s)',
			'(opened%1$s, resolved%1$s, timestamptz ''2026-01-01 00:00Z''%1$s)']) arguments,
		unnest(ARRAY['', ' AT TIME ZONE ''UTC''']) zone
	UNION ALL SELECT name || arguments FROM
		unnest('{business_ttr,business_ttr_agg}'::text[]) name,
		unnest(ARRAY['(calendar, opened, resolved)',
			'(calendar, opened, resolved, timestamptz ''2026-01-01 00:00Z'')']) arguments
	UNION ALL SELECT format('%s(%s)', name, arguments) FROM
		unnest('{churn_agg,churn_rate}'::text[]) name,
		unnest(ARRAY['yes, still', 'started, ended, daterange ''[2025-05-01,2025-06-01)''',
			'days, daterange ''[2025-05-01,2025-06-01)''',
			'day_sets, daterange ''[2025-05-01,2025-06-01)''',
			'opened, resolved, tstzrange ''[2025-05-01Z,2025-06-01Z)''',
			'spell, tstzrange ''[2025-05-01Z,2025-06-01Z)''',
			'spells, tstzrange ''[2025-05-01Z,2025-06-01Z)''']) arguments
	UNION ALL SELECT format('window_funnel(%sinterval ''30 days'', opened, %s)', mode,
			(SELECT string_agg('whole = ' || i, ', ' ORDER BY i) FROM generate_series(1, steps) i))
		FROM unnest(ARRAY['', 'mode, ']) mode, generate_series(1, 8) steps
	UNION ALL SELECT format('window_funnel(%sinterval ''30 days'', opened, '
			'VARIADIC ARRAY[whole = 1, whole = 2, whole = 3])', mode)
		FROM unnest(ARRAY['', 'mode, ']) mode
	UNION ALL SELECT format('window_funnel(%sinterval ''30 days'', opened, %s, '
			'''{purchase,service,loyalty}'')', mode, label)
		FROM unnest(ARRAY['', 'mode, ']) mode, unnest('{stage,staged}'::text[]) label
	UNION ALL SELECT format('rollup(%s)', summary)
		FROM unnest('{rating,times,churn,revenue,survival,retention,activity,journey,funnel,flow}'
			::text[]) summary
	UNION ALL SELECT unnest(ARRAY['rating_agg(yes)', 'duration_agg(waited)',
		'revenue_agg(before, after)', 'revenue_agg(before, after, yes)',
		'revenue_agg(before, after, currency)', 'revenue_agg(before, after, yes, currency)',
		'survival_agg(duration, yes)', 'survival_agg(started, ended, date ''2026-01-31'')',
		'activity_agg(started)', 'retention_agg(activity, bucket, date ''2026-01-31'')',
		'retention_agg(activity, bucket, date ''2026-01-31'', kind)',
		'journey_agg(opened, stage)', 'journey_agg(opened, staged)', 'min(staged)', 'max(staged)',
		'funnel_agg(journey, ''{awareness,trial}'', interval ''3 days'')',
		'funnel_agg(journey, ''{awareness,trial}'', interval ''3 days'', mode)',
		'funnel_agg(journey, ''{awareness,trial}'', interval ''3 days'', '
			'timestamptz ''2026-01-01Z'')',
		'funnel_agg(journey, ''{awareness,trial}'', interval ''3 days'', mode, '
			'timestamptz ''2026-01-01Z'')',
		'flow_agg(journey)',
		'flow_agg(journey, timestamptz ''2026-01-01Z'', interval ''7 days'')']);

CREATE TABLE reading_call (call text PRIMARY KEY, function regprocedure);
INSERT INTO reading_call (call)
	SELECT name || '(rating)' FROM unnest('{nps,csat,ces,promoters,passives,detractors,responses,
		nonresponses,response_rate,mean_answer,stddev_answer,median_answer,scale_of,distribution,
		nps_interval,nps_lower,nps_upper,csat_interval,csat_lower,csat_upper,ces_interval,ces_lower,
		ces_upper}'::text[]) name
	UNION ALL SELECT name || '(times)' FROM unnest('{resolved,unresolved,mean_duration,
		total_duration,ttr,median_duration,durations}'::text[]) name
	UNION ALL SELECT name || '(churn)' FROM unnest('{churn_rate,retention_rate,customers_at_start,
		customers_at_end,lost_customers,new_customers,new_and_lost_customers,returned_customers,
		churn_interval,churn_lower,churn_upper}'::text[]) name
	UNION ALL SELECT name || '(revenue)' FROM unnest('{mrr_start,mrr_end,grr,nrr,
		gross_revenue_churn,net_revenue_churn,quick_ratio,arpa,customers_at_start,customers_at_end,
		currency_of,movements}'::text[]) name
	UNION ALL SELECT name || '(survival)' FROM unnest('{survival_curve,median_survival,events,
		censored}'::text[]) name
	UNION ALL SELECT name || '(activity)' FROM unnest('{first_day,last_day,day_count,days}'
		::text[]) name
	UNION ALL SELECT name || '(retention)' FROM unnest('{retention_curve,bucket_of,kind_of}'
		::text[]) name
	UNION ALL SELECT name || '(staged)' FROM unnest('{stage_rank,phase}'::text[]) name
	UNION ALL SELECT name || '(journey)' FROM unnest('{events,event_count,stages,stage_path,
		collapse,first_at,last_at,current_stage,furthest_stage,regressions,revisits}'::text[]) name
	UNION ALL SELECT unnest(ARRAY['csat(rating, 9)', 'net_score(rating, 8, 3)',
		'responses_at(rating, 3)', 'top_share(rating, 4)', 'at_least(rating, 5)',
		'valid_answer(6::double precision, scale)',
		'nps_test(rating, rating)', 'csat_test(rating, rating)', 'ces_test(rating, rating)',
		'business_time(calendar, at, at + interval ''9 days'')',
		'business_time(calendar, tstzmultirange(tstzrange(at, at + interval ''9 days'')))',
		'business_spans(calendar, at, at + interval ''9 days'')',
		'business_deadline(calendar, at, interval ''30 h'')', 'is_business_time(calendar, at)',
		'percentile(times, 0.25)', 'percentiles(times, ''{0.25,0.5}'')',
		'within(times, interval ''2 days'')', 'churn_rate(churn, ''average'')',
		'net_churn_rate(90, 85)',
		'survival(survival, 40)',
		'restricted_mean(survival, 50)', 'logrank_test(survival, survival)',
		'active_on(activity, date ''2025-02-02'')', 'retention(retention, 1)',
		'stage_label(staged, ''hi'')', 'journey_slice(journey, at, at + interval ''90 days'')',
		'entered(journey, ''service'')',
		'time_in(journey, ''service'', timestamptz ''2026-01-01Z'')',
		'funnel_level(journey, ''{awareness,trial}'', interval ''3 days'', mode)',
		'funnel_times(journey, ''{awareness,trial}'', interval ''3 days'', mode)',
		'funnel(funnel)', 'flows(flow)', 'journey_map(flow)']);

-- The members of the extension, and those that serve a type, an operator or an aggregate only.
CREATE VIEW extension_function AS
	SELECT oid::regprocedure AS function, pg_proc.* FROM pg_proc, pg_depend
	WHERE objid = oid AND deptype = 'e' AND classid = 'pg_proc'::regclass
		AND refobjid = (SELECT oid FROM pg_extension WHERE extname = 'cxm');
CREATE VIEW extension_type AS
	SELECT oid::regtype AS type, typsend FROM pg_type, pg_depend
	WHERE objid = oid AND deptype = 'e' AND classid = 'pg_type'::regclass AND typtype = 'b'
		AND typelem = 0 AND refobjid = (SELECT oid FROM pg_extension WHERE extname = 'cxm');
CREATE VIEW support_function AS
	SELECT unnest(ARRAY[typinput, typoutput, typreceive, typsend]::oid[]) AS oid FROM pg_type
	UNION SELECT unnest(ARRAY[aggtransfn, aggcombinefn, aggmtransfn, aggminvtransfn]::oid[])
		FROM pg_aggregate
	UNION SELECT aggfinalfn FROM pg_aggregate WHERE aggfinalfn::text LIKE '%\_final'
	UNION SELECT oprcode FROM pg_operator
	UNION SELECT castfunc FROM pg_cast
	UNION SELECT amproc FROM pg_amproc;

-- Which function a call means is for PostgreSQL to say: a view depends on it.
DO $$
DECLARE
	list regclass;
	source text;
	statement record;
	meant regprocedure;
BEGIN
	FOR list, source IN VALUES ('aggregate_call'::regclass, 'observation'),
			('reading_call', 'total') LOOP
		FOR statement IN EXECUTE format('SELECT call FROM %s', list) LOOP
			EXECUTE format('CREATE VIEW probe AS SELECT %s AS x FROM %s', statement.call, source);
			SELECT function INTO STRICT meant FROM extension_function, pg_depend, pg_rewrite
			WHERE ev_class = 'probe'::regclass AND pg_depend.classid = 'pg_rewrite'::regclass
				AND pg_depend.objid = pg_rewrite.oid AND refclassid = 'pg_proc'::regclass
				AND refobjid = extension_function.oid;
			EXECUTE format('UPDATE %s SET function = $1 WHERE call = $2', list)
				USING meant, statement.call;
			DROP VIEW probe;
		END LOOP;
	END LOOP;
END
$$;

-- A reading is immutable; what is not works on tables.
CREATE VIEW without_call AS
	SELECT function FROM extension_function
	WHERE prokind IN ('f', 'a') AND provolatile = 'i' AND oid NOT IN (TABLE support_function)
		AND function NOT IN (SELECT function FROM aggregate_call UNION ALL
			SELECT function FROM reading_call);
