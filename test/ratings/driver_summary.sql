-- driver_summary: what an outcome has to do with each of several drivers
SET client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS cxm;
\getenv tests PG_ABS_SRCDIR
\set refusal :tests '/refusal.psql'
\i :refusal

--
-- Against R 4.2.2 (lm, relaimpo) on data that everybody has: the figures in all their digits
--
CREATE TEMP TABLE variable (data text, place integer, name text, numbers text[]);
INSERT INTO variable VALUES
	('survey', 0, 'overall', string_to_array('423534433354353343533443133335533334', NULL)),
	('survey', 1, 'speed', string_to_array('423533344354444433433444234445534333', NULL)),
	('survey', 2, 'quality', string_to_array('334523434244354343533332234345542334', NULL)),
	('survey', 3, 'friendly', string_to_array('514421434354344453523242432345554224', NULL)),
	('survey', 4, 'price', string_to_array('333443322345453233534254333432345444', NULL)),
	('swiss', 0, 'Fertility',
		'{80.2,83.1,92.5,85.8,76.9,76.1,83.8,92.4,82.4,82.9,87.1,64.1,66.9,68.9,61.7,68.3,71.7,
		55.7,54.3,65.1,65.5,65,56.6,57.4,72.5,74.2,72,60.5,58.3,65.4,75.5,69.3,77.3,70.5,
		79.4,65,92.2,79.3,70.4,65.7,72.7,64.4,77.6,67.6,35,44.7,42.8}'),
	('swiss', 1, 'Agriculture',
		'{17,45.1,39.7,36.5,43.5,35.3,70.2,67.8,53.3,45.2,64.5,62,67.5,60.7,69.3,72.6,34,19.4,
		15.2,73,59.8,55.1,50.9,54.1,71.2,58.1,63.5,60.8,26.8,49.5,85.9,84.9,89.7,78.2,64.9,
		75.9,84.6,63.1,38.4,7.7,16.7,17.6,37.6,18.7,1.2,46.6,27.7}'),
	('swiss', 2, 'Examination',
		'{15,6,5,12,17,9,16,14,12,16,14,21,14,19,22,18,17,26,31,19,22,14,22,20,12,14,6,16,25,
		15,3,7,5,12,7,9,3,13,26,29,22,35,15,25,37,16,22}'),
	('swiss', 3, 'Education',
		'{12,9,5,7,15,7,7,8,7,13,6,12,7,12,5,2,8,28,20,9,10,3,12,6,1,8,3,10,19,8,2,6,2,6,3,9,3,
		13,12,11,13,32,7,7,53,29,29}'),
	('swiss', 4, 'Catholic',
		'{9.96,84.84,93.4,33.77,5.16,90.57,92.85,97.16,97.67,91.38,98.61,8.52,2.27,4.43,2.82,
		24.2,3.3,12.11,2.15,2.84,5.23,4.52,15.14,4.2,2.4,5.23,2.56,7.72,18.46,6.1,99.71,
		99.68,100,98.96,98.22,99.06,99.46,96.83,5.62,13.79,11.22,16.92,4.97,8.65,42.34,50.43,
		58.33}'),
	('swiss', 5, 'Infant.Mortality',
		'{22.2,22.2,20.2,20.3,20.6,26.6,23.6,24.9,21,24.4,24.5,16.5,19.1,22.7,18.7,21.2,20,
		20.2,10.8,20,18,22.4,16.7,15.3,21,23.8,18,16.3,20.9,22.5,15.1,19.8,18.3,19.4,20.2,
		17.8,16.3,18.1,20.3,20.5,18.9,23,20,19.5,18,18.2,19.3}'),
	('longley', 0, 'Employed',
		'{60.323,61.122,60.171,61.187,63.221,63.639,64.989,63.761,66.019,67.857,68.169,66.513,
		68.655,69.564,69.331,70.551}'),
	('longley', 1, 'GNP.deflator',
		'{83,88.5,88.2,89.5,96.2,98.1,99,100,101.2,104.6,108.4,110.8,112.6,114.2,115.7,116.9}'),
	('longley', 2, 'GNP',
		'{234.289,259.426,258.054,284.599,328.975,346.999,365.385,363.112,397.469,419.18,
		442.769,444.546,482.704,502.601,518.173,554.894}'),
	('longley', 3, 'Unemployed',
		'{235.6,232.5,368.2,335.1,209.9,193.2,187,357.8,290.4,282.2,293.6,468.1,381.3,393.1,
		480.6,400.7}'),
	('longley', 4, 'Armed.Forces',
		'{159,145.6,161.6,165,309.9,359.4,354.7,335,304.8,285.7,279.8,263.7,255.2,251.4,257.2,
		282.7}'),
	('longley', 5, 'Population',
		'{107.608,108.632,109.773,110.929,112.075,113.27,115.094,116.219,117.388,118.734,
		120.445,121.95,123.366,125.368,127.852,130.081}'),
	('longley', 6, 'Year',
		'{1947,1948,1949,1950,1951,1952,1953,1954,1955,1956,1957,1958,1959,1960,1961,1962}'),
	('mtcars', 0, 'mpg',
		'{21,21,22.8,21.4,18.7,18.1,14.3,24.4,22.8,19.2,17.8,16.4,17.3,15.2,10.4,10.4,14.7,
		32.4,30.4,33.9,21.5,15.5,15.2,13.3,19.2,27.3,26,30.4,15.8,19.7,15,21.4}'),
	('mtcars', 1, 'disp',
		'{160,160,108,258,360,225,360,146.7,140.8,167.6,167.6,275.8,275.8,275.8,472,460,440,
		78.7,75.7,71.1,120.1,318,304,350,400,79,120.3,95.1,351,145,301,121}'),
	('mtcars', 2, 'hp',
		'{110,110,93,110,175,105,245,62,95,123,123,180,180,180,205,215,230,66,52,65,97,150,150,
		245,175,66,91,113,264,175,335,109}'),
	('mtcars', 3, 'wt',
		'{2.62,2.875,2.32,3.215,3.44,3.46,3.57,3.19,3.15,3.44,3.44,4.07,3.73,3.78,5.25,5.424,
		5.345,2.2,1.615,1.835,2.465,3.52,3.435,3.84,3.845,1.935,2.14,1.513,3.17,2.77,3.57,
		2.78}'),
	('mtcars', 4, 'cyl', string_to_array('66468684466888888444488884448684', NULL)),
	('mtcars', 5, 'vs', string_to_array('00110101111000000111100001010001', NULL)),
	('mtcars', 6, 'am', string_to_array('11100000000000000111000001111111', NULL));
