-- What stopped because its grant was taken for dead goes on.
-- $1 uuid, $2 uuid  user, grant
UPDATE public.user_integrations i
SET status = 'connected', status_reason = NULL, last_error_class = NULL,
	last_error_scope = NULL, last_error_text = NULL, last_error_at = NULL
WHERE i.user_id = $1::uuid AND i.grant_id = $2::uuid
	AND i.status = 'needs_reauth' AND i.last_error_class = 'reauth'
	AND i.last_error_scope = 'grant'
