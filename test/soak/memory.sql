INSERT INTO context SELECT pg_backend_pid(), clock_timestamp(), sum(total_bytes)
FROM pg_backend_memory_contexts;
