DELETE FROM sluice.sys_table_migrations WHERE version = '20261126070000';

DROP FUNCTION public.request_resync(text, uuid);
DROP FUNCTION sluice.request_resync(text, uuid);
DROP FUNCTION sluice.resync_accounts(uuid, text, uuid, interval, boolean);
UPDATE sluice.schedule SET resync_requested_at = NULL WHERE resync_no <= resync_done_no;
ALTER TABLE public.sync_state DROP COLUMN walk_resync_no;
ALTER TABLE sluice.schedule
	DROP COLUMN resync_no,
	DROP COLUMN resync_done_no,
	DROP COLUMN run_resync_no;
COMMENT ON COLUMN sluice.schedule.resync_requested_at IS NULL;
COMMENT ON COLUMN sluice.schedule.accept_deletions IS NULL;
