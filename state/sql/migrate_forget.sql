-- A reverted migration leaves the journal, if its reversal has not seen to it.
-- $1 text  version
DELETE FROM sluice.sys_table_migrations WHERE version = $1
