# A partitioned table on one server: whichever way PostgreSQL aggregates its partitions, each
# aggregate gives the same bytes as over one table.
use strict;
use warnings;
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

my $node = PostgreSQL::Test::Cluster->new('partitions');
$node->init;
$node->append_conf('postgresql.conf', <<'CONF');
fsync = off
min_parallel_table_scan_size = 0
parallel_setup_cost = 0
parallel_tuple_cost = 0
CONF
$node->start;

sub query { return $node->safe_psql('postgres', $_[0]) }

query(slurp_file('test/every_aggregate.sql'));
query(<<'SQL');
CREATE TABLE partitioned (LIKE observation) PARTITION BY LIST (part);
SELECT format('CREATE TABLE partition_%s PARTITION OF partitioned FOR VALUES IN (%1$s)', part)
FROM generate_series(0, 6) part \gexec
INSERT INTO partitioned TABLE observation;
ANALYZE partitioned;

-- The calls whose results over partitions differ, in all and by a key.
CREATE FUNCTION differing(key text) RETURNS SETOF text LANGUAGE plpgsql AS $$
DECLARE
	call text;
	same boolean;
BEGIN
	FOR call IN SELECT aggregate_call.call FROM aggregate_call LOOP
		EXECUTE format('SELECT count(*) > 0 AND bool_and(record_image_eq(row(a.x), row(b.x)))
			FROM (SELECT %1$s AS key, %2$s AS x FROM observation GROUP BY 1) a
				FULL JOIN (SELECT %1$s AS key, %2$s AS x FROM partitioned GROUP BY 1) b
					USING (key)',
			key, call) INTO same;
		IF same IS NOT TRUE THEN
			RETURN NEXT call;
		END IF;
	END LOOP;
END
$$;
SQL

# Whole aggregates of partitions, halves of them, and the latter in several processes.
my @ways = (
	[ 'part', 'off', 0, qr/^(?:Hash|Group)Aggregate.*Append/s ],
	[ 'part', 'on', 0, qr/^Append\n\s*->  HashAggregate\n.*partition_6/s ],
	[ 'yes', 'on', 0, qr/^Finalize .*Append\n\s*->  Partial HashAggregate\n.*partition_6/s ],
	[ 'yes', 'on', 4, qr/^Finalize .*Gather.*Append.*Partial HashAggregate.*partition_6/s ],
	[ q('all'::text), 'on', 4, qr/^Finalize .*Gather.*Partial/s ],
);
for (@ways)
{
	my ($key, $partitionwise, $workers, $shape) = @$_;
	my $settings = "SET enable_partitionwise_aggregate = $partitionwise;
		SET max_parallel_workers_per_gather = $workers";
	my $plan = query("$settings; EXPLAIN (COSTS OFF)
		SELECT $key, nps_agg(whole), ttr(opened, resolved) FROM partitioned GROUP BY 1");
	like($plan, $shape, "by $key, partition-wise $partitionwise, $workers workers");
	is(query("$settings; SELECT differing(\$\$$key\$\$)"), '', 'and the same bytes of every call');
}

$node->stop;
done_testing();
