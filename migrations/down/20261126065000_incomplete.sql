DELETE FROM sluice.sys_table_migrations WHERE version = '20261126065000';

DROP INDEX public.artifacts_incomplete_idx;
