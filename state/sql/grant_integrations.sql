-- All that lives by a dead grant stops.
-- $1 uuid, $2 uuid  user, grant
-- $3 text           why
-- Result: id, provider, account of those that did
UPDATE public.user_integrations i
SET status = 'needs_reauth', status_reason = $3::text,
	last_error_class = 'reauth', last_error_scope = 'grant',
	last_error_text = $3::text, last_error_at = sluice.clock()
WHERE i.user_id = $1::uuid AND i.grant_id = $2::uuid
	AND i.status IN ('connected', 'error')
RETURNING i.id, i.provider, i.account
