-- The server and the login. Readable by any login, on any database.
-- Result: see struct sl_server_info
SELECT current_setting('server_version') AS version,
	current_database()::text AS database,
	session_user::text AS login,
	current_setting('server_encoding') AS encoding,
	clock_timestamp() AS now,
	coalesce((SELECT r.rolsuper OR r.rolbypassrls FROM pg_catalog.pg_roles r
		WHERE r.rolname = session_user), false) AS bypasses_rls,
	current_setting('transaction_read_only') = 'on'
		OR pg_is_in_recovery() AS read_only,
	EXISTS (SELECT FROM pg_catalog.pg_roles r
		WHERE r.rolname = 'sluice_gateway') AS gateway_exists,
	EXISTS (SELECT FROM pg_catalog.pg_roles r
		WHERE r.rolname = 'sluice_operator') AS operator_exists,
	coalesce((SELECT pg_has_role(session_user, r.oid, 'MEMBER')
		FROM pg_catalog.pg_roles r
		WHERE r.rolname = 'sluice_gateway'), false) AS gateway_member,
	coalesce((SELECT pg_has_role(session_user, r.oid, 'MEMBER')
		FROM pg_catalog.pg_roles r
		WHERE r.rolname = 'sluice_operator'), false) AS operator_member,
	EXISTS (SELECT FROM pg_catalog.pg_roles r
		WHERE r.rolname = 'supabase_admin') AS supabase
