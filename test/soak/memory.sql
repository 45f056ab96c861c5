INSERT INTO context
SELECT pg_backend_pid(), clock_timestamp(), sum(total_bytes) FILTER (WHERE NOT cached),
	sum(total_bytes) FILTER (WHERE cached)
FROM pg_backend_memory_contexts, LATERAL (
	SELECT 'CacheMemoryContext' IN (name, coalesce(parent, '')) AS cached) t;
