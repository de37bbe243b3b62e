-- The connector toy: its artifact type and its views.

CALL sluice.add_artifact_type('toy_note', '{title,occurred_at}');

CREATE VIEW public.toy_sync_state WITH (security_invoker = true) AS
SELECT s.id, s.user_id, s.integration_id, i.account, i.status AS integration_status,
	s.state, s.enabled, s.walked_at, s.checked_at, s.changed_at, s.failures,
	s.last_error_class, s.last_error_scope, s.last_error_text, s.last_error_at,
	s.created_at, s.updated_at
FROM public.sync_state s
JOIN public.user_integrations i ON i.user_id = s.user_id AND i.id = s.integration_id
WHERE i.provider = 'toy';
COMMENT ON VIEW public.toy_sync_state IS 'Feeds of notes, with how far each is synced.';
CALL sluice.protect_view('public.toy_sync_state',
	'authenticated, service_role, sluice_gateway, sluice_operator');

INSERT INTO sluice.sys_table_migrations (version, name)
VALUES ('20990101000000', 'toy') ON CONFLICT DO NOTHING;
