-- The contact that is the user; at most one, under people_lock.
-- $1 uuid, $2 uuid  user, integration (its connector becomes the source)
-- $3 text           name, or NULL
INSERT INTO public.contacts (user_id, display_name, is_self_contact, source,
	origin)
SELECT $1::uuid, $3::text, true, u.provider,
	jsonb_build_object('rule', 'own-address')
FROM public.user_integrations u
WHERE u.user_id = $1::uuid AND u.id = $2::uuid
ON CONFLICT (user_id) WHERE is_self_contact DO NOTHING
