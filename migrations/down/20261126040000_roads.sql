DELETE FROM sluice.sys_table_migrations WHERE version = '20261126040000';

-- Runs that were imports stay as they are.
ALTER TABLE public.sync_logs DROP CONSTRAINT sync_logs_trigger_check,
	ADD CONSTRAINT sync_logs_trigger_check
		CHECK (trigger IN ('manual', 'schedule', 'resync', 'connect'))
		NOT VALID;

CREATE INDEX artifacts_thread_idx ON public.artifacts (user_id, thread_id)
	WHERE thread_id IS NOT NULL;
DROP INDEX public.artifacts_moment_idx;

ALTER TABLE public.sync_state DROP COLUMN listed_type, DROP COLUMN listed_version;

DROP TABLE sluice.handle_links;
