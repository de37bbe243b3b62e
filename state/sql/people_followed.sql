-- Events whose organizers have just become contacts, and that the user has not
-- answered: they may make contacts now of the others who were there. Those of
-- other accounts only where the settings say the same about contacts.
-- $1 uuid, $2 uuid  user, integration that judges
-- $3 text[]         normalised addresses of the new contacts
-- $4 timestamptz    begun by then
-- Result: id
SELECT DISTINCT a.id
FROM unnest($3::text[]) AS n (norm)
CROSS JOIN LATERAL (
	SELECT x.artifact_id
	FROM public.artifact_participants x
	WHERE x.user_id = $1::uuid AND x.kind = 'email'
		AND x.value_norm = n.norm AND x.role = 'organizer'
	OFFSET 0
) p
CROSS JOIN LATERAL (
	SELECT x.id, x.integration_id, x.occurred_at
	FROM public.artifacts x
	WHERE x.user_id = $1::uuid AND x.id = p.artifact_id
		AND x.deleted_at IS NULL
	OFFSET 0
) a
JOIN public.user_integrations t
	ON t.user_id = $1::uuid AND t.id = a.integration_id
JOIN public.user_integrations j ON j.user_id = $1::uuid AND j.id = $2::uuid
WHERE a.occurred_at <= $4::timestamptz
	AND (t.id = j.id OR (t.provider, t.settings -> 'contacts',
			t.settings -> 'contact_max_participants')
		IS NOT DISTINCT FROM (j.provider, j.settings -> 'contacts',
			j.settings -> 'contact_max_participants'))
	AND EXISTS (
		SELECT FROM public.artifact_participants x
		WHERE x.user_id = $1::uuid AND x.artifact_id = a.id
			AND x.response = 'needsAction')
