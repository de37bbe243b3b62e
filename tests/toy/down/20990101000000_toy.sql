DELETE FROM sluice.sys_table_migrations WHERE version = '20990101000000';

DROP VIEW public.toy_sync_state;
-- The type stays while artifacts use it.
DELETE FROM public.artifact_processing_config c
WHERE c.artifact_type = 'toy_note'
	AND NOT EXISTS (SELECT FROM public.artifacts a WHERE a.type = c.artifact_type);
