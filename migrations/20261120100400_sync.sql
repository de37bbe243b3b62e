-- The state of syncing: streams with their cursors, runs, items that were not
-- stored, and what a walk under way has seen.

CREATE TABLE public.sync_state (
	id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
	user_id uuid NOT NULL,
	integration_id uuid NOT NULL,
	kind text NOT NULL CHECK (octet_length(kind) <= 64 AND kind <> ''),
	key text NOT NULL DEFAULT '' CHECK (octet_length(key) <= 512),
	title text,
	state text NOT NULL DEFAULT 'new' CHECK (state IN ('new', 'walking', 'live', 'closed')),
	enabled_default boolean NOT NULL DEFAULT true,
	disabled_reason text,
	enabled_choice boolean,
	enabled boolean GENERATED ALWAYS AS (coalesce(enabled_choice, enabled_default)) STORED,
	cursor jsonb,
	fingerprint text,
	shown jsonb,
	pending jsonb CHECK (jsonb_typeof(pending) = 'array'),
	generation integer NOT NULL DEFAULT 0,
	walk_started_at timestamptz,
	walk_had_rows boolean NOT NULL DEFAULT false,
	scope_from timestamptz,
	walked_at timestamptz,
	coverage_from timestamptz,
	coverage_to timestamptz,
	sweep_state text NOT NULL DEFAULT 'none'
		CHECK (sweep_state IN ('none', 'due', 'sampling', 'held')),
	pending_deletions integer NOT NULL DEFAULT 0,
	sweep_samples text[] NOT NULL DEFAULT '{}',
	people_at timestamptz,
	opened_by text CHECK (octet_length(opened_by) <= 64),
	opened_generation integer NOT NULL DEFAULT 0,
	resyncs integer NOT NULL DEFAULT 0,
	checked_at timestamptz,
	changed_at timestamptz,
	not_before timestamptz,
	failures integer NOT NULL DEFAULT 0,
	last_error_class text,
	last_error_scope text,
	last_error_text text,
	last_error_at timestamptz,
	created_at timestamptz NOT NULL DEFAULT now(),
	updated_at timestamptz NOT NULL DEFAULT now(),
	UNIQUE (user_id, integration_id, kind, key),
	UNIQUE (id, user_id),
	FOREIGN KEY (user_id, integration_id)
		REFERENCES public.user_integrations (user_id, id) ON DELETE CASCADE
);
COMMENT ON TABLE public.sync_state IS 'Streams: whatever has a cursor of its own.';
COMMENT ON COLUMN public.sync_state.key IS 'Tells streams of one kind apart, e.g. a calendar''s id.';
COMMENT ON COLUMN public.sync_state.enabled_choice IS 'What the user chose; NULL leaves it to the default.';
COMMENT ON COLUMN public.sync_state.cursor IS 'Understood by the connector alone; never a secret.';
COMMENT ON COLUMN public.sync_state.fingerprint IS 'Of the options the cursor was made under.';
COMMENT ON COLUMN public.sync_state.shown IS 'For people and views; the engine does not read it.';
COMMENT ON COLUMN public.sync_state.pending IS
	'Items listed but not yet read: array of objects with id, group, version.';
COMMENT ON COLUMN public.sync_state.generation IS 'Of the current or last walk.';
COMMENT ON COLUMN public.sync_state.walked_at IS 'When the last complete walk ended.';
COMMENT ON COLUMN public.sync_state.sweep_state IS
	'Whether rows not seen by the last walk wait to be tombstoned.';
COMMENT ON COLUMN public.sync_state.people_at IS 'Events begun up to here were judged for contacts.';
COMMENT ON COLUMN public.sync_state.opened_by IS
	'kind of the stream whose pages opened this one; NULL: opened by itself';
COMMENT ON COLUMN public.sync_state.opened_generation IS
	'Generation of the parent''s walk that last named this stream.';
COMMENT ON COLUMN public.sync_state.resyncs IS 'In a row, without progress between.';
COMMENT ON COLUMN public.sync_state.checked_at IS 'Last success, with changes or without.';
COMMENT ON COLUMN public.sync_state.changed_at IS 'Last page that changed rows.';
COMMENT ON COLUMN public.sync_state.not_before IS 'Deferred until then by the provider or by backoff.';
CALL sluice.protect_table('public.sync_state',
	people => 'select', server => 'select', operator => 'select',
	gateway => 'select, insert, update, delete');

