-- The connector google_calendar: its artifact type and its views.

CALL sluice.add_artifact_type('calendar_event', '{title,occurred_at}');

CREATE VIEW public.calendar_sync_state WITH (security_invoker = true) AS
SELECT s.id, s.user_id, s.integration_id, i.account, i.status AS integration_status,
	s.key AS calendar_id,
	coalesce(s.shown ->> 'title', s.title) AS title,
	s.shown ->> 'role' AS access_role,
	s.shown ->> 'time_zone' AS time_zone,
	s.shown ->> 'color' AS color,
	coalesce(s.shown ->> 'primary' = 'true', false) AS is_primary,
	coalesce(s.shown ->> 'selected' = 'true', false) AS is_selected,
	s.state, s.enabled, s.disabled_reason, s.generation,
	s.walk_started_at, s.walked_at, s.coverage_from, s.coverage_to,
	s.sweep_state, s.pending_deletions,
	s.checked_at, s.changed_at, s.not_before, s.failures,
	s.last_error_class, s.last_error_scope, s.last_error_text, s.last_error_at,
	s.created_at, s.updated_at
FROM public.sync_state s
JOIN public.user_integrations i ON i.user_id = s.user_id AND i.id = s.integration_id
WHERE i.provider = 'google_calendar' AND s.kind = 'events';
COMMENT ON VIEW public.calendar_sync_state IS 'Calendars: one row each, with how far it is synced.';
CALL sluice.protect_view('public.calendar_sync_state',
	'authenticated, service_role, sluice_gateway, sluice_operator');

CREATE VIEW public.calendar_sync_logs WITH (security_invoker = true) AS
SELECT l.id, l.user_id, l.integration_id, l.account, l.trigger, l.mode, l.status,
	l.started_at, l.finished_at, l.duration_ms, l.runs,
	l.fetched AS events_fetched,
	l.created AS events_created,
	l.updated AS events_updated,
	l.unchanged AS events_unchanged,
	l.deleted AS events_deleted,
	l.filtered AS events_filtered,
	l.quarantined AS events_quarantined,
	l.contacts_created, l.pages, l.requests, l.retries, l.bytes,
	l.error_class, l.error_scope, l.error_text, l.host, l.detail,
	l.created_at, l.updated_at
FROM public.sync_logs l
WHERE l.provider = 'google_calendar';
COMMENT ON VIEW public.calendar_sync_logs IS 'Runs of the calendar connector.';
CALL sluice.protect_view('public.calendar_sync_logs',
	'authenticated, service_role, sluice_gateway, sluice_operator');

INSERT INTO sluice.sys_table_migrations (version, name)
VALUES ('20261120100500', 'google_calendar') ON CONFLICT DO NOTHING;
