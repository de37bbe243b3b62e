-- Events of other accounts whose organizers have just become contacts, and that
-- the user has not answered: where the settings say something else about
-- contacts (else people_followed has them), the account judges all it has again.
-- Under people_lock.
-- $1 uuid, $2 uuid  user, integration that judges
-- $3 text[]         normalised addresses of the new contacts
-- $4 timestamptz    begun by then
INSERT INTO sluice.people_judged AS j (user_id, integration_id, basis)
SELECT DISTINCT $1::uuid, a.integration_id, ''
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
JOIN public.user_integrations o ON o.user_id = $1::uuid AND o.id = $2::uuid
WHERE a.occurred_at <= $4::timestamptz AND t.id <> o.id
	AND (t.provider, t.settings -> 'contacts',
			t.settings -> 'contact_max_participants')
		IS DISTINCT FROM (o.provider, o.settings -> 'contacts',
			o.settings -> 'contact_max_participants')
	AND EXISTS (
		SELECT FROM public.artifact_participants x
		WHERE x.user_id = $1::uuid AND x.artifact_id = a.id
			AND x.response = 'needsAction')
ON CONFLICT (user_id, integration_id) DO UPDATE
SET basis = '', after_key = NULL, after_id = NULL
