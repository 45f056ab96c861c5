# What a live rollup costs its writers, and its readers beside a query and a materialized view.
use strict;
use warnings;

my $columns = '(id bigserial PRIMARY KEY, at timestamptz NOT NULL, channel text, region text, '
  . 'customer integer, score integer)';
my $day = "(at AT TIME ZONE ''UTC'')::date AS day";
my $keys = "(at AT TIME ZONE 'UTC')::date AS day, channel, region";

sub rolled_up
{
	my ($table, $rollup) = @_;
	return qq{SELECT cxm_create_rollup('$rollup',
		\$\$SELECT $keys, nps_agg(score) AS s FROM $table GROUP BY 1, 2, 3\$\$)};
}

sub insert
{
	my ($table, $rows) = @_;
	return "INSERT INTO $table (at, channel, region, customer, score) $rows;";
}

# Rows of 50 groups; and of 90 days, 5 channels and 10 regions.
sub few_groups
{
	my ($n) = @_;
	return "SELECT timestamptz '2026-01-01Z' + n % 10 * interval '1 day', "
	  . "'channel ' || n / 10 % 5, 'north', n % 1000, n % 11 FROM $n";
}

sub many_groups
{
	my ($n) = @_;
	return "SELECT timestamptz '2026-01-01Z' + random() * interval '90 days', "
	  . "'channel ' || floor(random() * 5), 'region ' || floor(random() * 10), "
	  . "floor(random() * 1000), floor(random() * 11) FROM $n";
}

sub writing
{
	my ($rows, $limit) = @_;
	return [
		{ name => 'plain table', of => insert('plain', $rows) },
		{
			name => 'with a live rollup',
			of => insert('rolled_up', $rows),
			limits => ["time <= $limit x plain table"],
		},
		{
			name => 'with one of a join',
			of => insert('joined', $rows),
			limits => ["time <= $limit x plain table"],
		},
	];
}

sub reading
{
	my ($limit) = @_;
	return (
		# the comment names the table, so that it is made
		query => q{SELECT nps(s) AS figure FROM reply_daily /* of reply */ {}},
		runs => [
			{ name => 'all of it', of => '', limits => ["milliseconds < $limit"] },
			{ name => 'one week', of => q{WHERE day BETWEEN '2026-02-02' AND '2026-02-08'} },
		],
		rounds => 21,
	);
}

