-- The contact that is the user; at most one, under people_lock. A card that the
-- user wrote for an own address becomes it; else one is made.
-- $1 uuid, $2 uuid  user, integration (its connector becomes the source)
-- $3 text           name, or NULL
-- $4 text[]         own addresses, normalised
WITH card AS (
	UPDATE public.contacts c
	SET is_self_contact = true
	WHERE c.user_id = $1::uuid
		AND c.id = (
			SELECT x.contact_id
			FROM public.contact_emails x
			JOIN public.contacts o
				ON o.user_id = $1::uuid AND o.id = x.contact_id
			WHERE x.user_id = $1::uuid AND o.source = 'manual'
				AND x.address_norm = ANY ($4::text[])
			ORDER BY x.created_at, x.contact_id
			LIMIT 1)
		AND NOT EXISTS (
			SELECT FROM public.contacts s
			WHERE s.user_id = $1::uuid AND s.is_self_contact)
	RETURNING c.id
)
INSERT INTO public.contacts (user_id, display_name, is_self_contact, source,
	origin)
SELECT $1::uuid, $3::text, true, u.provider,
	jsonb_build_object('rule', 'own-address')
FROM public.user_integrations u
WHERE u.user_id = $1::uuid AND u.id = $2::uuid
	AND NOT EXISTS (SELECT FROM card)
ON CONFLICT (user_id) WHERE is_self_contact DO NOTHING
