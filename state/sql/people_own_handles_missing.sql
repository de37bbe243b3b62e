-- Which of the user's own handles, and of those that are linked to them, is not
-- yet the self contact's? As of addresses, one that a person entered on another
-- card is left there once there is a self contact.
-- $1 uuid    user
-- $2 text[]  as written  $3 text[]  normalised
-- $4 boolean and those that the self contact has
-- Result: value, norm
WITH told AS (
	SELECT i.value, i.norm
	FROM unnest($2::text[], $3::text[]) AS i (value, norm)
	UNION ALL
	SELECT h.value, h.value_norm
	FROM public.contacts s
	JOIN public.contact_handles h
		ON h.user_id = s.user_id AND h.contact_id = s.id
	WHERE $4::boolean AND s.user_id = $1::uuid AND s.is_self_contact
), own AS (
	SELECT t.value, t.norm FROM told t
	UNION ALL
	SELECT coalesce((
			SELECT x.value
			FROM public.artifact_participants x
			WHERE x.user_id = $1::uuid AND x.kind = 'handle'
				AND x.value_norm = k.profile AND octet_length(x.value) <= 2048
			LIMIT 1), k.profile), k.profile
	FROM told t
	JOIN sluice.handle_links k ON k.user_id = $1::uuid AND k.handle = t.norm
	UNION ALL
	SELECT k.handle, k.handle
	FROM told t
	JOIN sluice.handle_links k ON k.user_id = $1::uuid AND k.profile = t.norm
)
SELECT DISTINCT ON (o.norm) o.value, o.norm
FROM own o
WHERE NOT EXISTS (
		SELECT FROM public.contact_handles h
		JOIN public.contacts c ON c.user_id = $1::uuid AND c.id = h.contact_id
		WHERE h.user_id = $1::uuid AND h.value_norm = o.norm
			AND (c.is_self_contact OR (c.source = 'manual' AND EXISTS (
				SELECT FROM public.contacts s
				WHERE s.user_id = $1::uuid AND s.is_self_contact))))
ORDER BY o.norm, o.value
