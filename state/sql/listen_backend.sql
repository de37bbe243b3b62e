-- Another process than the one that said hello: a pooler stands between.
SELECT pg_catalog.pg_backend_pid() AS pid