-- some of a data set's variables, the outcome first
CREATE FUNCTION pg_temp.driver_summary_of(data_set text, names text[]) RETURNS driver_summary
	LANGUAGE sql RETURN (
	SELECT driver_agg(x[1], x[2:], names[2:])
	FROM (SELECT array_agg(number::double precision ORDER BY array_position(names, name)) AS x
		FROM variable, unnest(numbers) WITH ORDINALITY n (number, nth)
		WHERE data = data_set AND name = ANY (names) GROUP BY nth) t);

CREATE TEMP TABLE model AS
	SELECT name, pg_temp.driver_summary_of(data, names) AS s, r_squared, tolerance
	FROM (VALUES ('survey', 'survey', '{overall,speed,quality,friendly,price}'::text[],
			0.676733448357, 1e-9),
		('swiss', 'swiss', '{Fertility,Agriculture,Examination,Education,Catholic,Infant.Mortality}',
			0.706735001593, 1e-9),
		('longley', 'longley', '{Employed,GNP.deflator,GNP,Unemployed,Armed.Forces,Population,Year}',
			0.995479004577296, 1e-8),
		('three of mtcars', 'mtcars', '{mpg,am,vs,cyl}', 0.761977292562, 5e-9),
		('four of mtcars', 'mtcars', '{mpg,cyl,disp,hp,wt}', 0.848634793421, 1e-9))
		v (name, data, names, r_squared, tolerance);
CREATE TEMP TABLE expected (name text, driver text, coefficient float8, std_error float8,
	p_value float8, vif float8, shapley float8, relative_weight float8);
INSERT INTO expected VALUES
	('swiss', 'Agriculture', -0.172113970941, 0.0703039231786, 0.0187271544,
		2.2841293776, 0.0570912207681, 0.0484168958119),
	('swiss', 'Examination', -0.258008239835, 0.253878200892, 0.315461723,
		3.6754195756, 0.171173028900, 0.154708249806),
	('swiss', 'Education', -0.870940062939, 0.183028601571, 2.43060459e-5,
		2.7749427811, 0.260134678624, 0.271964104646),
	('swiss', 'Catholic', 0.104115330744, 0.0352578525362, 0.00519007855,
		1.9371603803, 0.105570150374, 0.114680029948),
	('swiss', 'Infant.Mortality', 1.07704814069, 0.381719650858, 0.00733571532,
		1.1075422256, 0.112765922927, 0.116965721381),
	('survey', 'speed', 0.514598087196, 0.144234075256, 0.00119426245,
		1.41541594, 0.267497464339, 0.271140345790),
	('survey', 'quality', 0.499626851738, 0.130868199698, 0.000604544457,
		1.63763914, 0.294741422055, 0.293601214280),
	('survey', 'friendly', -0.0213790066074, 0.0977824091260, 0.828364646,
		1.54721529, 0.0758837611356, 0.0724329455236),
	('survey', 'price', 0.188810274839, 0.102883744595, 0.0760901647,
		1.01214674, 0.0386108008262, 0.0395589427634),
	('longley', 'GNP.deflator', 0.0150618722713733, 0.0849149257748, NULL,
		135.532438, 0.213818429911, 0.219303268901),
	('longley', 'GNP', -0.0358191792925910, 0.0334910077722, NULL,
		1788.51348, 0.230219350836, 0.226676723173),
	('longley', 'Unemployed', -0.0202022980381683, 0.00488399681652, NULL,
		33.6188906, 0.0696027929702, 0.0635521040257),
	('longley', 'Armed.Forces', -0.0103322686717359, 0.00214274163162, NULL,
		3.58893019, 0.0508038309626, 0.0478600960165),
	('longley', 'Population', -0.0511041056535807, 0.226073200069, NULL,
		399.151022, 0.211606822581, 0.217076576792),
	('longley', 'Year', 1.82915146461355, 0.455478499142, NULL,
		758.980597, 0.219427777317, 0.221010235670),
	('three of mtcars', 'am', 3.02647957, 1.52038388, NULL,
		1.86395977, 0.177489181940, 0.199534937464),
	('three of mtcars', 'vs', 1.29461356, 2.19255096, NULL,
		3.95487722, 0.202703206779, 0.216387293802),
	('three of mtcars', 'cyl', -2.13763155, 0.715413208, NULL,
		5.28668524, 0.381784903843, 0.346055061296),
	('four of mtcars', 'cyl', NULL, NULL, NULL,
		6.73770653, 0.215709386095, 0.2096904),
	('four of mtcars', 'disp', NULL, NULL, NULL,
		10.3732860, 0.200698374739, 0.1883043),
	('four of mtcars', 'hp', NULL, NULL, NULL,
		3.40598252, 0.170076945801, 0.1799590),
	('four of mtcars', 'wt', NULL, NULL, NULL,
		4.84801552, 0.262150086786, 0.2706812);
