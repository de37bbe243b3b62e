-- Who the transaction is, transaction-locally; the first statement of each.
-- $1 text  role to become; NULL = the login itself
-- $2 text  request.jwt.claims, a JSON object; NULL = none
-- Result: timeout_ms bigint: what a statement may take; 0 = no limit
SELECT
	pg_catalog.set_config('role', $1, true),
	pg_catalog.set_config('request.jwt.claims', coalesce($2, ''), true),
	pg_catalog.set_config('search_path',
		CASE WHEN $1::text IS NULL
		THEN pg_catalog.current_setting('search_path')
		ELSE 'pg_catalog, pg_temp' END, true),
	pg_catalog.set_config('TimeZone', 'UTC', true),
	pg_catalog.set_config('DateStyle', 'ISO, YMD', true),
	pg_catalog.set_config('bytea_output', 'hex', true),
	-- statements are many and short; to compile one takes seconds
	pg_catalog.set_config('jit', CASE WHEN $1::text IS NULL
		THEN pg_catalog.current_setting('jit') ELSE 'off' END, true),
	pg_catalog.set_config('statement_timeout',
		CASE WHEN $1::text IS NULL
			OR pg_catalog.current_setting('statement_timeout') <> '0'
		THEN pg_catalog.current_setting('statement_timeout')
		ELSE '60s' END, true),
	pg_catalog.set_config('lock_timeout',
		CASE WHEN $1::text IS NULL
			OR pg_catalog.current_setting('lock_timeout') <> '0'
		THEN pg_catalog.current_setting('lock_timeout')
		ELSE '10s' END, true),
	-- whoever freezes in the middle of a page holds up its account no
	-- longer than a lease lasts
	pg_catalog.set_config('idle_in_transaction_session_timeout',
		CASE WHEN $1::text IS NULL OR pg_catalog.current_setting(
			'idle_in_transaction_session_timeout') <> '0'
		THEN pg_catalog.current_setting(
			'idle_in_transaction_session_timeout')
		ELSE '60s' END, true),
	(pg_catalog.date_part('epoch', CASE WHEN $1::text IS NULL
			OR pg_catalog.current_setting('statement_timeout') <> '0'
		THEN pg_catalog.current_setting('statement_timeout')
		ELSE '60s' END::interval) * 1000)::bigint AS timeout_ms
