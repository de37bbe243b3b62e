DELETE FROM sluice.sys_table_migrations WHERE version = '20261120100500';

DROP VIEW public.calendar_sync_logs;
DROP VIEW public.calendar_sync_state;
CALL sluice.drop_artifact_type('calendar_event'); -- unless artifacts use it
