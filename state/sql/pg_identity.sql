-- Who the transaction is, transaction-locally; the first statement of each, and
-- pg_settle the second.
-- $1 text  role to become
-- $2 text  request.jwt.claims, a JSON object
SELECT
	pg_catalog.set_config('role', $1, true),
	pg_catalog.set_config('request.jwt.claims', $2, true),
	pg_catalog.set_config('search_path', 'pg_catalog, pg_temp', true)
