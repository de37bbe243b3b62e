-- What the journal knows, whatever the schema is.
-- Result: version
SELECT j.version FROM sluice.sys_table_migrations j