return {
	tables => {
		plain => "CREATE TABLE plain $columns",
		rolled_up => "CREATE TABLE rolled_up $columns; "
		  . rolled_up('rolled_up', 'rolled_up_daily'),
		channel => q{CREATE TABLE channel AS SELECT 'channel ' || n AS channel, n % 2 AS kind
			FROM generate_series(0, 4) n; ALTER TABLE channel ADD PRIMARY KEY (channel)},
		customer => q{CREATE TABLE customer AS SELECT n AS customer, n % 20 AS place
			FROM generate_series(0, 99999) n; ALTER TABLE customer ADD PRIMARY KEY (customer)},
		joined => "CREATE TABLE joined $columns; SELECT cxm_create_rollup('joined_daily',
			'SELECT $day, kind, region, nps_agg(score) AS s
			FROM joined JOIN channel USING (channel) GROUP BY 1, 2, 3')",
		active => "CREATE TABLE active $columns; "
		  . insert('active', "SELECT '2026-01-01Z', 'channel ' || n % 5, 'north', n % 100000,
			n % 11 FROM generate_series(1, {rows/10}) n") . q{
			SELECT cxm_create_rollup('by_place', 'SELECT place, nps_agg(score) AS s
			FROM active JOIN customer USING (customer) GROUP BY 1');
			SELECT cxm_create_rollup('unique_active',
				'SELECT channel, count(DISTINCT customer) AS customers FROM active GROUP BY 1')},
		reply => "CREATE TABLE reply $columns; "
		  . insert('reply', many_groups('(SELECT setseed(0.5)) s, generate_series(1, {rows})'))
		  . rolled_up('reply', 'reply_daily'),
		refreshed => qq{
			CREATE MATERIALIZED VIEW refreshed AS
			SELECT $keys, nps_agg(score) AS s FROM reply GROUP BY 1, 2, 3;
			CREATE UNIQUE INDEX ON refreshed (day, channel, region)},
		crowded => q{
			CREATE TABLE crowded (k integer, score integer) PARTITION BY LIST (k);
			CREATE PROCEDURE crowd(first integer) LANGUAGE plpgsql AS $$
			BEGIN
				FOR i IN first .. first + 199 LOOP
					EXECUTE format('CREATE TABLE crowded_%s PARTITION OF crowded
						FOR VALUES IN (%1$s)', i);
				END LOOP;
			END $$;} . join('', map { "CALL crowd($_);" } map { 1 + 200 * $_ } 0 .. 9)
		  . join('', map { "SELECT cxm_create_rollup('crowded_by_$_',
			'SELECT k, nps_agg(score) AS s FROM crowded GROUP BY 1');" } 1 .. 10),
	},

	benchmarks => [
		{
			title => 'INSERT of 1,000 rows of 50 groups',
			query => '{}',
			runs => writing(few_groups('generate_series(1, 1000) n'), 1.25),
			# so many that what each new session prepares for its first one is no part of it
			statements => 500,
			rounds => 9,
		},
		{
			title => 'INSERT of one row',
			query => '{}',
			runs => writing(few_groups('(SELECT floor(random() * 50)::integer AS n) r'), 1.5),
			statements => 2000,
			rounds => 15,
		},
		{
			title => 'dashboard of 4,500 groups, folded',
			first => q{CALL cxm_compact_rollup('reply_daily')},
			reading(10),
		},
		{
			title => 'dashboard of 4,500 groups, with 1,000 deltas',
			first => 'DO $$ BEGIN FOR i IN 1 .. 1000 LOOP '
			  . insert('reply', many_groups('(VALUES (1)) one')) . ' END LOOP; END $$',
			reading(30),
		},
		{
			title => 'rollups of 100,000 customers',
			query => '/* active */ {}',
			runs => [
				{
					name => 'count the table, joined',
					of => 'SELECT nps(nps_agg(score)) AS figure
						FROM active JOIN customer USING (customer) GROUP BY place',
				},
				{
					name => 'read the rollup of the join',
					of => 'SELECT nps(s) AS figure FROM by_place',
					limits => ['milliseconds < 100'],
				},
				{
					name => 'count unique customers',
					of => 'SELECT count(DISTINCT customer) AS figure FROM active GROUP BY channel',
				},
				{
					name => 'read the rollup of these',
					of => 'SELECT customers AS figure FROM unique_active',
				},
			],
		},
		{
			title => '1,000 new rows in a table of {rows}',
			query => '{}',
			runs => [
				{
					name => 'INSERT, with a live rollup',
					of => insert('reply', many_groups('generate_series(1, 1000)')),
				},
				{
					name => 'REFRESH CONCURRENTLY after it',
					of => insert('reply', many_groups('generate_series(1, 1000)'))
					  . 'REFRESH MATERIALIZED VIEW CONCURRENTLY refreshed;',
					statements => 1,
					limits => ['time >= 1000 x INSERT, with a live rollup'],
				},
			],
			statements => 20,
			rounds => 3,
		},
		{
			title => 'DDL beside 10 rollups of a table of 2,000 partitions',
			query => '/* crowded */ {}',
			runs => [
				map {
					{ name => $_->[0], of => "$_->[1];", limits => ["milliseconds < $_->[2]"] }
				} (
					[ 'a temporary table', 'CREATE TEMP TABLE t (id integer); DROP TABLE t', 10 ],
					[ 'another table', 'CREATE TABLE brief (id integer); DROP TABLE brief', 10 ],
					[ 'a new partition', q{BEGIN; CREATE TABLE crowded_new PARTITION OF crowded
						FOR VALUES IN (0); ROLLBACK}, 50 ],
					[ 'a new column', 'BEGIN; ALTER TABLE crowded ADD note text; ROLLBACK', 2000 ],
					[ 'cxm_rollups', 'SELECT count(problem) FROM cxm_rollups', 500 ],
				)
			],
			statements => 5,
			rounds => 3,
		},
	],
};
