-- Events whose organizers have just become contacts, and that the user has not
-- answered: they may make contacts now of the others who were there.
-- $1 uuid         user
-- $2 text[]       normalised addresses of the new contacts
-- $3 timestamptz  begun by then
-- Result: id
SELECT DISTINCT a.id
FROM unnest($2::text[]) AS n (norm)
CROSS JOIN LATERAL (
	SELECT x.artifact_id
	FROM public.artifact_participants x
	WHERE x.user_id = $1::uuid AND x.kind = 'email'
		AND x.value_norm = n.norm AND x.role = 'organizer'
	OFFSET 0
) p
CROSS JOIN LATERAL (
	SELECT x.id, x.occurred_at
	FROM public.artifacts x
	WHERE x.user_id = $1::uuid AND x.id = p.artifact_id
		AND x.deleted_at IS NULL
	OFFSET 0
) a
WHERE a.occurred_at <= $3::timestamptz
	AND EXISTS (
		SELECT FROM public.artifact_participants x
		WHERE x.user_id = $1::uuid AND x.artifact_id = a.id
			AND x.response = 'needsAction')
