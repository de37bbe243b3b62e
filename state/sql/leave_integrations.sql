-- These accounts are disconnected: no consent, no runs; cursors and rows stay.
-- $1 uuid    user
-- $2 uuid[]  integrations
UPDATE public.user_integrations i
SET status = 'disconnected', status_reason = NULL, grant_id = NULL,
	last_error_class = NULL, last_error_scope = NULL,
	last_error_text = NULL, last_error_at = NULL
WHERE i.user_id = $1::uuid AND i.id = ANY ($2::uuid[])
	AND (i.status <> 'disconnected' OR i.grant_id IS NOT NULL)
