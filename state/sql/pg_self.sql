-- A transaction of the login itself, transaction-locally; the first statement.
-- Result: timeout_ms bigint: what a statement may take; 0 = no limit
SELECT
	pg_catalog.set_config('role', NULL, true),
	pg_catalog.set_config('request.jwt.claims', '', true),
	pg_catalog.set_config('TimeZone', 'UTC', true),
	pg_catalog.set_config('DateStyle', 'ISO, YMD', true),
	pg_catalog.set_config('bytea_output', 'hex', true),
	(pg_catalog.date_part('epoch', pg_catalog.current_setting(
		'statement_timeout')::interval) * 1000)::bigint AS timeout_ms
