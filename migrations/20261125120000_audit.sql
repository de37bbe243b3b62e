-- What an audit has met of a stream, and what it found wrong.

CREATE TABLE sluice.audit_items (
	user_id uuid NOT NULL,
	stream_id uuid NOT NULL,
	source_id text NOT NULL CHECK (octet_length(source_id) <= 1100),
	finding text CHECK (finding IN ('missing', 'extra', 'stale')),
	created_at timestamptz NOT NULL DEFAULT now(),
	updated_at timestamptz NOT NULL DEFAULT now(),
	PRIMARY KEY (user_id, stream_id, source_id),
	FOREIGN KEY (user_id, stream_id) REFERENCES public.sync_state (user_id, id) ON DELETE CASCADE
);
COMMENT ON TABLE sluice.audit_items IS
	'Ids that the audit under way has met; emptied when it ends, or by the next one.';
COMMENT ON COLUMN sluice.audit_items.finding IS
	'What is wrong, to be read again by id; NULL: provider and database agree.';
CALL sluice.protect_table('sluice.audit_items', gateway => 'select, insert, update, delete');

INSERT INTO sluice.sys_table_migrations (version, name)
VALUES ('20261125120000', 'audit') ON CONFLICT DO NOTHING;
