-- The connector linkedin: its artifact types and its views.

CALL sluice.add_artifact_type('linkedin_message', '{occurred_at,content}');
CALL sluice.add_artifact_type('linkedin_connection', '{title}');
CALL sluice.add_artifact_type('linkedin_invitation', '{occurred_at,content}');

CREATE VIEW public.linkedin_sync_tracking WITH (security_invoker = true) AS
SELECT s.id, s.user_id, s.integration_id, i.account, i.status AS integration_status,
	CASE s.kind WHEN 'changelog' THEN 'changelog' WHEN 'archive' THEN 'archive'
		ELSE 'snapshot' END AS road,
	s.kind AS domain, s.title, s.state, s.enabled, s.disabled_reason,
	CASE WHEN s.shown ->> 'listed' ~ '^[0-9]{1,18}$'
		THEN (s.shown ->> 'listed')::bigint END AS rows_listed,
	CASE WHEN jsonb_typeof(s.shown -> 'waiting') = 'string' THEN s.shown ->> 'waiting' END
		AS waiting,
	CASE WHEN s.shown ->> 'tries' ~ '^[0-9]{1,9}$' THEN (s.shown ->> 'tries')::integer END
		AS empty_answers,
	t.not_before AS asked_again_after,
	t.processed_to, t.snapshots_at,
	CASE WHEN jsonb_typeof(s.shown -> 'snapshots_why') = 'string'
		THEN s.shown ->> 'snapshots_why' END AS snapshots_why,
	t.gap_at,
	s.listed_type, s.walk_started_at, s.walked_at, s.sweep_state, s.pending_deletions,
	s.checked_at, s.changed_at, s.not_before, s.failures,
	s.last_error_class, s.last_error_scope, s.last_error_text, s.last_error_at,
	s.created_at, s.updated_at
FROM public.sync_state s
JOIN public.user_integrations i ON i.user_id = s.user_id AND i.id = s.integration_id
CROSS JOIN LATERAL (
	SELECT max(x.at) FILTER (WHERE x.key = 'not_before') AS not_before,
		max(x.at) FILTER (WHERE x.key = 'processed_to') AS processed_to,
		max(x.at) FILTER (WHERE x.key = 'snapshots_at') AS snapshots_at,
		max(x.at) FILTER (WHERE x.key = 'gap_at') AS gap_at
	FROM (
		SELECT k.key, CASE WHEN s.shown ->> k.key
			~ '^[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])T([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9](\.[0-9]+)?(Z|[+-][0-9]{2}:[0-9]{2})$'
			THEN (s.shown ->> k.key)::timestamptz END AS at
		FROM (VALUES ('not_before'), ('processed_to'), ('snapshots_at'), ('gap_at')) AS k (key)
	) x
) t
WHERE i.provider = 'linkedin';
COMMENT ON VIEW public.linkedin_sync_tracking IS
	'LinkedIn accounts, a row for the changelog, each domain of the snapshot and each archive, with '
	'how far each is read.';
COMMENT ON COLUMN public.linkedin_sync_tracking.waiting IS
	'Why a walk stands still: LinkedIn has nothing there, or not yet.';
COMMENT ON COLUMN public.linkedin_sync_tracking.processed_to IS
	'What LinkedIn had processed up to here is stored.';
COMMENT ON COLUMN public.linkedin_sync_tracking.gap_at IS
	'Then the changelog had not been read for longer than LinkedIn keeps it.';
CALL sluice.protect_view('public.linkedin_sync_tracking',
	'authenticated, service_role, sluice_gateway, sluice_operator');

CREATE VIEW public.linkedin_sync_logs WITH (security_invoker = true) AS
SELECT l.id, l.user_id, l.integration_id, l.account, l.trigger,
	CASE l.trigger WHEN 'import' THEN 'archive' ELSE 'api' END AS road,
	l.mode, l.status, l.started_at, l.finished_at, l.duration_ms, l.runs,
	l.fetched AS items_fetched,
	l.created AS items_created,
	l.updated AS items_updated,
	l.unchanged AS items_unchanged,
	l.deleted AS items_deleted,
	l.filtered AS items_filtered,
	l.quarantined AS items_quarantined,
	l.contacts_created, l.pages, l.requests, l.retries, l.bytes,
	l.error_class, l.error_scope, l.error_text, l.host, l.detail,
	l.created_at, l.updated_at
FROM public.sync_logs l
WHERE l.provider = 'linkedin';
COMMENT ON VIEW public.linkedin_sync_logs IS 'Runs and imports of the LinkedIn connector.';
CALL sluice.protect_view('public.linkedin_sync_logs',
	'authenticated, service_role, sluice_gateway, sluice_operator');

INSERT INTO sluice.sys_table_migrations (version, name)
VALUES ('20261126060000', 'linkedin') ON CONFLICT DO NOTHING;
