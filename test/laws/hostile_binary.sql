-- hostile binary: what arrives by COPY ... BINARY or as a binary parameter is believed in nothing
SET client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS cxm;
SET timezone = 'UTC';

\getenv tests PG_ABS_SRCDIR
\set receive :tests '/receive.psql'
\i :receive
\set samples :tests '/samples.psql'
\i :samples
SELECT * FROM sample_lacks;
-- what was sent arrives; and so does a value of many answers
CREATE TEMP TABLE sent (type text, what text, bytes bytea, value text);
DO $$
DECLARE
	each sample;
BEGIN
	FOR each IN TABLE sample LOOP
		EXECUTE format('INSERT INTO sent SELECT %L, %L, cxm_internal.%s_send(%L), %4$L', each.type, each.what, each.type, each.value);
	END LOOP;
END
$$;
SELECT type, what, pg_temp.received(type, bytes) = value AS same FROM sent
ORDER BY type COLLATE "C", what COLLATE "C";
SELECT pg_temp.received('rating_summary', cxm_internal.rating_summary_send(s)) = s::text AS of_256_answers
FROM (SELECT rating_agg(n, '255..0', n / 7.0) AS s FROM generate_series(0, 255) n) t;

\pset format unaligned
\pset fieldsep '  '
\pset tuples_only on
--
-- Ratings by hand: version 1, flags, answers less one, lowest answer, non-responses, counts
--
SELECT why, pg_temp.received('rating_summary', bytes, true)
FROM (VALUES
	('right', '\x 01 00 02 00000001 05 01 00 03'::bytea),
	('right, and wider than need be', '\x 01 01 02 00000001 0005 0001 0000 0003'),
	('widest', '\x 01 03 01 00000000 0000000000000005 0000000000000000 7fffffffffffffff'),
	('reversed', '\x 01 04 02 ffffffff 05 01 00 03'),
	('nothing at all, as a blank is sent', ''),
	('only a version', '\x 01'),
	('version 0', '\x 00 00 02 00000001 05 01 00 03'),
	('version 3', '\x 03 00 02 00000001 05 01 00 03'),
	('version 255', '\x ff'),
	('a flag that is none', '\x 01 40 02 00000001 05 01 00 03'),
	('all flags', '\x 01 ff 02 00000001 05 01 00 03'),
	('one answer', '\x 01 00 00 00000001 05 01'),
	('no lowest answer', '\x 01 00 02 0000'),
	('no counts', '\x 01 00 02 00000001'),
	('a count too few', '\x 01 00 02 00000001 05 01 00'),
	('a count too many', '\x 01 00 02 00000001 05 01 00 03 00'),
	('narrower than said', '\x 01 01 02 00000001 05 01 00 03'),
	('wider than said', '\x 01 00 02 00000001 0005 0001 0000 0003'),
	('256 answers that are not there', '\x 01 00 ff 00000001 05 01 00 03'),
	('a lowest answer too low', '\x 01 00 02 c46535ff 05 01 00 03'),
	('the lowest possible', '\x 01 00 02 c4653601 05 01 00 03'),
	('a highest answer too high', '\x 01 00 02 3b9ac9fe 05 01 00 03'),
	('the highest possible', '\x 01 00 02 3b9ac9fd 05 01 00 03'),
	('the lowest integer', '\x 01 00 02 80000000 05 01 00 03'),
	('the highest integer', '\x 01 00 02 7fffffff 05 01 00 03'),
	('a negative count',
		'\x 01 03 01 00000000 0000000000000005 0000000000000000 8000000000000000'),
	('weights promised', '\x 01 08 02 00000001 05 01 00 03'),
	-- version 2 has the units between two answers before the lowest answer
	('half steps', '\x 02 10 02 04 00000005 05 01 00 03'),
	('tens', '\x 02 00 02 09 0000000a 05 01 00 03'),
	('version 2 of what version 1 can say', '\x 02 00 02 00 00000001 05 01 00 03'),
	('decimals in version 1', '\x 01 10 02 00000001 05 01 00 03'),
	('decimals that are all zero', '\x 02 10 02 09 0000000a 05 01 00 03'),
	('steps beyond what is possible', '\x 02 00 02 ff 3b9ac800 05 01 00 03'),
	('half steps, and no counts', '\x 02 10 02 04 00000005')) v (why, bytes);

