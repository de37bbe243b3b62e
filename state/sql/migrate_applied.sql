-- Was it applied meanwhile?
-- $1 text  version
-- Result: applied boolean
SELECT EXISTS (SELECT FROM sluice.sys_table_migrations
	WHERE version = $1) AS applied
