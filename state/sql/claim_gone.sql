-- Is there an account that a run could wait for? Its user may be gone, too.
-- $1 uuid, $2 uuid  user, integration
-- No row: there is none.
SELECT i.id
FROM public.user_integrations i
WHERE i.user_id = $1::uuid AND i.id = $2::uuid
	AND NOT sluice.user_rests($1::uuid)