-- weights on 0..1, one non-response, 0 twice and 1 once: 1 + 1, 3, and 1 + 1 + 9 squared
SELECT why, pg_temp.received('rating_summary', '\x 01 08 01 00000000 01 02 01'::bytea || weights, true)
FROM (VALUES
	('right', decode(repeat('00', 15) || '01' || repeat('00', 15) || '02' || repeat('00', 15) || '03'
		|| repeat('00', 15) || '0b', 'hex')),
	('all zero', decode(repeat('00', 64), 'hex')),
	('weights without squares', decode(repeat('00', 31) || '02' || repeat('00', 32), 'hex')),
	('squares without weights', decode(repeat('00', 63) || '05', 'hex')),
	('a weight too few', decode(repeat('00', 48), 'hex')),
	('half a weight too many', decode(repeat('00', 72), 'hex')),
	('squares too small', decode(repeat('00', 31) || '02' || repeat('00', 15) || '03'
		|| repeat('00', 15) || '08', 'hex')),
	('squares too large', decode(repeat('00', 31) || '02' || repeat('00', 15) || '03'
		|| repeat('00', 15) || '1a', 'hex')),
	('the largest sums', decode(repeat('ff', 64), 'hex'))) v (why, weights);
SELECT pg_temp.received('rating_summary', '\x 01 08 01 00000000 00 02 01'::bytea
	|| decode(repeat('00', 15) || '01' || repeat('00', 48), 'hex'), true);
SELECT pg_temp.received('rating_summary', '\x 01 08 01 00000000 01 00 01'::bytea
	|| decode(repeat('00', 31) || '01' || repeat('00', 31) || '01', 'hex'), true);

-- the same in version 2, in billionths: each sum of weights, each of their squares, and the squares
-- whose answers are not known, in the square of a millionth
CREATE FUNCTION pg_temp.sums(VARIADIC sums integer[]) RETURNS bytea IMMUTABLE LANGUAGE sql RETURN
	(SELECT string_agg(decode(repeat('00', 12), 'hex') || int4send(s), '' ORDER BY i)
	FROM unnest(sums) WITH ORDINALITY u (s, i));
SELECT why, pg_temp.received('rating_summary', '\x 02 08 01 00 00000000 01 02 01'::bytea || weights, true)
FROM (VALUES
	('right', pg_temp.sums(1, 2, 3, 1, 2, 9, 0)),
	('all zero', pg_temp.sums(0, 0, 0, 0, 0, 0, 0)),
	('a square of no answer known', pg_temp.sums(1000, 2000, 3000, 1000000, 0, 0, 11)),
	('some squares known', pg_temp.sums(1000, 2000, 3000, 1000000, 1000000, 0, 10)),
	('none known, as in version 1', pg_temp.sums(1000, 2000, 3000, 0, 0, 0, 11)),
	('none known of finer weights', pg_temp.sums(1000, 2001, 3000, 0, 0, 0, 11)),
	('weights without squares', pg_temp.sums(0, 2, 0, 0, 0, 0, 0)),
	('squares without weights', pg_temp.sums(0, 0, 0, 0, 0, 5, 0)),
	('squares of the other answer', pg_temp.sums(1, 2, 3, 1, 9, 2, 0)),
	('squares too small', pg_temp.sums(1, 2, 3, 1, 1, 9, 0)),
	('squares too large', pg_temp.sums(1, 2, 3, 1, 5, 9, 0)),
	('of a non-response too large', pg_temp.sums(1, 2, 3, 2, 2, 9, 0)),
	('of no answer known, too large', pg_temp.sums(1, 2, 3, 1, 2, 9, 1)),
	('a sum too few', pg_temp.sums(1, 2, 3, 1, 2, 9)),
	('a sum too many', pg_temp.sums(1, 2, 3, 1, 2, 9, 0, 0)),
	('the largest sums', decode(repeat('ff', 112), 'hex'))) v (why, weights);

