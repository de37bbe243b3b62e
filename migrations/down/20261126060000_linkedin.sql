DELETE FROM sluice.sys_table_migrations WHERE version = '20261126060000';

DROP VIEW public.linkedin_sync_logs;
DROP VIEW public.linkedin_sync_tracking;
CALL sluice.drop_artifact_type('linkedin_invitation'); -- unless artifacts use it
CALL sluice.drop_artifact_type('linkedin_connection');
CALL sluice.drop_artifact_type('linkedin_message');
