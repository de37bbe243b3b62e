DELETE FROM sluice.sys_table_migrations WHERE version = '20261126060000';

DROP INDEX public.artifacts_incomplete_idx;
