-- Who becomes a contact by mail: the way a message went is found by index, and
-- stored mail is judged again when a rule or an own address changes.

ALTER TABLE public.artifact_participants
	ADD CONSTRAINT artifact_participants_role_check CHECK (octet_length(role) <= 64);
DROP INDEX public.artifact_participants_value_idx;
CREATE INDEX artifact_participants_value_idx
	ON public.artifact_participants (user_id, kind, value_norm, role);

CREATE TABLE sluice.people_judged (
	user_id uuid NOT NULL,
	integration_id uuid NOT NULL,
	basis text NOT NULL CHECK (octet_length(basis) <= 64),
	after_key text CHECK (octet_length(after_key) <= 512),
	after_id text CHECK (octet_length(after_id) <= 1100),
	created_at timestamptz NOT NULL DEFAULT now(),
	updated_at timestamptz NOT NULL DEFAULT now(),
	PRIMARY KEY (user_id, integration_id),
	FOREIGN KEY (user_id, integration_id)
		REFERENCES public.user_integrations (user_id, id) ON DELETE CASCADE
);
COMMENT ON TABLE sluice.people_judged IS
	'By what the stored mail of an account was judged for contacts.';
COMMENT ON COLUMN sluice.people_judged.basis IS
	'Hash of the rule and of the user''s own addresses; when it changes, all mail is judged again.';
COMMENT ON COLUMN sluice.people_judged.after_id IS
	'Judged up to this message of the stream after_key; NULL: all of it.';
CALL sluice.protect_table('sluice.people_judged', gateway => 'select, insert, update, delete');

INSERT INTO sluice.sys_table_migrations (version, name)
VALUES ('20261126010000', 'people_mail') ON CONFLICT DO NOTHING;
