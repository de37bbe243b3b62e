-- A consent was renewed without what a connector needs: its integration waits
-- for a person.
-- $1 uuid  user
-- $2 text  connector
-- $3 uuid  grant
-- $4 text  why
UPDATE public.user_integrations i SET
	status = 'needs_reauth',
	status_reason = $4,
	last_error_class = 'reauth',
	last_error_scope = 'integration',
	last_error_text = $4,
	last_error_at = sluice.clock()
WHERE i.user_id = $1::uuid AND i.provider = $2 AND i.grant_id = $3::uuid
	AND i.status NOT IN ('disconnected', 'paused', 'archive')