--
-- Durations by hand: version 1, flags, total (low, high), unresolved or the size of the first
-- histogram, histograms; all of them varints
--
SELECT why, pg_temp.received('duration_summary', bytes, true) FROM (VALUES
	('5 us twice, 7 us, three unresolved', '\x 01 00 11 00 03 03 04 01 00'::bytea),
	('the same with ages, open at 9 us', '\x 01 01 11 00 04 03 04 01 00 01 08'),
	('nothing', ''),
	('nothing, spelt out', '\x 01 00 00 00 00'),
	('nothing, with ages', '\x 01 01 00 00 00'),
	('only a version', '\x 01'),
	('only flags', '\x 01 00'),
	('version 0', '\x 00 00 11 00 03 03 04 01 00'),
	('version 2', '\x 02 00 11 00 03 03 04 01 00'),
	('the flag of a state', '\x 01 02 11 00 03 03 04 01 00'),
	('a flag that is none', '\x 01 80 11 00 03 03 04 01 00'),
	('a total that does not end', '\x 01 00 ff ff'),
	('a varint of eleven bytes', '\x 01 00 ffffffffffffffffffff01 00 00'),
	('a varint longer than need be', '\x 01 00 9100 00 03 03 04 01 00'),
	('a total too small', '\x 01 00 10 00 03 03 04 01 00'),
	('a total too large', '\x 01 00 12 00 03 03 04 01 00'),
	('a total far too large', '\x 01 00 11 01 03 03 04 01 00'),
	('as many unresolved as there may be', '\x 01 00 00 00 ffffffffffffffff7f'),
	('one more', '\x 01 00 00 00 80808080808080808001'),
	('one more with what is resolved', '\x 01 00 00 00 ffffffffffffffff7f 00'),
	('with the targets 5 us and 6 us', '\x 02 00 02 05 02 01 00 11 00 03 03 04 01 00'),
	('with ages, of which 9 us is one', '\x 02 01 01 09 00 01 11 00 04 03 04 01 00 01 08'),
	('a target and nothing else', '\x 02 00 01 05 00 00 00 00'),
	('no target', '\x 02 00 00 11 00 03 03 04 01 00'),
	('33 targets', '\x 02 00 21'::bytea || decode(repeat('0100', 33), 'hex') || '\x 00 00 00'),
	('a target twice', '\x 02 00 02 05 02 00 00 11 00 03 03 04 01 00'),
	('a target beyond all durations', '\x 02 00 01 80808080808080808001 00 00 00 00'),
	('targets that wrap around', '\x 02 00 02 ffffffffffffffff7f 00 ffffffffffffffff7f 00 00 00 00'),
	('more within a target than its bucket has', '\x 02 00 01 05 03 11 00 03 03 04 01 00'),
	('less within a target than its bucket has', '\x 02 00 01 05 01 11 00 03 03 04 01 00'),
	('a target that does not end', '\x 02 00 01 ff'),
	('a size beyond the end', '\x 01 01 11 00 07 03 04 01 00 01 08'),
	('a size within an item', '\x 01 01 11 00 03 03 04 01 00 01 08'),
	('a bucket beyond the last', '\x 01 00 00 00 00 01 ff7f'),
	('a gap that ends the message', '\x 01 00 11 00 03 03 04 01'),
	('a count that overflows', '\x 01 00 00 00 00 fcffffffffffffffff01 feffffffffffffffff01')) v (why, bytes);
-- a calendar: version 1, and its text in any spelling
SELECT why, pg_temp.received('business_calendar', head || convert_to(text, 'UTF8'), true) FROM (VALUES
	('right', '\x01'::bytea, 'Mon 09:00-17:00 in UTC'),
	('not canonical', '\x01', 'monday 9:00-17:00 in utc except 2026-12-25,2026-12-24'),
	('nothing', '', ''),
	('only a version', '\x01', ''),
	('version 0', '\x00', 'Mon 09:00-17:00 in UTC'),
	('version 2', '\x02', 'Mon 09:00-17:00 in UTC'),
	('a zero byte', '\x0100', 'Mon 09:00-17:00 in UTC'),
	('no UTF-8', '\x01ff', 'Mon 09:00-17:00 in UTC'),
	('rubbish behind', '\x01', 'Mon 09:00-17:00 in UTC except 2026-12-25;'),
	('sections that overlap', '\x01', 'until 2026-12-31 Mon 09:00-17:00, from 2026-01-01 Tue 09:00-17:00 in UTC'),
	('a zone that is none', '\x01', 'Mon 09:00-17:00 in Nowhere')) v (why, head, text);

