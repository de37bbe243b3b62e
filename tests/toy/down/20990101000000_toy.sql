DELETE FROM sluice.sys_table_migrations WHERE version = '20990101000000';

DROP VIEW public.toy_sync_state;
CALL sluice.drop_artifact_type('toy_note'); -- unless artifacts use it
