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
				'purchase', 'service']::journey_stage[])[1 + (n + i * (1 + n % 3)) % 4])
			FROM generate_series(0, n % 6) i) AS journey
	FROM record;
ALTER TABLE customer ADD PRIMARY KEY (n);

-- The laws make NULLs by the order of these columns: a new one comes last.
CREATE TABLE observation AS
	SELECT customer.*, nps_agg(whole) AS rating, share_agg(yes) AS agreement,
		ratio_agg(before, after) AS ratio,
		ttr_agg(opened, resolved, timestamptz '2026-01-01 00:00Z') AS times,
		churn_agg(started, ended, '[2025-05-01,2025-06-01)'::daterange) AS churn,
		revenue_agg(before, after, currency) AS revenue,
		survival_agg(duration, yes) AS survival,
		retention_agg(activity, 'month', date '2026-01-31') AS retention,
		lifecycle_agg(activity, 'week', date '2026-01-31') AS lifecycle,
		ARRAY[opened, resolved] AS moments,
		funnel_agg(journey, '{awareness,trial,purchase}', '3 days', timestamptz '2026-01-01Z')
			AS funnel,
		flow_agg(journey, '2026-01-01Z', '7 days') AS flow,
		purchase_agg(activity, date '2026-01-31') AS purchase,
		spend_agg(1 + duration % 9, 1 + weight) AS spend,
		nps_agg(duration % 11) AS later, (SELECT shift_agg(stage, before, after)
			FROM (SELECT nps_agg(x) AS before, nps_agg(y) AS after
				FROM (VALUES (whole, n % 11)) v (x, y)) t) AS shift,
		driver_agg(whole, drivers, names) AS driver, drivers, names,
		survival_reason_agg(duration / 3, duration + 1, yes, stage) AS stay
	FROM customer, LATERAL (SELECT ARRAY[n % 5, n * n % 7 / 4.0, n % 11 - 5]::double precision[]
		AS drivers, '{speed,quality,price}'::text[] AS names) driven
	GROUP BY n, drivers, names;
ANALYZE observation;