-- as near as the digits of the figures, and the grid on which drivers are counted, let them be
CREATE FUNCTION pg_temp.near(figure float8, expected float8, tolerance float8) RETURNS boolean
	LANGUAGE sql RETURN abs(figure - expected) <= abs(expected) * tolerance;
SELECT m.name, pg_temp.near(r_squared(s), m.r_squared, 1e-10) AS r_squared, count(*) AS drivers,
	bool_and(pg_temp.near(d.coefficient, e.coefficient, tolerance)) AS coefficient,
	bool_and(pg_temp.near(d.std_error, e.std_error, 5e-9)) AS std_error,
	bool_and(pg_temp.near(d.p_value, e.p_value, 5e-9)) AS p_value,
	bool_and(pg_temp.near(d.vif, e.vif, 5e-9)) AS vif,
	bool_and(pg_temp.near(d.importance, e.relative_weight, CASE WHEN m.name ~ 'four' THEN 3e-7
		ELSE 1e-10 END)) AS relative_weights,
	bool_and(pg_temp.near(h.importance, e.shapley, 1e-10)) AS shapley
FROM model m, drivers(s) d JOIN drivers(s, 'shapley') h USING (driver)
	JOIN expected e USING (driver)
WHERE m.name = e.name GROUP BY m.name, s, m.r_squared ORDER BY m.name;
-- relaimpo's vignette of 2006 prints shares of R^2
SELECT driver, round(share::numeric, 8) AS share FROM model, drivers(s, 'shapley')
WHERE name = 'swiss';
-- a correlation above zero, and a coefficient below: no driver of harm
SELECT driver, round(mean::numeric, 4) AS mean, round(correlation::numeric, 4) AS correlation,
	round(coefficient::numeric, 4) AS coefficient, round(share::numeric, 4) AS share
FROM model, drivers(s) WHERE name = 'survey';

--
-- Against arithmetic of 60 digits, on ten drivers: of a hundredth, of ten thousand, and such that
-- each second one is nearly the one before (the matrix has a condition number of 10^6)
--
CREATE FUNCTION pg_temp.residue(n integer, i integer) RETURNS double precision
	LANGUAGE sql RETURN (n * n * (2 * i + 1) + 13 * i * n + 7 * i) % 97;
CREATE TEMP TABLE ten AS
	SELECT kind, n, outcome * CASE kind WHEN 'small' THEN 1 / 4096.0 WHEN 'large' THEN 16 ELSE 1 END
			AS outcome,
		(SELECT array_agg(CASE kind WHEN 'small' THEN v[i] / 8192 + 1 / 64.0
			WHEN 'large' THEN v[i] * 128.5 - 2000
			ELSE CASE WHEN i % 2 = 1 THEN v[i] ELSE v[i - 1] * 64 + v[i] / 8192 END END ORDER BY i)
			FROM generate_series(1, 10) i) AS x
	FROM unnest('{small,large,"nearly the same"}'::text[]) kind, generate_series(1, 80) n,
		LATERAL (SELECT array_agg(pg_temp.residue(n, i) ORDER BY i) AS v
			FROM generate_series(0, 10) i) residues,
		LATERAL (SELECT v[11] / 4 + sum(i * v[i]) / 16 AS outcome FROM generate_series(1, 10) i) y;
CREATE TEMP TABLE expected_of_ten (kind text, driver text, correlation float8, coefficient float8,
	std_error float8, p_value float8, vif float8, relative_weight float8, shapley float8);
