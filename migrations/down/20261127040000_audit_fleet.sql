DELETE FROM sluice.sys_table_migrations WHERE version = '20261127040000';

ALTER TABLE public.sync_state DROP COLUMN switched_at;
