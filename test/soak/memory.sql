INSERT INTO context
SELECT pg_backend_pid(), clock_timestamp(), sum(total_bytes) FILTER (WHERE NOT cached),
	sum(used_bytes) FILTER (WHERE cached)
FROM pg_backend_memory_contexts, LATERAL (
	-- each refresh makes a temporary table, whose row type the server never forgets
	SELECT ARRAY[name, parent] && ARRAY['CacheMemoryContext', 'LocalBufferContext',
		'Type information cache', 'Operator lookup cache'] AS cached) t;