INSERT INTO expected_of_ten VALUES
	('small', 'x1', -0.0074888937786378, 0.066629424818416, 0.054065663858112,
		0.22199013849633, 1.1561802966399, 0.0027179575391608, 0.0020242300448268),
	('small', 'x2', -0.016608886066885, 0.29662059831923, 0.056363891901307,
		1.521199640559e-6, 1.2106677778266, 0.0052560136161421, 0.0053744623983357),
	('small', 'x3', 0.093494096166304, 0.40468660419714, 0.056234598611428,
		5.8544160594761e-10, 1.0852260603837, 0.01332967834352, 0.013106434020401),
	('small', 'x4', 0.40460740591638, 0.52215160861196, 0.058796257802466,
		4.9202999325614e-13, 1.1734676967973, 0.069305105136125, 0.070446524452597),
	('small', 'x5', 0.35666697538779, 0.57302156397808, 0.053831663645392,
		3.3337703958422e-16, 1.1380407291861, 0.068774320244714, 0.070392613782644),
	('small', 'x6', 0.55853595319726, 0.70938139808125, 0.063204811497733,
		3.2291087141792e-17, 1.3196272867469, 0.13124794255309, 0.13765696665646),
	('small', 'x7', 0.5239648202927, 0.97358723071408, 0.055033202708078,
		2.4167030558907e-27, 1.1303948120271, 0.15351652212313, 0.15230743495925),
	('small', 'x8', 0.52997267183146, 1.0238040541546, 0.054896650354024,
		1.1788668070449e-28, 1.1747989078212, 0.16252519764717, 0.16144727363932),
	('small', 'x9', 0.55792685392619, 1.1576505359379, 0.056196267535414,
		3.4565259637849e-31, 1.1757117512476, 0.1859713074967, 0.18314928834057),
	('small', 'x10', 0.50796513979099, 1.3048131092526, 0.054818634781999,
		5.4541121134939e-35, 1.0710615861404, 0.18962847343334, 0.18636728983868),
	('large', 'x1', -0.0074888937786378, 0.0041481353972554, 0.0033659557265751,
		0.22199013849633, 1.1561802966399, 0.0027179575391608, 0.0020242300448268),
	('large', 'x2', -0.016608886066885, 0.018466652035439, 0.0035090360716767,
		1.521199640559e-6, 1.2106677778266, 0.0052560136161421, 0.0053744623983357),
	('large', 'x3', 0.093494096166304, 0.025194496759355, 0.00350098668398,
		5.8544160594761e-10, 1.0852260603837, 0.01332967834352, 0.013106434020401),
	('large', 'x4', 0.40460740591638, 0.032507493143157, 0.0036604674118267,
		4.9202999325614e-13, 1.1734676967973, 0.069305105136125, 0.070446524452597),
	('large', 'x5', 0.35666697538779, 0.035674494255445, 0.0033513876199466,
		3.3337703958422e-16, 1.1380407291861, 0.068774320244714, 0.070392613782644),
	('large', 'x6', 0.55853595319726, 0.044163822448638, 0.0039349298986915,
		3.2291087141792e-17, 1.3196272867469, 0.13124794255309, 0.13765696665646),
	('large', 'x7', 0.5239648202927, 0.060612434596985, 0.003426191608285,
		2.4167030558907e-27, 1.1303948120271, 0.15351652212313, 0.15230743495925),
	('large', 'x8', 0.52997267183146, 0.06373877379951, 0.0034176902944139,
		1.1788668070449e-28, 1.1747989078212, 0.16252519764717, 0.16144727363932),
	('large', 'x9', 0.55792685392619, 0.07207162869652, 0.0034986003134888,
		3.4565259637849e-31, 1.1757117512476, 0.1859713074967, 0.18314928834057),
	('large', 'x10', 0.50796513979099, 0.081233500965143, 0.0034128332938209,
		5.4541121134939e-35, 1.0710615861404, 0.18962847343334, 0.18636728983868),
	('nearly the same', 'x1', -0.0074888937786378, -77757.276811084, 14775.462630137,
		1.5212267174277e-6, 345401843398.13, 0.0013695543058884, 0.002881309079861),
	('nearly the same', 'x2', -0.0074889218989818, 1214.9579707156, 230.86650122776,
		1.521199640559e-6, 345401811484.45, 0.0013695567118205, 0.0028813120082839),
	('nearly the same', 'x3', 0.093494096166304, -136878.70894467, 15413.09010885,
		4.9206172593228e-13, 326101233245.13, 0.02254431182598, 0.028975140471725),
	('nearly the same', 'x4', 0.093494843083563, 2138.7329888746, 240.8294719589,
		4.9202999325614e-13, 326101211835.02, 0.022544367060514, 0.028975230048351),
	('nearly the same', 'x5', 0.35666697538779, -185959.79070783, 16568.762268972,
		3.2293336358251e-17, 431243265987.38, 0.079893403845744, 0.08965762743986),
	('nearly the same', 'x6', 0.35666793030516, 2905.6262065408, 258.88690789471,
		3.2291087141792e-17, 431243310979.68, 0.079893661323416, 0.089657957876486),
	('nearly the same', 'x7', 0.5239648202927, -268383.60317869, 14390.827273419,
		1.1789891483142e-28, 309180498230.87, 0.17563274145577, 0.16743012397141),
	('nearly the same', 'x8', 0.52396575426671, 4193.5014058173, 224.85667985008,
		1.1788668070449e-28, 309180625361.06, 0.17563337107896, 0.16743075176397),
	('nearly the same', 'x9', 0.55792685392619, -342048.34888665, 14370.373150076,
		5.454609574635e-35, 307526112606.86, 0.2116953955462, 0.20219116955418),
	('nearly the same', 'x10', 0.55792782527248, 5344.5144954987, 224.53712806707,
		5.4541121134939e-35, 307526217228.37, 0.21169615497881, 0.20219189591898);
