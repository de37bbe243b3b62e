-- Whose are the identities that an address book gives to people?
-- $1 uuid    user
-- arrays, one element an identity:
-- $2 integer[] person  $3 text[] email or handle  $4 text[] normalised
-- Result, known ones of a person first: person, contact_id (NULL = nobody's),
-- is_self, is_suppressed
SELECT i.person, c.id AS contact_id,
	coalesce(c.is_self_contact, false) AS is_self,
	c.id IS NULL AND EXISTS (SELECT FROM sluice.suppressions x
			WHERE x.user_id = $1::uuid AND x.identity_hash =
				sluice.suppression_hash($1::uuid, i.kind, i.norm))
		AS is_suppressed
FROM unnest($2::integer[], $3::text[], $4::text[])
	WITH ORDINALITY AS i (person, kind, norm, ord)
LEFT JOIN LATERAL (
	SELECT e.contact_id
	FROM public.contact_emails e
	WHERE i.kind = 'email' AND e.user_id = $1::uuid
		AND e.address_norm = i.norm
	UNION ALL
	SELECT h.contact_id
	FROM public.contact_handles h
	WHERE i.kind = 'handle' AND h.user_id = $1::uuid
		AND h.value_norm = i.norm
	UNION ALL
	SELECT h.contact_id
	FROM sluice.handle_links k
	JOIN public.contact_handles h
		ON h.user_id = $1::uuid AND h.value_norm = k.profile
	WHERE i.kind = 'handle' AND k.user_id = $1::uuid AND k.handle = i.norm
	LIMIT 1
) x ON true
LEFT JOIN public.contacts c ON c.user_id = $1::uuid AND c.id = x.contact_id
ORDER BY i.person, c.id IS NULL, i.ord
