-- Is the journal there? Readable by any login, on any database.
-- Result: there boolean
SELECT EXISTS (
	SELECT FROM pg_catalog.pg_class c
	JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
	WHERE n.nspname = 'sluice' AND c.relname = 'sys_table_migrations'
) AS there
