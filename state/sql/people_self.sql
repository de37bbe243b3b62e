-- The contact that is the user; at most one, under people_lock. A card that the
-- user wrote for an own address or handle becomes it; else one is made.
-- $1 uuid, $2 uuid  user, integration (its connector becomes the source)
-- $3 text           name, or NULL
-- $4 text[]         own addresses, normalised
-- $5 text[]         own handles, normalised
WITH card AS (
	UPDATE public.contacts c
	SET is_self_contact = true
	WHERE c.user_id = $1::uuid
		AND c.id = (
			SELECT i.contact_id
			FROM (
				SELECT x.contact_id, x.created_at
				FROM public.contact_emails x
				WHERE x.user_id = $1::uuid
					AND x.address_norm = ANY ($4::text[])
				UNION ALL
				SELECT x.contact_id, x.created_at
				FROM public.contact_handles x
				WHERE x.user_id = $1::uuid
					AND x.value_norm = ANY ($5::text[])
			) i
			JOIN public.contacts o
				ON o.user_id = $1::uuid AND o.id = i.contact_id
			WHERE o.source = 'manual'
			ORDER BY i.created_at, i.contact_id
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