SELECT t.kind, pg_temp.near(r_squared(s), CASE t.kind
		WHEN 'small' THEN 0.9822725181331
		WHEN 'large' THEN 0.9822725181331
		WHEN 'nearly the same' THEN 0.9822725181331 END, 1e-12)
		AS r_squared, count(*) AS drivers,
	bool_and(pg_temp.near(d.correlation, e.correlation, 1e-12)) AS correlation,
	bool_and(pg_temp.near(d.coefficient, e.coefficient, 1e-12)) AS coefficient,
	bool_and(pg_temp.near(d.std_error, e.std_error, 1e-12)) AS std_error,
	bool_and(pg_temp.near(d.p_value, e.p_value, 1e-9)) AS p_value,
	bool_and(pg_temp.near(d.vif, e.vif, 1e-12)) AS vif,
	bool_and(pg_temp.near(d.importance, e.relative_weight, 1e-11)) AS relative_weights,
	bool_and(pg_temp.near(h.importance, e.shapley, 1e-11)) AS shapley
FROM (SELECT kind, driver_agg(outcome, x, (SELECT array_agg('x' || i ORDER BY i)
		FROM generate_series(1, 10) i)) AS s FROM ten GROUP BY kind) t,
	drivers(s) d JOIN drivers(s, 'shapley') h USING (driver)
	JOIN expected_of_ten e USING (driver)
WHERE t.kind = e.kind GROUP BY t.kind, s ORDER BY kind;

--
-- What it counts: the sums of all, and of their products in pairs, over complete rows
--
CREATE TABLE answer (customer integer, nps float8, speed float8, quality float8, price float8,
	country text);
INSERT INTO answer
	SELECT n, round((speed + quality + n * n % 5) / 1.5), speed, quality, price,
		(ARRAY['DE', 'FR', 'IT'])[1 + n % 3]
	FROM (SELECT n, 1 + n * n % 5 AS speed, 1 + n * 7 % 11 % 5 AS quality,
			nullif(n * 13 % 17, 5) / 4.0 AS price
		FROM generate_series(1, 400) n) t;
SELECT driver_agg(nps, ARRAY[speed, quality], '{speed,quality}') FROM answer;
SELECT complete_rows(s) = count AS complete, incomplete_rows(s) = missing AS incomplete,
	driver_names(s), s::jsonb -> 'sums' = jsonb_build_array(nps, price) AS sums,
	s::jsonb -> 'products' = jsonb_build_array(nps_nps, price_nps, price_price) AS products
FROM (SELECT driver_agg(nps, ARRAY[price], '{price}') AS s, count(price),
		count(*) FILTER (WHERE price IS NULL) AS missing, sum(nps) FILTER (WHERE price >= 0) AS nps,
		sum(price) AS price, sum(nps * nps) FILTER (WHERE price >= 0) AS nps_nps,
		sum(price * nps) AS price_nps, sum(price * price) AS price_price FROM answer) t;
-- with one driver it is what PostgreSQL says of two columns
SELECT pg_temp.near(mean, avg, 1e-14) AS mean, pg_temp.near(correlation, corr, 1e-14) AS correlation,
	pg_temp.near(coefficient, regr_slope, 1e-14) AS coefficient, round(vif::numeric, 12) AS vif,
	pg_temp.near(importance, regr_r2, 1e-14) AS importance, round(share::numeric, 12) AS share,
	pg_temp.near(r_squared(s), regr_r2, 1e-14) AS r_squared
FROM (SELECT driver_agg(nps, ARRAY[price], '{price}') AS s, avg(price), corr(nps, price),
		regr_slope(nps, price), regr_r2(nps, price) FROM answer) t, drivers(s);
-- whatever is NULL makes a row incomplete, and of such rows alone there is nothing to say
SELECT complete_rows(s), incomplete_rows(s), r_squared(s), d.*
FROM (SELECT driver_agg(y, x, '{a,b}') AS s FROM (VALUES (NULL, '{1,2}'::float8[]), (1, NULL),
		(1, '{NULL,1}'), (NULL, '{NULL,NULL}')) v (y, x)) t, drivers(s) d;
