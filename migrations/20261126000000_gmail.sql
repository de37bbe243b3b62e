-- The connector gmail: its artifact type, its views, and what two streams that
-- read one mailbox must know of each other.

CALL sluice.add_artifact_type('email', '{occurred_at,content}');

-- Two kinds of streams may hold one item: what either kept out of the store is
-- found by the item alone.
CREATE INDEX sync_items_item_idx
	ON public.sync_items (user_id, integration_id, stream_key, source_id);

CREATE TABLE sluice.overtaken (
	user_id uuid NOT NULL,
	stream_id uuid NOT NULL,
	source_id text NOT NULL CHECK (octet_length(source_id) <= 1100),
	created_at timestamptz NOT NULL DEFAULT now(),
	updated_at timestamptz NOT NULL DEFAULT now(),
	PRIMARY KEY (user_id, stream_id, source_id),
	FOREIGN KEY (user_id, stream_id) REFERENCES public.sync_state (user_id, id) ON DELETE CASCADE
);
COMMENT ON TABLE sluice.overtaken IS
	'Ids that another stream changed, or saw gone, before this one stored them: what an answer that '
	'was under way then says of them is too old. Emptied when the stream rests.';
CALL sluice.protect_table('sluice.overtaken', gateway => 'select, insert, update, delete');

CREATE VIEW public.gmail_sync_state WITH (security_invoker = true) AS
SELECT s.id, s.user_id, s.integration_id, i.account, i.status AS integration_status,
	s.shown ->> 'email' AS email,
	CASE WHEN s.shown ->> 'history' ~ '^[0-9]{1,20}$'
		THEN (s.shown ->> 'history')::numeric(20) END AS history_id,
	CASE WHEN s.shown ->> 'messages_total' ~ '^[0-9]{1,18}$'
		THEN (s.shown ->> 'messages_total')::bigint END AS messages_total,
	coalesce(s.shown -> 'labels', '{}') AS labels,
	s.state, s.enabled, s.disabled_reason,
	b.id AS backfill_id,
	b.state AS backfill_state,
	n.listed AS backfill_listed,
	n.estimate AS backfill_estimate,
	CASE WHEN b.state = 'live' THEN 1.0::double precision
		WHEN n.estimate > 0 THEN least(1.0, n.listed / n.estimate::double precision)
		END AS backfill_progress,
	n.oldest_at AS backfill_oldest_at,
	coalesce(jsonb_array_length(b.pending), 0)
		+ coalesce(jsonb_array_length(s.pending), 0) AS messages_waiting,
	b.walk_started_at, b.walked_at, b.coverage_from, b.coverage_to,
	b.sweep_state, b.pending_deletions,
	s.checked_at,
	greatest(s.changed_at, b.changed_at) AS changed_at,
	s.not_before, b.not_before AS backfill_not_before,
	greatest(s.failures, b.failures) AS failures,
	coalesce(s.last_error_class, b.last_error_class) AS last_error_class,
	CASE WHEN s.last_error_class IS NULL THEN b.last_error_scope
		ELSE s.last_error_scope END AS last_error_scope,
	CASE WHEN s.last_error_class IS NULL THEN b.last_error_text
		ELSE s.last_error_text END AS last_error_text,
	CASE WHEN s.last_error_class IS NULL THEN b.last_error_at
		ELSE s.last_error_at END AS last_error_at,
	s.created_at, greatest(s.updated_at, b.updated_at) AS updated_at
FROM public.sync_state s
JOIN public.user_integrations i ON i.user_id = s.user_id AND i.id = s.integration_id
LEFT JOIN public.sync_state b ON b.user_id = s.user_id
	AND b.integration_id = s.integration_id AND b.kind = 'backfill' AND b.key = s.key
CROSS JOIN LATERAL (
	SELECT CASE WHEN b.shown ->> 'listed' ~ '^[0-9]{1,18}$'
			THEN (b.shown ->> 'listed')::bigint END AS listed,
		CASE WHEN b.shown ->> 'estimate' ~ '^[0-9]{1,18}$'
			THEN (b.shown ->> 'estimate')::bigint END AS estimate,
		CASE WHEN b.shown ->> 'oldest'
				~ '^[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])T([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9](\.[0-9]+)?(Z|[+-][0-9]{2}:[0-9]{2})$'
			THEN (b.shown ->> 'oldest')::timestamptz END AS oldest_at
) n
WHERE i.provider = 'gmail' AND s.kind = 'changes';
COMMENT ON VIEW public.gmail_sync_state IS
	'Mailboxes: one row each, with how far it is followed and how far back it is read.';
COMMENT ON COLUMN public.gmail_sync_state.history_id IS 'Changes up to here are stored.';
COMMENT ON COLUMN public.gmail_sync_state.backfill_progress IS
	'0 to 1, of what the provider estimates; NULL before it is known.';
COMMENT ON COLUMN public.gmail_sync_state.backfill_oldest_at IS
	'The oldest message that has been read of the walk under way.';
COMMENT ON COLUMN public.gmail_sync_state.messages_waiting IS 'Listed, but not yet read.';
CALL sluice.protect_view('public.gmail_sync_state',
	'authenticated, service_role, sluice_gateway, sluice_operator');

CREATE VIEW public.gmail_sync_logs WITH (security_invoker = true) AS
SELECT l.id, l.user_id, l.integration_id, l.account, l.trigger, l.mode, l.status,
	l.started_at, l.finished_at, l.duration_ms, l.runs,
	l.fetched AS messages_fetched,
	l.created AS messages_created,
	l.updated AS messages_updated,
	l.unchanged AS messages_unchanged,
	l.deleted AS messages_deleted,
	l.filtered AS messages_filtered,
	l.quarantined AS messages_quarantined,
	l.contacts_created, l.pages, l.requests, l.retries, l.bytes,
	l.error_class, l.error_scope, l.error_text, l.host, l.detail,
	l.created_at, l.updated_at
FROM public.sync_logs l
WHERE l.provider = 'gmail';
COMMENT ON VIEW public.gmail_sync_logs IS 'Runs of the mail connector.';
CALL sluice.protect_view('public.gmail_sync_logs',
	'authenticated, service_role, sluice_gateway, sluice_operator');

INSERT INTO sluice.sys_table_migrations (version, name)
VALUES ('20261126000000', 'gmail') ON CONFLICT DO NOTHING;
