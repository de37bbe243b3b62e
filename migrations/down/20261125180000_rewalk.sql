DELETE FROM sluice.sys_table_migrations WHERE version = '20261125180000';

ALTER TABLE public.sync_state DROP COLUMN rewalk_at;