--
-- Churn, revenue, survival, retention and days by hand
--
SELECT type, why, pg_temp.received(type, bytes) FROM (VALUES
	('churn_summary', 'version 3', '\x 03'::bytea),
	('churn_summary', 'a flag that is none', '\x 01 08'::bytea || decode(repeat('00', 40), 'hex')),
	('churn_summary', 'snapshots that tell who returned', '\x 01 04'::bytea
		|| decode(repeat('00', 8) || repeat('0000000000000001', 1) || repeat('00', 24), 'hex')),
	('churn_summary', 'more customers than bigint', '\x 01 00'::bytea
		|| decode(repeat('7fffffffffffffff', 5), 'hex')),
	('churn_summary', 'reasons in version 1', '\x 01 08'::bytea
		|| decode(repeat('00', 40) || '0000', 'hex')),
	('churn_summary', 'snapshots that tell who was reactivated', '\x 02 04'::bytea
		|| decode(repeat('00', 40) || '0000000000000001', 'hex')),
	('churn_summary', 'version 2 for what version 1 can say', '\x 02 00'::bytea
		|| decode(repeat('00', 48), 'hex')),
	('churn_summary', 'more reasons than losses', '\x 02 08'::bytea || decode(repeat('00', 48)
		|| '0001 00000001 61 0000000000000001 0000000000000000', 'hex')),
	('churn_summary', 'a reason twice', '\x 02 08'::bytea || decode(repeat('00', 16)
		|| '0000000000000002' || repeat('00', 24) || '0002'
		|| repeat('00000001 61 0000000000000001 0000000000000000', 2), 'hex')),
	('churn_summary', 'a reason without a name', '\x 02 08'::bytea || decode(repeat('00', 48)
		|| '0001 ffffffff', 'hex')),
	('churn_summary', 'a long name', '\x 02 08'::bytea || decode(repeat('00', 48)
		|| '0001 00000100' || repeat('61', 256) || repeat('00', 16), 'hex')),
	('churn_summary', 'a name that is no text', '\x 02 08'::bytea || decode(repeat('00', 48)
		|| '0001 00000001 ff' || repeat('00', 16), 'hex')),
	('churn_summary', 'reasons that are not there', '\x 02 08'::bytea || decode(repeat('00', 48)
		|| 'ffff', 'hex')),
	('revenue_summary', 'version 3', '\x 03'),
	('revenue_summary', 'a flag that is none', '\x 02 000000 01 0000 0000'::bytea
		|| decode(repeat('00', 112) || '0000', 'hex')),
	('revenue_summary', 'months that are not told', '\x 02 000000 00 0000 0000'::bytea
		|| decode(repeat('00', 112) || '0001 00000000 0000000000000001', 'hex')),
	('revenue_summary', 'months that do not ascend', '\x 02 000000 08 0000 0000'::bytea
		|| decode(repeat('00', 112) || '0002' || repeat('00000000 0000000000000001', 2), 'hex')),
	('revenue_summary', 'a month of nobody', '\x 02 000000 08 0000 0000'::bytea
		|| decode(repeat('00', 112) || '0001 00000000 0000000000000001', 'hex')),
	('revenue_summary', 'a month that is none', '\x 02 000000 08 0000 0000'::bytea
		|| decode(repeat('00', 112) || '0001 7fffffff 0000000000000001', 'hex')),
	('revenue_summary', 'a customer of no month', '\x 02 000000 08 0000 0001'::bytea
		|| decode('0000000000000001' || repeat('00', 104) || '0001' || repeat('00', 26) || '0000',
			'hex')),
	('revenue_summary', 'customers of a month', '\x 02 000000 08 0000 0001'::bytea
		|| decode('0000000000000001' || repeat('00', 104) || '0001' || repeat('00', 26)
			|| '0001 00000000 0000000000000001', 'hex')),
	('revenue_summary', 'exchange of nobody who stayed', '\x 02 000000 00 0000 0001'::bytea
		|| decode(repeat('00', 56) || '0000000000000001' || repeat('00', 48) || repeat('00', 14)
			|| '0001' || repeat('00', 12) || '0000', 'hex')),
	('revenue_summary', 'changes that are not told', '\x 02 000000 00 0000 0001'::bytea
		|| decode(repeat('00', 72) || '0000000000000001' || repeat('00', 32) || repeat('00', 18)
			|| '0001' || repeat('00', 8) || '0000', 'hex')),
	('revenue_summary', 'changes that lead elsewhere', '\x 02 000000 10 0000 0001'::bytea
		|| decode(repeat('00', 48) || '0000000000000001' || repeat('00', 16) || '0000000000000001'
			|| repeat('00', 32) || repeat('00', 18) || '0001' || repeat('00', 8) || '0000', 'hex')),
	('revenue_summary', 'small letters', '\x 01 657572 0000 0000'::bytea
		|| decode(repeat('00', 48), 'hex')),
	('revenue_summary', 'digits beyond numeric', '\x 01 000000 7fff 0002'::bytea
		|| decode(repeat('00', 72), 'hex')),
	('revenue_summary', 'digits that are not there', '\x 01 000000 0000 ffff'),
	('revenue_summary', 'a digit of 10000', '\x 01 000000 0000 0001'::bytea || decode(
		'0000000000000001' || repeat('00', 40) || '2710' || repeat('00', 10), 'hex')),
	('revenue_summary', 'a customer without revenue', '\x 01 000000 0000 0001'::bytea || decode(
		'0000000000000001' || repeat('00', 40) || repeat('00', 12), 'hex')),
	('ratio_summary', 'version 2', '\x 02'),
	('ratio_summary', 'fewer than none', '\x 01 ffffffffffffffff 0000000000000000 0000 0000 0000'),
	('ratio_summary', 'digits beyond any', '\x 01 0000000000000001 0000000000000000 0104 0002 0000
		0000 0000 0000 0000 0000 0000 0000 0000 0000 0000'),
	('ratio_summary', 'a square below zero', '\x 01 0000000000000001 0000000000000000 0000 0001 0004
		0000 0000 0001 0000 0000'),
	('ratio_summary', 'digits that are not there', '\x 01 0000000000000001 0000000000000000 0000
		00ff 0000'),
	('ratio_summary', 'a digit of 10000', '\x 01 0000000000000001 0000000000000000 0000 0001 0000
		0000 0000 2710 0000 0000'),
	('ratio_summary', 'sums of no numbers', '\x 01 0000000000000001 0000000000000000 0000 0001 0000
		0003 0000 0008 0000 0000'),
	('ratio_summary', 'zeros at both ends', '\x 01 0000000000000001 0000000000000000 ffff 0003 0001
		0000 0003 0000 0000 0000 0000 0000 0009 0000 0000 0000 0000 0000 0000 0000'),
	('survival_summary', 'version 3', '\x 03'),
	('survival_summary', 'only a version', '\x 02'),
	('survival_summary', 'too many reasons', '\x 02 00000101'),
	('survival_summary', 'reasons that are not there', '\x 02 00000002 00000001 61'),
	('survival_summary', 'a reason twice', '\x 02 00000002 00000001 61 00000001 61 00000000'),
	('survival_summary', 'a reason that is not UTF-8', '\x 02 00000001 00000001 ff 00000000'),
	('survival_summary', 'a reason too long', '\x 02 00000001 00000100'::bytea
		|| convert_to(repeat('x', 256), 'UTF8') || '\x 00000000'),
	('survival_summary', 'a reason nobody has left for', '\x 02 00000001 00000001 61 00000001
		0000000000000c01 0000000000000001'),
	('survival_summary', 'an event of a reason', '\x 02 00000001 00000001 61 00000001
		0000000000000c03 0000000000000001'),
	('survival_summary', 'a reason that there is not', '\x 02 00000001 00000001 61 00000001
		0000000000000c04 0000000000000001'),
	('survival_summary', 'an entry at the beginning', '\x 02 00000000 00000001
		0000000000000000 0000000000000001'),
	('survival_summary', 'an entry without an exit', '\x 02 00000000 00000001
		0000000000000c00 0000000000000001'),
	('survival_summary', 'an exit before the entry', '\x 02 00000000 00000002
		0000000000000c00 0000000000000001 0000000000000c01 0000000000000001'),
	('survival_summary', 'an exit after the entry', '\x 02 00000000 00000002
		0000000000000c00 0000000000000001 0000000000000e01 0000000000000001'),
	('survival_summary', 'beyond the longest duration', '\x 02 00000000 00000001
		0000010000000001 0000000000000001'),
	('survival_summary', 'more customers than bigint', '\x 02 00000000 00000002
		0000000000000c01 7fffffffffffffff 0000000000000e02 0000000000000001'),
	('survival_summary', 'durations that are not there', '\x 01 7fffffff'),
	('survival_summary', 'fewer than none', '\x 01 ffffffff'),
	('survival_summary', 'twice the same duration', '\x 01 00000002
		00000006 0000000000000001 0000000000000000 00000006 0000000000000001 0000000000000000'),
	('survival_summary', 'a negative duration', '\x 01 00000001
		ffffffff 0000000000000001 0000000000000000'),
	('survival_summary', 'nobody', '\x 01 00000001 00000006 0000000000000000 0000000000000000'),
	('retention_summary', 'version 3', '\x 03'),
	('retention_summary', 'no such kind', '\x 01 02 01 00000001 00000000'),
	('retention_summary', 'no such bucket', '\x 01 00 02 00000005 00000000'),
	('retention_summary', 'periods that are not there', '\x 01 00 01 00000001 7fffffff'),
	('retention_summary', 'more retained than eligible', '\x 01 00 01 00000001 00000001
		0000000000000001 0000000000000002'),
	('retention_summary', 'two kinds at once', '\x 02 03 01 00 00000001 00000000'),
	('retention_summary', 'a bucket of version 1', '\x 02 00 01 00 00000001 00000000'),
	('retention_summary', 'a week that begins on no day', '\x 02 00 01 07 00000001 00000000'),
	('retention_summary', 'hours without end', '\x 02 00 03 00 7fffffff 00000000'),
	('retention_summary', 'brackets that are not there', '\x 02 00 04 00 000003e9'),
	('retention_summary', 'brackets that overlap', '\x 02 00 04 00 00000002
		00000000 00000003 00000003 00000004 00000000'),
	('retention_summary', 'a period that ends before it begins', '\x 02 00 05 00 00000001
		00000004 00000003 00000000'),
	('retention_summary', 'more active before their start than there are', '\x 02 04 01 00 00000001
		0000000000000002 00000001 0000000000000001 0000000000000001'),
	('lifecycle_summary', 'version 2', '\x 02'),
	('lifecycle_summary', 'no bucket of the calendar', '\x 01 00 00 00000007 00000000 00000000'),
	('lifecycle_summary', 'until a day within a week', '\x 01 01 00 00000001 00000000 00000000'),
	('lifecycle_summary', 'until infinity', '\x 01 00 00 00000001 7fffffff 00000000'),
	('lifecycle_summary', 'retained who never came', '\x 01 00 00 00000001 00000000 00000001
		0000000000000001 0000000000000001 0000000000000000'),
	('lifecycle_summary', 'before all days', '\x 01 00 00 00000001 ffda97a7 00000002
		0000000000000001 0000000000000000 0000000000000000
		0000000000000001 0000000000000000 0000000000000000'),
	('activity_days', 'version 2', '\x 02'),
	('activity_days', 'days that are not there', '\x 01 7fffffff'),
	('activity_days', 'infinity', '\x 01 00000001 7fffffff'),
	('activity_days', 'twice the same day', '\x 01 00000002 00000001 00000001')) v (type, why, bytes);

--
-- Stages, journeys, funnels and flows by hand
--
SELECT type, why, pg_temp.received(type, bytes) FROM (VALUES
	('journey_stage', 'nothing', ''::bytea),
	('journey_stage', 'version 2', '\x 02 000000fa 74'),
	('journey_stage', 'no label', '\x 01 000000fa'),
	('journey_stage', 'not UTF-8', '\x 01 000000fa ff'),
	('journey_stage', 'a zero byte', '\x 01 000000fa 740074'),
	('journey_stage', 'label too long', '\x 01 000000fa'::bytea || convert_to(repeat('x', 256), 'UTF8')),
	('customer_journey', 'no events', '\x 01 00000000 00000000'),
	('customer_journey', 'a label that is not UTF-8', '\x 01 00000001 00000000 00000001 ff 00000000'),
	('customer_journey', 'an empty label', '\x 01 00000001 00000000 00000000 00 00000000'),
	('customer_journey', 'a label longer than the value', '\x 01 00000001 00000000 7fffffff 61 00000000'),
	('customer_journey', 'more stages than bytes', '\x 01 ffffffff'),
	('customer_journey', 'more events than bytes', '\x 01 00000000 03ffffff'),
	('customer_journey', 'a stage that there is not', '\x 01 00000000 00000001 0000000000000000 00000000'),
	('customer_journey', 'infinity', '\x 01 00000001 00000000 00000001 61 00000001 7fffffffffffffff 00000000'),
	('customer_journey', 'unused stage, events twice and out of order', '\x 01 00000002 00000000 00000001 62
		00000000 00000001 61 00000003 00000000000f4240 00000001 0000000000000000 00000001 00000000000f4240 00000001'),
	('funnel_summary', 'mode 9', '\x 01 09 0000000000000001 7fffffffffffffff 00000001 00000001 61 00000000'),
	('funnel_summary', 'no steps', '\x 01 00 0000000000000001 7fffffffffffffff 00000000 00000000'),
	('funnel_summary', '65 steps', '\x 01 00 0000000000000001 7fffffffffffffff 00000041 00000000'),
	('funnel_summary', 'not UTF-8', '\x 01 00 0000000000000001 7fffffffffffffff 00000001 00000001 ff 00000000'),
	('funnel_summary', 'nothing counted', '\x 01 00 0000000000000001 7fffffffffffffff 00000001 00000001 61 00000000'),
	('funnel_summary', 'a count of nothing there is', '\x 01 00 0000000000000001 7fffffffffffffff 00000001 00000001 61
		00000001 ffffffffffffffff 0000000000000001'),
	('funnel_summary', 'a step that there is not', '\x 01 00 0000000000000001 7fffffffffffffff 00000001 00000001 61
		00000001 0000000000009000 0000000000000001'),
	('funnel_summary', 'no calendar', '\x 01 41 0000000000000001 7fffffffffffffff 00000001 00000001 61 00000000 00000000'),
	('funnel_summary', 'a calendar that is none', '\x 01 41 0000000000000001 7fffffffffffffff 00000001 00000001 61 00000001 61 00000000'),
	('funnel_summary', 'a calendar longer than the message', '\x 01 41 0000000000000001 7fffffffffffffff 00000001 00000001 61 00000009 61'),
	('flow_summary', 'no calendar', '\x 01 7fffffffffffffff 8000000000000000 00000000 00000000 00000000'),
	('flow_summary', 'a calendar that is none', '\x 01 7fffffffffffffff 8000000000000000 00000001 61 00000000 00000000'),
	('flow_summary', 'a calendar longer than the message', '\x 01 7fffffffffffffff 8000000000000000 fffffff0 61'),
	('flow_summary', 'nothing counted', '\x 01 7fffffffffffffff 0000000000000000 00000000 00000000'),
	('flow_summary', 'not UTF-8', '\x 01 7fffffffffffffff 0000000000000000 00000001 00000000 00000001 ff 00000000'),
	('flow_summary', 'a stage without journeys', '\x 01 7fffffffffffffff 0000000000000000 00000001 00000000 00000001 61 00000000'),
	('flow_summary', 'a stage twice', '\x 01 7fffffffffffffff 0000000000000000 00000002 00000000 00000001 61
		00000000 00000001 61 00000000'),
	('flow_summary', 'a label of an end', '\x 01 7fffffffffffffff 0000000000000000 00000001 00000000 00000005 28656e6429 00000000'),
	('flow_summary', 'a count of nothing there is', '\x 01 7fffffffffffffff 0000000000000000 00000000
		00000001 ffffffffffffffff 0000000000000001')) v (type, why, bytes);

--
-- Drivers and shifts: what was sent, with some of its bytes replaced
--
SELECT type, why, pg_temp.received(type, decode(replace(encode(bytes, 'hex'), replaced, by), 'hex'), true)
FROM (SELECT cxm_internal.driver_summary_send('{"drivers": ["a", "b"]}') AS drivers,
		cxm_internal.shift_summary_send('{"terms": {"scale": "0..1"}, "segments": [
			{"segment": "a", "before": {"scale": "0..1", "responses": {"1": 1}}},
			{"segment": "b", "before": {"scale": "0..1", "responses": {"1": 1}}}]}') AS shifts) s,
	LATERAL (VALUES
		('driver_summary', drivers, 'right', '', ''),
		('driver_summary', drivers, 'a name twice', '0000000162', '0000000161'),
		('driver_summary', drivers, 'an empty name', '0000000162', '00000000'),
		('driver_summary', drivers, 'a name too long', '0000000162', '00000100' || repeat('62', 256)),
		('shift_summary', shifts, 'right', '', ''),
		('shift_summary', shifts, 'a segment twice', '0000000162', '0000000161'),
		('shift_summary', shifts, 'a name too long', '0000000162', '00000100' || repeat('62', 256)))
		v (type, bytes, why, replaced, by);

\pset format aligned
\pset tuples_only off

--
-- Every byte of a message changed, every message cut short, and grown: each is refused as bad data, or is
-- a sound value that comes back as it was understood, and of which what was added can be taken out
--
CREATE FUNCTION pg_temp.sound(type text, received text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
	same boolean;
BEGIN
	IF EXISTS (SELECT FROM pg_operator WHERE oprname = '-' AND oprleft = type::regtype) AND received <> '{}' THEN
		EXECUTE format('SELECT (v + v) - v = v FROM (SELECT %L::%I AS v) t', received, type) INTO same;
		RETURN CASE WHEN same THEN 'sound' ELSE 'unsound: ' || received END;
	END IF;
	RETURN 'sound';
EXCEPTION WHEN numeric_value_out_of_range THEN
	RETURN 'sound';
END
$$;
CREATE TEMP TABLE arrived AS
	SELECT type, m.what, outcome, outcome ~ '^[0-9A-Z]{5}: ' AS refused
	FROM sent, pg_temp.mutants(bytes) m, pg_temp.received(type, mutant) outcome;
SELECT type, what, count(*) AS cases, count(*) FILTER (WHERE refused) > 0 AS some_refused,
	string_agg(outcome, E'\n' ORDER BY outcome) FILTER (WHERE refused
		AND outcome !~ '^(22...|08P01|0A000): ' OR outcome ~ '^not the same') AS others,
	string_agg(sound, E'\n') FILTER (WHERE sound <> 'sound') AS unsound
FROM (SELECT *, CASE WHEN NOT refused THEN pg_temp.sound(type, outcome) ELSE 'sound' END AS sound FROM arrived) t
GROUP BY type, what ORDER BY type COLLATE "C", what COLLATE "C";
SELECT count(*) > 50 AS calendars, bool_and(business_time(c, '2026-01-01', '2026-01-01') = '0'
	AND business_time(c, '1900-01-01', '9999-01-01') > '0') AS sound
FROM (SELECT outcome::business_calendar AS c FROM arrived
	WHERE type = 'business_calendar' AND NOT refused OFFSET 0) t;

-- random bytes behind a right version
SELECT type, count(*) AS cases, count(*) FILTER (WHERE result ~ '^(22...|08P01|0A000): ') AS refused,
	count(*) FILTER (WHERE result !~ '^[0-9A-Z]{5}: ') AS accepted
FROM (SELECT type, n, pg_temp.received(type, '\x01'::bytea || string_agg(set_byte('\x00', 0,
		abs(hashint8extended(n * 100 + i, 7) % 256)::integer), '')) AS result
	FROM (SELECT DISTINCT type FROM sample) types, generate_series(1, 60) n, generate_series(1, 30) i
	WHERE i <= n % 30 GROUP BY type, n) t
GROUP BY type ORDER BY type COLLATE "C";

-- the session goes on
SELECT pg_temp.received('rating_summary', '\x 01 00 02 00000001 05 01 00 03');
