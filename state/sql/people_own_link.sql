-- The user's own URNs are the user's one profile; with several it is open which
-- is of which network.
-- $1 uuid  user
INSERT INTO sluice.handle_links (user_id, handle, profile)
SELECT $1::uuid, u.value_norm, p.norm
FROM public.contacts s
JOIN public.contact_handles u ON u.user_id = s.user_id AND u.contact_id = s.id
CROSS JOIN LATERAL (
	SELECT min(h.value_norm) AS norm
	FROM public.contact_handles h
	WHERE h.user_id = s.user_id AND h.contact_id = s.id
		AND h.value_norm NOT LIKE 'urn:%' AND h.source = u.source
	HAVING count(*) = 1
) p
WHERE s.user_id = $1::uuid AND s.is_self_contact
	AND u.value_norm LIKE 'urn:%' AND u.source <> 'manual'
ON CONFLICT (user_id, handle) DO NOTHING
