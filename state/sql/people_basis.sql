-- By which rule and which own addresses and handles an account's people were
-- judged, and by which they would be now; stream_commit compares the same.
-- $1 uuid, $2 uuid  user, integration
-- $3 text           what the settings say about contacts
-- Result: basis (of now), known (somebody was judged), same, after_key,
-- after_id (judged up to there; NULL = all of it)
SELECT n.basis, j.basis IS NOT NULL AS known,
	coalesce(j.basis = n.basis, false) AS same, j.after_key, j.after_id
FROM (
	SELECT md5($3::text || coalesce(string_agg(o.norm, ',' ORDER BY o.norm), ''))
		AS basis
	FROM (
		SELECT e.address_norm COLLATE "C" AS norm
		FROM public.contacts s
		JOIN public.contact_emails e
			ON e.user_id = s.user_id AND e.contact_id = s.id
		WHERE s.user_id = $1::uuid AND s.is_self_contact
		UNION
		SELECT h.value_norm
		FROM public.contacts s
		JOIN public.contact_handles h
			ON h.user_id = s.user_id AND h.contact_id = s.id
		WHERE s.user_id = $1::uuid AND s.is_self_contact
		UNION
		SELECT lower(u.account)
		FROM public.user_integrations u
		WHERE u.user_id = $1::uuid
	) o
) n
LEFT JOIN sluice.people_judged j
	ON j.user_id = $1::uuid AND j.integration_id = $2::uuid
