DELETE FROM sluice.sys_table_migrations WHERE version = '20261127020000';

DROP FUNCTION sluice.expire_logs(integer);
DROP FUNCTION sluice.expire_filtered(integer);
DROP FUNCTION sluice.expire_raw(integer);
DROP FUNCTION sluice.expire_seen(integer);
DROP FUNCTION sluice.kept_since(text);
DROP INDEX public.sync_items_filtered_idx;
DROP INDEX public.sync_items_raw_idx;
ALTER TABLE public.sync_state DROP COLUMN filtered_before;
DROP TABLE sluice.retention;
