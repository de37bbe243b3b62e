-- All users and how many accounts they connected.
-- Result: id uuid, email text, created_at timestamptz, integrations bigint
SELECT u.id, u.email, u.created_at,
	(SELECT count(*) FROM public.user_integrations i
	WHERE i.user_id = u.id) AS integrations
FROM sluice.list_users() AS u (id, email, created_at)
ORDER BY u.created_at, u.id
