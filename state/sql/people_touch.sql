-- Move when an address was first and last seen, and give its contact a name if
-- it has none and nobody has written on the card; under people_lock.
-- $1 uuid  user
-- $2 text[] norm  $3 timestamptz[] first seen  $4 timestamptz[] last seen
-- $5 text[] name, or NULL
WITH named AS (
	UPDATE public.contacts c
	SET display_name = n.name,
		origin = c.origin || jsonb_build_object('named_at', now())
	FROM (
		SELECT DISTINCT ON (e.contact_id) e.contact_id, i.name
		FROM unnest($2::text[], $5::text[]) AS i (norm, name)
		JOIN public.contact_emails e
			ON e.user_id = $1::uuid AND e.address_norm = i.norm
		WHERE i.name IS NOT NULL
		ORDER BY e.contact_id, i.norm
	) n
	WHERE c.user_id = $1::uuid AND c.id = n.contact_id
		AND c.source <> 'manual' AND NOT c.is_self_contact
		AND c.updated_at = c.created_at AND c.display_name IS NULL
)
UPDATE public.contact_emails e
SET first_seen_at = least(e.first_seen_at, i.first_seen_at),
	last_seen_at = greatest(e.last_seen_at, i.last_seen_at)
FROM unnest($2::text[], $3::timestamptz[], $4::timestamptz[])
	AS i (norm, first_seen_at, last_seen_at)
WHERE e.user_id = $1::uuid AND e.address_norm = i.norm