CREATE TABLE total AS
	SELECT rollup(rating) AS rating, to_jsonb(share_agg(yes)) AS agreed, rollup(ratio) AS ratio,
		rollup(driver) AS driver, rollup(shift) AS shift, rollup(times) AS times,
		rollup(churn) AS churn, to_jsonb(churn_reason_agg(yes, still, stage)) AS reasons,
		rollup(revenue) AS revenue, rollup(survival) AS survival, rollup(stay) AS stay,
		rollup(activity) AS activity, rollup(retention) AS retention,
		rollup(lifecycle) AS lifecycle, rollup(purchase) AS purchase, rollup(spend) AS spend,
		(0.243, 30.9, 0.793, 2.426, NULL)::bg_nbd_model AS buying,
		-- customers whom a model fits best
		jsonb '{"counts": [[0, 0, 100, 60], [0, 0, 200, 40], [1, 20, 100, 9],
			[1, 90, 100, 6], [1, 30, 200, 8], [2, 60, 100, 5], [2, 150, 200, 7], [3, 99, 100, 3],
			[3, 80, 200, 4], [5, 190, 200, 3], [8, 120, 200, 2], [12, 195, 200, 2]]}' AS buyers,
		jsonb '{"counts": [[1, 9.99, 3], [1, 24.5, 4], [1, 41, 2], [1, 80.46, 1],
			[1, 227.14, 1], [2, 12.5, 3], [2, 32.3, 4], [2, 55, 1], [3, 25.08, 2], [3, 90, 1],
			[5, 29.44, 2], [10, 24.24, 1]]}' AS spenders,
		(SELECT journey FROM observation WHERE n = 11) AS journey, max(staged) AS staged,
		rollup(funnel) AS funnel, rollup(flow) AS flow,
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
	UNION ALL SELECT format('ttr_agg(opened%1$s, resolved%1$s, timestamptz ''2026-01-01 00:00Z''%1$s, '
			'''9 h'', ''20 days'')', zone) FROM unnest(ARRAY['', ' AT TIME ZONE ''UTC''']) zone
	UNION ALL SELECT name || arguments FROM
		unnest('{business_ttr,business_ttr_agg}'::text[]) name,
		unnest(ARRAY['(calendar, opened, resolved)',
			'(calendar, opened, resolved, timestamptz ''2026-01-01 00:00Z'')']) arguments
	UNION ALL SELECT format(call, arguments) FROM
		unnest(ARRAY['churn_agg(%s)', 'churn_rate(%s)', 'churn_reason_agg(%s, stage)']) call,
		unnest(ARRAY['yes, still', 'started, ended, daterange ''[2025-05-01,2025-06-01)''',
			'days, daterange ''[2025-05-01,2025-06-01)''',
			'day_sets, daterange ''[2025-05-01,2025-06-01)''',
			'opened, resolved, tstzrange ''[2025-05-01Z,2025-06-01Z)''',
			'spell, tstzrange ''[2025-05-01Z,2025-06-01Z)''',
			'spells, tstzrange ''[2025-05-01Z,2025-06-01Z)''']) arguments
	UNION ALL SELECT format('revenue_agg(before, after%s%s)', arguments, month) FROM
		unnest(ARRAY['', ', yes', ', yes, currency', ', yes, currency, 0.9, 1.25 - mod(n, 3) / 4.0'])
			arguments,
		unnest(ARRAY['', ', date ''2025-01-01'' + coalesce(mod(n, 5), 0) * 31']) month
	UNION ALL SELECT format('revenue_change_agg(ARRAY[date ''2025-04-01'' + coalesce(mod(n, 40), 0), '
			'''2025-05-12'', ''2025-05-20''], ARRAY[before, after, mod(n, 3)], '
			'daterange ''[2025-05-01,2025-06-01)''%s)', currency)
		FROM unnest(ARRAY['', ', currency', ', currency, 0.9, 1.25 - mod(n, 3) / 4.0']) currency
	UNION ALL SELECT format('window_funnel(%sinterval ''30 days'', opened, %s)', mode,
			(SELECT string_agg('whole = ' || i, ', ' ORDER BY i) FROM generate_series(1, steps) i))
		FROM unnest(ARRAY['', 'mode, ']) mode, generate_series(1, 8) steps
	UNION ALL SELECT format('window_funnel(%sinterval ''30 days'', opened, '
			'VARIADIC ARRAY[whole = 1, whole = 2, whole = 3])', mode)
		FROM unnest(ARRAY['', 'mode, ']) mode
	UNION ALL SELECT format('window_funnel(%sinterval ''30 days'', opened, %s, '
			'''{purchase,service,loyalty}'')', mode, label)
		FROM unnest(ARRAY['', 'mode, ']) mode, unnest('{stage,staged}'::text[]) label
	UNION ALL SELECT format('window_funnel(mode, interval ''30 days'', opened, %s, '
			'''{purchase,service?,loyalty}'', ''{trial}''%s)', label, limits)
		FROM unnest('{stage,staged}'::text[]) label,
			unnest(ARRAY['', ', ''{NULL,3 d,NULL}''']) limits
	UNION ALL SELECT format('%s(%s)', name, summary)
		FROM unnest('{sum,rollup}'::text[]) name,
			unnest('{rating,ratio,times,churn,revenue,survival,retention,activity,journey,funnel,
				flow,driver,shift,purchase,spend,lifecycle,stay}'::text[]) summary
	UNION ALL SELECT name || arguments FROM
		unnest('{ratio,ratio_agg}'::text[]) name,
		unnest(ARRAY['(before, after)', '(weight, double)', '(n::bigint, duration::bigint)'])
			arguments
	UNION ALL SELECT format('mean_agg(%s)', x) FROM
		unnest('{after,weight,n::bigint}'::text[]) x
	UNION ALL SELECT format('retention_%s_agg(%s%s)', name, arguments, more)
		FROM (VALUES ('periods', 'activity, ''{"[2020-01-01,2025-03-01)","[2025-03-01,2025-04-17)",'
				'"[2025-04-20,2027-01-01)"}''::daterange[], date ''2027-01-31''', 'started'),
			('hours', 'moments, ''24 hours'', timestamptz ''2025-08-31Z''', 'opened'))
				v (name, arguments, started),
			unnest(ARRAY['', ', kind', ', ' || started, ', ' || started || ', kind']) more
	UNION ALL SELECT format('funnel_agg(journey, ''{awareness,trial}'', interval ''3 days''%s)', more)
		FROM unnest(ARRAY['', ', mode', ', timestamptz ''2026-01-01Z''',
			', mode, timestamptz ''2026-01-01Z''',
			', mode, timestamptz ''2026-01-01Z'', ''{purchase}''']) more
	UNION ALL SELECT unnest(ARRAY['rating_agg(yes)', 'share_agg(yes)', 'share(yes)',
		'share_prior(agreement)', 'shift_agg(stage, rating, later)',
		'driver_agg(weight, drivers, names)',
		'duration_agg(waited)', 'duration_agg(waited, ''30 min'', ''1 h'', ''1234 s'')',
		'duration_agg(waited, waited < ''2 h'')',
		'duration_agg(waited, waited < ''2 h'', ''37 s'', ''1 h'')',
		'business_ttr_agg(calendar, opened, resolved, NULL, ''9 h'', ''20 h'')',
		'revenue_agg(before, after, currency)',
		'survival_agg(duration, yes)', 'survival_agg(started, ended, date ''2026-01-31'')',
		'survival_agg(started, ended, date ''2026-01-31'', stage)',
		'survival_reason_agg(duration, yes, stage)',
		'survival_reason_agg(duration / 2, duration + 1, yes, stage)',
		'survival_entry_agg(duration / 2, duration + 1, yes)',
		'survival_entry_agg(least(started + 20, ended - 1), started, ended, date ''2026-01-31'')',
		'survival_entry_agg(least(started + 20, ended - 1), started, ended, date ''2026-01-31'', '
			'stage)',
		'activity_agg(started)', 'activity_agg(opened, ''Asia/Kathmandu'')',
		'retention_agg(activity, bucket, date ''2026-01-31'')',
		'retention_agg(activity, bucket, date ''2026-01-31'', kind)',
		'retention_agg(activity, bucket, date ''2026-01-31'', started)',
		'retention_agg(activity, bucket, date ''2026-01-31'', started, kind)',
		'lifecycle_agg(activity, bucket, date ''2026-01-31'')',
		'purchase_agg(activity, date ''2026-01-31'')',
		'purchase_agg(duration / 9, duration / 9 * 9, 300)', 'spend_agg(1 + duration, 1 + weight)',
		'min(staged)', 'max(staged)', 'journey_agg(opened, stage)', 'journey_agg(opened, staged)',
		'journey_agg(opened, n::bigint, stage)', 'journey_agg(opened, n::bigint, staged)',
		'journey_span_agg(opened, resolved, stage)', 'journey_span_agg(opened, resolved, staged)',
		'funnel_agg(journey, ''{awareness,trial?,purchase}'', interval ''9 days'', mode, '
			'timestamptz ''2026-01-01Z'', NULL, ''{NULL,3 d,5 d}'')',
		'funnel_agg(journey, ''{awareness,trial}'', interval ''20 h'', mode, '
			'timestamptz ''2026-01-01Z'', ''{purchase}'', ''{NULL,16 h}'', '
			'business_calendar ''Mon-Fri 09:00-17:00 in Europe/Berlin'')',
		'flow_agg(journey)',
		'flow_agg(journey, timestamptz ''2026-01-01Z'', interval ''7 days'')',
		'flow_agg(journey, business_calendar ''Mon-Fri 09:00-17:00 in Europe/Berlin'')',
		'flow_agg(journey, timestamptz ''2026-01-01Z'', interval ''7 days'', '
			'business_calendar ''Mon-Fri 09:00-17:00 in Europe/Berlin'')']);

