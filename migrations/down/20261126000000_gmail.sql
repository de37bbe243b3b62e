DELETE FROM sluice.sys_table_migrations WHERE version = '20261126000000';

DROP VIEW public.gmail_sync_logs;
DROP VIEW public.gmail_sync_state;
DROP TABLE sluice.overtaken;
DROP INDEX public.sync_items_item_idx;
CALL sluice.drop_artifact_type('email'); -- unless artifacts use it