SELECT driver_agg(nps, ARRAY[speed], '{speed}') FROM answer WHERE false;
SELECT r_squared(s), driver_names(s), complete_rows(s) FROM (SELECT NULL::driver_summary AS s) t;
SELECT count(*) FROM drivers(NULL);
-- negative numbers, fractions, the largest and the smallest that the grid takes
SELECT driver_agg(y, ARRAY[x], '{x}') FROM (VALUES (-1.5, 2147483647.9999998), (0.25, -2147483647),
	(0.00012207031, 2.5e-4)) v (y, x);
SELECT driver_agg(0, ARRAY[0, 0], '{"a, \"b\"","ü \\ {}"}');
-- the array's bounds do not matter, nor where the names lie
SELECT s = driver_agg AS same
FROM (SELECT driver_agg(y, '[5:6]={1,2}'::float8[], '[0:1]={a,b}'::text[]) AS s,
		driver_agg(y, ARRAY[1, 2], ARRAY['a', substr('xb', 2)]) FROM generate_series(1, 3) y) t;

--
-- Drivers that determine each other
--
CREATE TEMP TABLE doubled AS
	SELECT driver_agg(y, ARRAY[speed, quality, speed + quality], '{speed,quality,total}') AS sum,
		driver_agg(y, ARRAY[speed, 0.1, 3 * speed + 1], '{speed,constant,speed too}') AS twice,
		driver_agg(7, ARRAY[speed, quality], '{speed,quality}') AS constant
	FROM (SELECT max(number::float8) FILTER (WHERE name = 'overall') AS y,
			max(number::float8) FILTER (WHERE name = 'speed') AS speed,
			max(number::float8) FILTER (WHERE name = 'quality') AS quality
		FROM variable, unnest(numbers) WITH ORDINALITY n (number, nth) WHERE data = 'survey'
		GROUP BY nth) t;
-- the last of them gets no coefficient, the others theirs as without it
SELECT driver, round(coefficient::numeric, 15) AS coefficient,
	round(std_error::numeric, 12) AS std_error, vif,
	round(importance::numeric, 12) AS johnson, round(share::numeric, 4) AS share
FROM doubled, drivers(sum);
SELECT driver, round(importance::numeric, 12) AS lmg, round(r_squared(sum)::numeric, 12) AS r_squared
FROM doubled, drivers(sum, 'shapley');
SELECT driver, round(mean::numeric, 4) AS mean, round(correlation::numeric, 4) AS correlation,
	round(coefficient::numeric, 4) AS coefficient, vif, round(importance::numeric, 12) AS importance,
	round(share::numeric, 12) AS share
FROM doubled, drivers(twice, 'shapley');
SELECT driver, round(importance::numeric, 12) AS importance FROM doubled, drivers(twice);
-- nothing moves a constant outcome
SELECT driver, round(mean::numeric, 4) AS mean, correlation, coefficient, std_error, p_value,
	round(vif::numeric, 4) AS vif, importance, share, r_squared(constant)
FROM doubled, drivers(constant);

--
-- Many drivers
--
CREATE TEMP TABLE many AS
	SELECT array_agg((n * n * i + 7 * i * i * n) % 101 + (n * i) % 7 / 8.0::float8 ORDER BY i) AS x
	FROM generate_series(1, 300) n, generate_series(1, 65) i GROUP BY n;
CREATE FUNCTION pg_temp.numbered(n integer) RETURNS text[] LANGUAGE sql RETURN
	(SELECT array_agg('driver ' || i ORDER BY i) FROM generate_series(1, n) i);
SELECT n, complete_rows(s), pg_temp.near(sum(d.importance), r_squared(s), 1e-12) AS relative_weights,
	pg_temp.near(sum(d.share), 1, 1e-12) AS shares, bool_and(d.importance >= 0) AS positive,
	s::text::driver_summary = s AS text
FROM generate_series(1, 64, 9) n,
	LATERAL (SELECT driver_agg(x[65], x[:n], pg_temp.numbered(n)) AS s FROM many) t, drivers(s) d
GROUP BY n, s ORDER BY n;
SELECT n, pg_temp.near(sum(importance), r_squared(s), 1e-12) AS shapley
FROM unnest('{2,5,12,16}'::integer[]) n,
	LATERAL (SELECT driver_agg(x[65], x[:n], pg_temp.numbered(n)) AS s FROM many) t,
	drivers(s, 'shapley') d
GROUP BY n, s ORDER BY n;

--
-- What the grid loses, and what it does not take
--
\pset format unaligned
SELECT query, pg_temp.refusal('SELECT ' || query) FROM (VALUES
	($$driver_agg(1, ARRAY[float8 'NaN'], '{speed}')$$),
	($$driver_agg('Infinity', ARRAY[1], '{speed}')$$),
	($$driver_agg(1, ARRAY[1, float8 '-Infinity'], '{speed,quality}')$$),
	($$driver_agg(1, ARRAY[1, 2147483648], '{speed,quality}')$$),
	($$driver_agg(1e-9, ARRAY[1], '{speed}')$$)) v (query);
