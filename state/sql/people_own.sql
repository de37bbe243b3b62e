-- Give own addresses to the self contact; under people_lock.
-- $1 uuid, $2 uuid  user, integration (its connector becomes the source)
-- $3 text[] norm  $4 text[] address
-- Result: left_alone, a contact made by sync that lost an address
WITH self AS MATERIALIZED (
	SELECT c.id
	FROM public.contacts c
	WHERE c.user_id = $1::uuid AND c.is_self_contact
), old AS MATERIALIZED (
	SELECT e.contact_id, e.address_norm
	FROM unnest($3::text[]) AS i (norm)
	JOIN public.contact_emails e
		ON e.user_id = $1::uuid AND e.address_norm = i.norm
	JOIN public.contacts c ON c.user_id = $1::uuid AND c.id = e.contact_id
	WHERE NOT c.is_self_contact AND c.source <> 'manual'
), written AS (
	INSERT INTO public.contact_emails AS e (user_id, contact_id, address,
		address_norm, source)
	SELECT $1::uuid, s.id, i.address, i.norm, u.provider
	FROM unnest($3::text[], $4::text[]) AS i (norm, address)
	CROSS JOIN self s
	JOIN public.user_integrations u
		ON u.user_id = $1::uuid AND u.id = $2::uuid
	ORDER BY i.norm
	ON CONFLICT (user_id, address_norm) DO UPDATE
	SET contact_id = excluded.contact_id
	WHERE e.contact_id IN (SELECT o.contact_id FROM old o)
)
SELECT DISTINCT o.contact_id AS left_alone FROM old o
