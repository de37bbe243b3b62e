-- Conversations with a message of which it is not known to whom it went.

CREATE INDEX artifacts_incomplete_idx ON public.artifacts (user_id, thread_id)
	WHERE participants_incomplete;

INSERT INTO sluice.sys_table_migrations (version, name)
VALUES ('20261126065000', 'incomplete') ON CONFLICT DO NOTHING;
