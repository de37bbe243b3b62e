-- How many of the binary's migrations are missing, and what it does not know.
-- $1 text[]  versions of the binary
-- Result: missing bigint, unknown text (newest, or NULL)
SELECT
	(SELECT count(*) FROM unnest($1::text[]) AS b (version)
	WHERE NOT EXISTS (SELECT FROM sluice.sys_table_migrations j
		WHERE j.version = b.version)) AS missing,
	(SELECT max(j.version) FROM sluice.sys_table_migrations j
	WHERE j.version <> ALL ($1::text[])) AS unknown
