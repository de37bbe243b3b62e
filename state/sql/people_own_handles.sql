-- Give own handles to the self contact; under people_lock.
-- $1 uuid, $2 uuid  user, integration (its connector becomes the source)
-- $3 text[] norm  $4 text[] as written
-- Result: left_alone, a contact made by sync that lost a handle
WITH self AS MATERIALIZED (
	SELECT c.id
	FROM public.contacts c
	WHERE c.user_id = $1::uuid AND c.is_self_contact
), old AS MATERIALIZED (
	SELECT h.id, h.contact_id
	FROM unnest($3::text[]) AS i (norm)
	JOIN public.contact_handles h
		ON h.user_id = $1::uuid AND h.value_norm = i.norm
	JOIN public.contacts c ON c.user_id = $1::uuid AND c.id = h.contact_id
	WHERE NOT c.is_self_contact AND c.source <> 'manual'
), moved AS (
	UPDATE public.contact_handles h
	SET contact_id = s.id
	FROM old o, self s
	WHERE h.user_id = $1::uuid AND h.id = o.id
), written AS (
	INSERT INTO public.contact_handles (user_id, contact_id, kind, value,
		value_norm, source)
	SELECT $1::uuid, s.id,
		CASE WHEN i.norm LIKE 'urn:%' THEN 'urn' ELSE 'profile_url' END,
		CASE WHEN octet_length(i.value) <= 2048 THEN i.value ELSE i.norm END,
		i.norm, u.provider
	FROM unnest($3::text[], $4::text[]) AS i (norm, value)
	CROSS JOIN self s
	JOIN public.user_integrations u
		ON u.user_id = $1::uuid AND u.id = $2::uuid
	WHERE NOT EXISTS (
		SELECT FROM public.contact_handles h
		WHERE h.user_id = $1::uuid AND h.value_norm = i.norm)
	ORDER BY i.norm
	ON CONFLICT (user_id, kind, value_norm) DO NOTHING
)
SELECT DISTINCT o.contact_id AS left_alone FROM old o