CREATE TABLE public.sync_logs (
	id uuid PRIMARY KEY,
	user_id uuid NOT NULL,
	integration_id uuid NOT NULL,
	provider text NOT NULL,
	account text NOT NULL,
	trigger text NOT NULL CHECK (trigger IN ('manual', 'schedule', 'resync', 'connect')),
	mode text NOT NULL CHECK (mode IN ('full', 'incremental')),
	status text NOT NULL
		CHECK (status IN ('running', 'ok', 'partial', 'failed', 'interrupted')),
	started_at timestamptz NOT NULL,
	finished_at timestamptz,
	runs integer NOT NULL DEFAULT 1,
	requests integer NOT NULL DEFAULT 0,
	retries integer NOT NULL DEFAULT 0,
	bytes bigint NOT NULL DEFAULT 0,
	fetched bigint NOT NULL DEFAULT 0,
	created bigint NOT NULL DEFAULT 0,
	updated bigint NOT NULL DEFAULT 0,
	unchanged bigint NOT NULL DEFAULT 0,
	deleted bigint NOT NULL DEFAULT 0,
	filtered bigint NOT NULL DEFAULT 0,
	quarantined bigint NOT NULL DEFAULT 0,
	contacts_created bigint NOT NULL DEFAULT 0,
	pages integer NOT NULL DEFAULT 0,
	duration_ms bigint NOT NULL DEFAULT 0,
	error_class text,
	error_scope text,
	error_text text,
	host text,
	detail jsonb NOT NULL DEFAULT '{}',
	created_at timestamptz NOT NULL DEFAULT now(),
	updated_at timestamptz NOT NULL DEFAULT now(),
	FOREIGN KEY (user_id, integration_id)
		REFERENCES public.user_integrations (user_id, id) ON DELETE CASCADE
);
COMMENT ON TABLE public.sync_logs IS 'Runs, one row each over all their slices.';
COMMENT ON COLUMN public.sync_logs.id IS 'The id of the run, given by the engine.';
COMMENT ON COLUMN public.sync_logs.runs IS 'Runs without changes that were folded into this row.';
COMMENT ON COLUMN public.sync_logs.bytes IS 'Received, after decoding.';
CREATE INDEX sync_logs_integration_idx
	ON public.sync_logs (user_id, integration_id, started_at);
CREATE INDEX sync_logs_started_idx ON public.sync_logs (started_at);
CALL sluice.protect_table('public.sync_logs',
	people => 'select', server => 'select', operator => 'select',
	gateway => 'select, insert, update, delete');

CREATE TABLE public.sync_items (
	id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
	user_id uuid NOT NULL,
	integration_id uuid NOT NULL,
	stream_kind text NOT NULL CHECK (octet_length(stream_kind) <= 64),
	stream_key text NOT NULL CHECK (octet_length(stream_key) <= 512),
	source_id text NOT NULL CHECK (octet_length(source_id) <= 1100 AND source_id <> ''),
	state text NOT NULL CHECK (state IN ('filtered', 'quarantined')),
	reason text NOT NULL,
	detail text,
	class text CHECK (class IN ('transient', 'malformed')),
	source_version bigint,
	map_version integer,
	raw bytea CHECK (octet_length(raw) <= 65536),
	raw_bytes bigint,
	attempts integer NOT NULL DEFAULT 1,
	next_try_at timestamptz,
	seen_at timestamptz NOT NULL DEFAULT now(),
	created_at timestamptz NOT NULL DEFAULT now(),
	updated_at timestamptz NOT NULL DEFAULT now(),
	UNIQUE (user_id, integration_id, stream_kind, stream_key, source_id),
	FOREIGN KEY (user_id, integration_id)
		REFERENCES public.user_integrations (user_id, id) ON DELETE CASCADE
);
COMMENT ON TABLE public.sync_items IS
	'Why an item is not there: filtered on purpose, or quarantined because it could not be stored.';
COMMENT ON COLUMN public.sync_items.source_id IS 'sha256:<hex> of the raw item where it has no id.';
COMMENT ON COLUMN public.sync_items.reason IS 'A code; for quarantined items the class of the error.';
COMMENT ON COLUMN public.sync_items.class IS
	'Of quarantined items: transient is tried again by time, malformed when version or mapping change.';
COMMENT ON COLUMN public.sync_items.raw IS 'As received, cut at 64 kB; hidden from the operator.';
COMMENT ON COLUMN public.sync_items.raw_bytes IS 'The whole length.';
CREATE INDEX sync_items_retry_idx ON public.sync_items (user_id, integration_id, next_try_at)
	WHERE state = 'quarantined';
CALL sluice.protect_table('public.sync_items',
	people => 'select', server => 'select',
	operator => 'select (id, user_id, integration_id, stream_kind, stream_key, source_id,
		state, reason, detail, class, source_version, map_version, raw_bytes, attempts,
		next_try_at, seen_at, created_at, updated_at)',
	gateway => 'select, insert, update, delete');

CREATE TABLE sluice.seen (
	user_id uuid NOT NULL,
	stream_id uuid NOT NULL,
	generation integer NOT NULL,
	source_id text NOT NULL CHECK (octet_length(source_id) <= 1100),
	created_at timestamptz NOT NULL DEFAULT now(),
	updated_at timestamptz NOT NULL DEFAULT now(),
	PRIMARY KEY (user_id, stream_id, generation, source_id),
	FOREIGN KEY (user_id, stream_id) REFERENCES public.sync_state (user_id, id) ON DELETE CASCADE
);
COMMENT ON TABLE sluice.seen IS 'Ids that the walk under way has seen; emptied when it is swept.';
CALL sluice.protect_table('sluice.seen', gateway => 'select, insert, update, delete');

INSERT INTO sluice.sys_table_migrations (version, name)
VALUES ('20261120100400', 'sync') ON CONFLICT DO NOTHING;
