-- Accounts that run are paused.
-- $1 uuid    user
-- $2 uuid[]  integrations
UPDATE public.user_integrations i
SET status = 'paused', status_reason = NULL
WHERE i.user_id = $1::uuid AND i.id = ANY ($2::uuid[])
	AND i.status IN ('connected', 'error')
