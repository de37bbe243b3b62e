-- What is exported: every table of users that the gateway may read, without
-- those that hold tokens.
-- Result: name
SELECT format('%s.%s', n.nspname, c.relname) AS name
FROM sluice.tables_of_users() u
JOIN pg_class c ON c.oid = u.relation
JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE (n.nspname, c.relname) NOT IN (('sluice', 'user_secrets'),
		('sluice', 'revocations'))
	AND has_table_privilege(c.oid, 'SELECT')
ORDER BY u.depth, n.nspname, c.relname