\pset format aligned
SELECT driver_agg(1, ARRAY[1.2e-4], '{speed}'), driver_agg(1, ARRAY[0.0001], '{speed}');
-- ... other than what the hints say
SELECT complete_rows(s), incomplete_rows(s) FROM (SELECT
	driver_agg(y, ARRAY[1000 * nullif(x, 'NaN')], '{speed}') AS s
	FROM (VALUES (1, 'NaN'), (2, 1e-5::float8), (3, 2e-5)) v (y, x)) t;

--
-- Arrays that do not fit
--
\pset format unaligned
SELECT query, pg_temp.refusal('SELECT ' || query) FROM (VALUES
	($$driver_agg(1, ARRAY[1, 2, 3], '{a,b}')$$),
	($$driver_agg(1, '{}', '{a,b}')$$),
	($$driver_agg(1, ARRAY[[1, 2], [3, 4]], '{a,b,c,d}')$$),
	($$driver_agg(1, ARRAY[1], ARRAY[['a'], ['b']])$$),
	($$driver_agg(1, '{}', '{}')$$),
	($$driver_agg(1, ARRAY[1, 2], '{a,a}')$$),
	($$driver_agg(1, ARRAY[1, 2], '{a,NULL}')$$),
	($$driver_agg(1, ARRAY[1, 2], '{a,""}')$$),
	($$driver_agg(1, ARRAY[1, 2], NULL)$$),
	($$driver_agg(1, ARRAY[1], ARRAY[repeat('x', 256)])$$),
	($$driver_agg(1, x, pg_temp.numbered(65)) FROM many$$),
	($$driver_agg(1, ARRAY[1, 2], names) FROM (VALUES ('{a,b}'::text[]), ('{b,a}')) v (names)$$),
	($$driver_agg(1, NULL, names) FROM (VALUES ('{a,b}'::text[]), ('{a,b,c}')) v (names)$$),
	($$driver_agg(1, ARRAY[1], '{a}') + driver_agg(1, ARRAY[1], '{b}')$$),
	($$driver_agg(1, ARRAY[1], '{a}') - driver_agg(1, ARRAY[1, 2], '{a,b}')$$),
	($$driver_agg(1, ARRAY[1], '{a}') - driver_agg(2, ARRAY[1], '{a}')$$),
	($$driver_agg(1, ARRAY[1], '{a}') - driver_agg(y, ARRAY[1], '{a}')
		FROM generate_series(1, 2) y$$),
	($$drivers(driver_agg(1, ARRAY[1, 2], '{a,b}')) FROM generate_series(1, 2)$$),
	($$r_squared(driver_agg(1, ARRAY[1, 2], '{a,b}'))$$),
	($$drivers(driver_agg(y, ARRAY[y * y], '{a}'), 'lmg') FROM generate_series(1, 9) y$$),
	($$drivers(driver_agg(1, x[:17], pg_temp.numbered(17)), 'shapley') FROM many$$)) v (query);
\pset format aligned
-- three rows fit any plane through two drivers, with nothing left to tell an error from
SELECT driver, round(coefficient::numeric, 12) AS coefficient, std_error, p_value,
	round(r_squared(s)::numeric, 12) AS r_squared
FROM (SELECT driver_agg(y, ARRAY[a, b], '{a,b}') AS s
	FROM (VALUES (3, 1, 1), (5, 2, 1), (8, 2, 4)) v (y, a, b)) t, drivers(s);
-- a constant driver costs no row, and an exact fit has no error
SELECT driver, round(coefficient::numeric, 12) AS coefficient, std_error, p_value,
	round(r_squared(s)::numeric, 12) AS r_squared
FROM (SELECT driver_agg(1 + 2 * n, ARRAY[n, 3], '{n,three}') AS s FROM generate_series(1, 4) n) t,
	drivers(s);

--
-- Parts, operators, workers and windows
--
CREATE TEMP TABLE part AS
	SELECT country, n % 7 AS part, driver_agg(nps, ARRAY[speed, quality, price],
		'{speed,quality,price}') AS s
	FROM (SELECT *, customer AS n FROM answer) t GROUP BY 1, 2;
SELECT sum(s) = whole AS sum, sum(s) - sum(s) FILTER (WHERE country = 'DE') =
	sum(s) FILTER (WHERE country <> 'DE') AS rest, rollup(s) = whole AS rollup
FROM part, (SELECT driver_agg(nps, ARRAY[speed, quality, price], '{speed,quality,price}') AS whole
	FROM answer) t GROUP BY whole;
ALTER TABLE answer SET (parallel_workers = 2);
BEGIN;
SET LOCAL parallel_setup_cost = 0;
SET LOCAL parallel_tuple_cost = 0;
SET LOCAL min_parallel_table_scan_size = 0;
SET LOCAL max_parallel_workers_per_gather = 2;
EXPLAIN (COSTS OFF) SELECT driver_agg(nps, ARRAY[price], '{price}') FROM answer;
SELECT driver_agg(nps, ARRAY[price], '{price}') = (SELECT sum(p.s) FROM
	(SELECT driver_agg(nps, ARRAY[price], '{price}') AS s FROM answer GROUP BY country) p) AS same
