-- One item that comes by several roads, as a log of changes and as a listing,
-- each of which calls it and its people otherwise.

CREATE TABLE sluice.handle_links (
	user_id uuid NOT NULL REFERENCES auth.users (id) ON DELETE CASCADE,
	handle text NOT NULL CHECK (octet_length(handle) <= 512 AND handle <> ''),
	profile text NOT NULL CHECK (octet_length(profile) <= 512 AND profile <> ''),
	source_version bigint NOT NULL DEFAULT 0,
	created_at timestamptz NOT NULL DEFAULT now(),
	updated_at timestamptz NOT NULL DEFAULT now(),
	PRIMARY KEY (user_id, handle)
);
COMMENT ON TABLE sluice.handle_links IS
	'Whose opaque handles (URNs) are whose profile URLs, learned where both named the sender of one '
	'message. A handle has one profile.';
COMMENT ON COLUMN sluice.handle_links.handle IS 'The opaque one, normalised as in artifact_participants.';
COMMENT ON COLUMN sluice.handle_links.profile IS 'The profile URL, normalised.';
COMMENT ON COLUMN sluice.handle_links.source_version IS 'Of what told the profile: an older word changes nothing.';
CREATE INDEX handle_links_profile_idx ON sluice.handle_links (user_id, profile);
CALL sluice.protect_table('sluice.handle_links', gateway => 'select, insert, update, delete');
-- As 20261126030000 has it for all tables of users.
ALTER TABLE sluice.handle_links ALTER COLUMN user_id SET STATISTICS 0;

ALTER TABLE public.sync_state
	ADD COLUMN listed_type text CHECK (octet_length(listed_type) <= 64),
	ADD COLUMN listed_version bigint,
	ADD CHECK ((listed_type IS NULL) = (listed_version IS NULL));
COMMENT ON COLUMN public.sync_state.listed_type IS
	'The type of artifacts that its last complete walk listed in full; NULL: all of its key, or none.';
COMMENT ON COLUMN public.sync_state.listed_version IS
	'source_version as of which that listing was complete: what it lacks and is older is gone.';

-- The items of one moment of a conversation: one of them may be another's edit.
CREATE INDEX artifacts_moment_idx ON public.artifacts (user_id, thread_id, occurred_at)
	WHERE thread_id IS NOT NULL;
DROP INDEX public.artifacts_thread_idx;

ALTER TABLE public.sync_logs DROP CONSTRAINT sync_logs_trigger_check,
	ADD CONSTRAINT sync_logs_trigger_check
		CHECK (trigger IN ('manual', 'schedule', 'resync', 'connect', 'import'));

INSERT INTO sluice.sys_table_migrations (version, name)
VALUES ('20261126040000', 'roads') ON CONFLICT DO NOTHING;
