-- Move when a profile was first and last seen, and give its contact a name if
-- it has none and nobody has written on the card; under people_lock.
-- $1 uuid  user
-- $2 text[] norm  $3 timestamptz[] first seen  $4 timestamptz[] last seen
-- $5 text[] name, or NULL
WITH named AS (
	UPDATE public.contacts c
	SET display_name = n.name,
		origin = c.origin || jsonb_build_object('named_at', now(), 'wrote',
			coalesce(c.origin -> 'wrote', '{}')
				|| jsonb_build_object('display_name', n.name))
	FROM (
		SELECT DISTINCT ON (h.contact_id) h.contact_id, i.name
		FROM unnest($2::text[], $5::text[]) AS i (norm, name)
		JOIN public.contact_handles h
			ON h.user_id = $1::uuid AND h.value_norm = i.norm
		WHERE i.name IS NOT NULL
		ORDER BY h.contact_id, i.norm
	) n
	WHERE c.user_id = $1::uuid AND c.id = n.contact_id
		AND c.source <> 'manual' AND NOT c.is_self_contact
		AND c.display_name IS NULL AND (c.updated_at = c.created_at
			OR to_jsonb(c.updated_at) = c.origin -> 'named_at')
)
UPDATE public.contact_handles h
SET first_seen_at = least(h.first_seen_at, i.first_seen_at),
	last_seen_at = greatest(h.last_seen_at, i.last_seen_at)
FROM unnest($2::text[], $3::timestamptz[], $4::timestamptz[])
	AS i (norm, first_seen_at, last_seen_at)
WHERE h.user_id = $1::uuid AND h.value_norm = i.norm