FROM answer;
COMMIT;
-- a trailing window, in which the drivers change once all that had the old ones has left
SELECT n, complete_rows(s), incomplete_rows(s), driver_names(s)
FROM (SELECT n, driver_agg(n, x, names) OVER (ORDER BY n ROWS 1 PRECEDING) AS s
	FROM (VALUES (1, '{1}'::float8[], '{a}'::text[]), (2, NULL, '{a}')) v (n, x, names)) t;
SELECT count(*) AS frames, bool_and(s = again) AS same
FROM (SELECT customer, driver_agg(nps, ARRAY[speed, price], '{speed,price}')
		OVER (ORDER BY customer ROWS BETWEEN 9 PRECEDING AND 2 PRECEDING) AS s FROM answer) t
	JOIN LATERAL (SELECT driver_agg(nps, ARRAY[speed, price], '{speed,price}') AS again
		FROM answer a WHERE a.customer BETWEEN t.customer - 9 AND t.customer - 2) f ON true
WHERE s IS NOT NULL;

--
-- Text
--
SELECT '{"drivers": ["a"], "rows": 2, "incomplete": 1, "sums": [3, -0.5],
	"products": [5, -1, 0.25]}'::driver_summary;
SELECT '{"rows": 3, "drivers": ["a"]}'::driver_summary;
SELECT '{"drivers": ["a"], "incomplete": 3}'::driver_summary, '{}'::driver_summary;
\pset format unaligned
SELECT value, pg_temp.refusal(format('SELECT %L::driver_summary', value))
FROM unnest(ARRAY['{"rows": 1}', '{"drivers": []}', '{"drivers": ["a", "a"]}',
	'{"drivers": [""]}', '{"drivers": [7]}', '{"drivers": "a"}', '{"drivers": ["a"], "rows": -1}',
	'{"drivers": ["a"], "mean": 1}', '{"drivers": ["a"], "rows": 1, "sums": [1, 1]}',
	'{"drivers": ["a"], "rows": 1, "sums": [1], "products": [1, 1, 1]}',
	'{"drivers": ["a"], "rows": 1, "sums": [1, 1, 1], "products": [1, 1, 1]}',
	'{"drivers": ["a"], "rows": 1, "sums": [1, 0.1], "products": [1, 1, 1]}',
	'{"drivers": ["a"], "rows": 1, "sums": [1, 1], "products": [1, 1e60, 1]}',
	'{"drivers": ["a"], "rows": 1, "sums": [1, 1], "products": [1, 1e20, 1]}',
	'{"drivers": ["a"], "rows": 1, "sums": [1, 3], "products": [1, 1, 1]}',
	'{"drivers": ["a"], "rows": 0, "sums": [1, 0], "products": [0, 0, 0]}',
	'{"drivers": ["a"], "rows": 1, "sums": [1, 2.3283064365386962890625e-10],
		"products": [1, 2.3283064365386962890625e-10, 5.421010862427522170037264004349708557128906250e-20]}',
	'{"drivers": ["a"], "rows": 1, "sums": [1, 5.421010862427522170037264004349708557128906250e-20],
		"products": [1, 0, 0]}',
	-- no correlation is beyond 1, not by the least that there is
	'{"drivers": ["a"], "rows": 4, "sums": [10, 10], "products": [30, 30, 30]}',
	'{"drivers": ["a"], "rows": 4, "sums": [10, 10], "products": [30, 20, 30]}',
	'{"drivers": ["a"], "rows": 4, "sums": [10, 10], "products": [30, 50, 30]}',
	'{"drivers": ["a"], "rows": 4, "sums": [10, 10],
		"products": [30, 30.000000000000000000054210108624275221700372640043497085571289062500, 30]}',
	'{"drivers": ["a", "b"], "rows": 4, "sums": [10, 10, 10], "products": [30, 25, 30, 25, 19, 30]}']) value;
-- as many as there may be, and one more
SELECT n, left(pg_temp.refusal(format('SELECT %L::driver_summary', jsonb_build_object('drivers',
	(SELECT jsonb_agg('d' || i) FROM generate_series(1, n) i)))), 90)
FROM unnest('{64, 65}'::integer[]) n;
-- an aggregate of somebody's own that begins with other drivers, but without a row
CREATE AGGREGATE pg_temp.from_nothing(double precision, double precision[], text[]) (STYPE = driver_summary,
	SFUNC = cxm_internal.driver_transition, INITCOND = '{"drivers": ["c"]}');
SELECT pg_temp.from_nothing(1, '{2, 3}', '{a, b}') = driver_agg(1, '{2, 3}', '{a, b}') AS adopts;
\set receive :tests '/receive.psql'
\i :receive
SELECT pg_temp.refusal(format($$SELECT pg_temp.receive('driver_summary', %L)$$, overlay(bytes
	PLACING int8send(50) FROM octet_length(bytes) - 39 FOR 8)))
FROM (SELECT cxm_internal.driver_summary_send('{"drivers": ["a"], "rows": 4, "sums": [10, 10], "products": [30, 20, 30]}') AS bytes) t;
\pset format aligned

DROP TABLE answer;