CREATE TABLE reading_call (call text PRIMARY KEY, function regprocedure);
INSERT INTO reading_call (call)
	-- of a value and nothing else
	SELECT format('%s(%s)', name, value) FROM (VALUES
		('rating', '{nps,csat,ces,promoters,passives,detractors,responses,nonresponses,response_rate,
			mean,mean_answer,stddev_answer,median_answer,scale_of,distribution,satisfied}'),
		('agreed::rating_summary', '{share}'),
		('ratio', '{ratio,mean,std_error,units,incomplete,numerator,denominator}'),
		('driver', '{r_squared,complete_rows,incomplete_rows,driver_names,drivers}'),
		('shift', '{shift_before,shift_after,shifts}'),
		('times', '{resolved,unresolved,mean_duration,total_duration,ttr,median_duration,durations,
			median_age}'),
		('churn', '{churn_rate,retention_rate,customers_at_start,customers_at_end,lost_customers,
			new_customers,reactivated_customers,new_and_lost_customers,returned_customers}'),
		('revenue', '{mrr_start,mrr_end,grr,nrr,gross_revenue_churn,net_revenue_churn,quick_ratio,
			arpa,customers_at_start,customers_at_end,currency_of,movements,new_mrr,expansion_mrr,
			reactivated_mrr,contraction_mrr,churned_mrr,exchange_mrr}'),
		('survival', '{survival_curve,median_survival,events,censored,incidence_curve}'),
		('stay', '{survival_curve,median_survival,events,censored,incidence_curve}'),
		('activity', '{first_day,last_day,day_count,days}'),
		('retention', '{retention_curve,bucket_of,kind_of}'),
		('lifecycle', '{lifecycle,lifecycle_bucket,lifecycle_until,customers}'),
		('purchase', '{customers,repeat_customers,repeat_purchases}'),
		('spend', '{customers,purchases,mean_spend}'),
		('staged', '{stage_rank,phase}'),
		('journey', '{events,event_count,stages,stage_path,collapse,first_at,last_at,current_stage,
			furthest_stage,regressions,revisits}'),
		('funnel', '{funnel}'), ('flow', '{flows,journey_map}')) v (value, names),
		unnest(names::text[]) name
	-- how sure it is
	UNION ALL SELECT format(call, bound) FROM unnest('{interval,lower,upper}'::text[]) bound,
		unnest(ARRAY['nps_%s(rating)', 'csat_%s(rating)', 'csat_%s(rating, 0.9, 9, ''anytime'')',
			'ces_%s(rating)', 'mean_%s(rating)', 'net_score_%s(rating, 8, 3)',
			'top_share_%s(rating, 4)', 'response_rate_%s(rating)',
			'share_%s(agreed::rating_summary)', 'share_%s(56, 70)',
			'shrunken_share_%s(agreed::rating_summary, (0.5, 20))',
			'predicted_count_%s(24, 1200, 1180)', 'predicted_by_prior_%s((0.02, 3181), 11900)',
			'ratio_%s(ratio)', 'mean_%s(ratio)',
			'percentile_%s(times, 0.3)', 'median_duration_%s(times)', 'mean_duration_%s(times)',
			'within_%s(times, ''9 days'')',
			'churn_%s(churn)', 'median_survival_%s(survival)', 'survival_%s(stay, 20)',
			'restricted_mean_%s(stay, 20)', 'expected_remaining_%s(stay, 10, 20)',
			'cumulative_incidence_%s(stay, ''250:trial'', 20)', 'retention_%s(retention, 1)']) call
	-- ratings
	UNION ALL SELECT unnest(ARRAY['csat(rating, 9)', 'net_score(rating, 8, 3)',
		'responses_at(rating, 3)', 'top_share(rating, 4)', 'at_least(rating, 5)',
		'valid_answer(6::double precision, scale)', 'valid_answer(6::text, scale)',
		'nearest_answer(6.4, scale)', 'answer_of(''b'', ''{a,b}'')',
		'cxm_internal.distribution(rating)',
		'cxm_internal.valid_answer(6::double precision, scale)',
		'nps_test(rating, rating)', 'csat_test(rating, rating)', 'ces_test(rating, rating)',
		'mean_test(rating, rating)', 'net_score_test(rating, rating, 8, 3)',
		'top_share_test(rating, rating, 4)', 'response_rate_test(rating, rating)',
		'nps_test(ARRAY[rating, rating])', 'csat_test(ARRAY[rating, rating])',
		'mean_test(ARRAY[rating, rating])', 'responses_needed(rating, 5)',
		'share_test(agreed::rating_summary, agreed::rating_summary)',
		'share_test(ARRAY[agreed::rating_summary, agreed::rating_summary])',
		'share_test(56, 70, 48, 80)', 'responses_needed(0.8, 0.05)',
		'adjusted_p_values(''{0.01,0.04}'')', 'shrunken_share(agreed::rating_summary, (0.5, 20))',
		'predicted_count(24, 1200, 1180)', 'predicted_by_prior((0.02, 3181), 11900)',
		'ratio_test(ratio, ratio)', 'ratio_lift(ratio, ratio)', 'mean_test(ratio, ratio)',
		'drivers(driver, ''shapley'')'])
	-- service
	UNION ALL SELECT unnest(ARRAY['business_time(calendar, at, at + interval ''9 days'')',
		'business_time(calendar, tstzmultirange(tstzrange(at, at + interval ''9 days'')))',
		'business_time_until(calendar, tstzmultirange(tstzrange(at, NULL)), at + interval ''9 days'')',
		'business_spans(calendar, at, at + interval ''9 days'')',
		'business_deadline(calendar, at, interval ''2 days 3 h'')',
		'business_deadline(calendar, at, interval ''30 h'', '
			'tstzmultirange(tstzrange(at, at + interval ''9 h'')))',
		'business_deadline(calendar, at, interval ''30 h'', tstzrange(at, at + interval ''9 h''))',
		'business_deadline(calendar, at, interval ''30 h'', '
			'tstzrange(at, at + interval ''9 h'')::text)',
		'business_days(calendar, date ''2025-08-01'', ''2025-09-01'')',
		'is_business_time(calendar, at)',
		'percentile(times, 0.25)', 'percentiles(times, ''{0.25,0.5}'')',
		'within(times, interval ''2 days'')', 'unresolved(times, ''30 days'')',
		'targets(duration_summary ''{"targets": {"5": 0}}'')', 'percentile_age(times, 0.9)',
		'valid_duration(at, at + interval ''1 h'')', 'valid_duration(at::timestamp, at::timestamp)',
		'duration_test(times, times)', 'mean_duration_test(times, times)',
		'median_duration_lift(times, times)', 'within_test(times, times, ''9 days'')',
		'erlangs(100, ''30 min'', ''3 min'')', 'erlang_b(10, 14)', 'erlang_c(10, 14)',
		'service_level(100, ''30 min'', ''3 min'', 14, ''20 s'')',
		'average_speed_of_answer(100, ''30 min'', ''3 min'', 14)',
		'occupancy(100, ''30 min'', ''3 min'', 14)',
		'agents_needed(100, ''30 min'', ''3 min'', 0.8, ''20 s'')',
		'service_level_met(''15 s'', true, ''20 s'')', 'in_seconds(''90 min'')',
		'in_minutes(''90 min'')', 'in_hours(''90 min'')', 'in_days(''90 min'')'])
	-- customers
	UNION ALL SELECT unnest(ARRAY['churn_rate(churn, ''average'')', 'net_churn_rate(90, 85)',
		'lost_customers(reasons::churn_summary, ''a'', NULL)',
		'churn_rate_for(reasons::churn_summary, ''a'')', 'churn_reasons(reasons::churn_summary)',
		'valid_range(date ''2025-01-01'', ''2025-02-01'')', 'valid_range(at, at)',
		'months_of(''{"months": {"2025-04-01": 1}, "changes": true, "amounts": {"start": 5, '
			'"new": 0, "expansion": 0, "contraction": 0, "churned": 0, "reactivated": 0}, '
			'"customers": {"unchanged": 1, "new": 0, "expansion": 0, "contraction": 0, '
			'"churned": 0, "reactivated": 0}}''::revenue_summary)',
		'monthly_amount(100, ''1 year'')', 'movements(revenue, ''ends'')',
		'survival(survival, 40)', 'restricted_mean(survival, 50)', 'restricted_mean(stay, 50)',
		'logrank_test(survival, survival)', 'logrank_test(survival, stay)',
		'logrank_test(ARRAY[stay, survival])', 'restricted_mean_test(stay, survival, 50)',
		'cumulative_incidences(stay, 30)', 'cumulative_incidence(stay, ''250:trial'', 30)',
		'cumulative_incidence(survival, NULL, 30)', 'expected_remaining(stay, 10, 20)',
		'hazards(stay, 10)', 'hazard_ratio(stay, survival)',
		'active_on(activity, date ''2025-02-02'')',
		'active_between(activity, daterange ''[2025-02-02,2025-03-02)'')',
		'day_count(activity, daterange ''[2025-02-02,)'')', 'retention(retention, 1)',
		'active_before_start(''{"bucket": "day", "active_before_start": 1, "eligible": [2], '
			'"retained": [1]}'')',
		'retention_test(retention, retention, 1)', 'bg_nbd_fit(buyers::purchase_summary)',
		'expected_purchases(buying, activity, date ''2026-01-31'', 90)',
		'expected_purchases(buying, purchase, 90)', 'expected_purchases(buying, 2, 213, 272, 273)',
		'probability_alive(buying, activity, date ''2026-01-31'')',
		'probability_alive(buying, 2, 213, 272)', 'customers_alive(buying, purchase)',
		'gamma_gamma_fit(spenders::spend_summary)',
		'expected_spend((6.25, 3.74, 15.44, NULL), 2, 22.35)'])
	-- journeys
	UNION ALL SELECT unnest(ARRAY['stage_label(staged, ''hi'')',
		'journey_slice(journey, at, at + interval ''90 days'')',
		'entered(journey, ''service'')', 'entered(journey, ''service'', at)',
		'last_entered(journey, ''service'')',
		'time_in(journey, ''service'', timestamptz ''2026-01-01Z'')',
		'time_in(journey, ''service'', timestamptz ''2026-01-01Z'', calendar)',
		'periods_in(journey, ''{service,purchase}''::text[])',
		'periods_in(journey, ''service'')', 'sessions(journey, ''12 h'')',
		'journey_between(journey, ''service'', ''purchase'')',
		'durations_between(journey, ''service'', ''purchase'')',
		'durations_between(journey, ''service'', ''purchase'', calendar)',
		'deviations(journey, ''{awareness,trial,purchase}'')',
		'conforms(journey, ''{awareness,trial,purchase}'')',
		'funnel_level(journey, ''{awareness,trial}'', interval ''3 days'', mode)',
		'funnel_times(journey, ''{awareness,trial}'', interval ''3 days'', mode)',
		'funnel_level(journey, ''{awareness,trial?,purchase}'', interval ''9 days'', mode, '
			'''{help}'', ''{NULL,3 d,5 d}'')',
		'funnel_times(journey, ''{awareness,trial?,purchase}'', interval ''9 days'', mode, '
			'''{help}'', ''{NULL,3 d,5 d}'')',
		'funnel_count(journey, ''{awareness,trial}'', interval ''3 days'', mode)',
		'funnel_level(journey, ''{awareness,trial}'', interval ''20 h'', mode, NULL, NULL, calendar)',
		'funnel_times(journey, ''{awareness,trial}'', interval ''20 h'', mode, NULL, NULL, calendar)',
		'funnel_count(journey, ''{awareness,trial}'', interval ''20 h'', mode, NULL, NULL, calendar)',
		'funnel(funnel, 0.9)', 'funnel_test(funnel, funnel, 2)']);

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

-- A reading is immutable; what is not works on tables. Of moments without a zone no days are counted.
CREATE VIEW without_call AS
	SELECT function FROM extension_function
	WHERE prokind IN ('f', 'a') AND provolatile = 'i' AND oid NOT IN (TABLE support_function)
		AND function::text <> 'activity_agg(timestamp with time zone)'
		AND function NOT IN (SELECT function FROM aggregate_call UNION ALL
			SELECT function FROM reading_call);
