-- A stored secret of an integration's grant did not open.
-- $1 uuid, $2 uuid  user, integration
-- $3 text, $4 text  actor, what did not open and why
SELECT sluice.audit_secret(i.user_id, i.grant_id, 'open_failed', $3::text,
	$4::text)
FROM public.user_integrations i
WHERE i.user_id = $1::uuid AND i.id = $2::uuid
