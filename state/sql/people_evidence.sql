-- What is stored about meetings, one row a person of each: what decides who
-- becomes a contact; mail is people_mail's. Own addresses and what is no person are left out, unless
-- one address is asked about.
-- $1 uuid, $2 uuid, $3 text  user, integration, stream key
-- $4 uuid[]                  artifacts that changed
-- $5 timestamptz             and those that began after this (NULL = none)
-- $6 timestamptz             up to now
-- $7 text                    one normalised address, or NULL: everybody
-- Result, sorted by norm, then time: artifact_id, occurred_at, cancelled,
-- people, participants_incomplete, user_organises, user_response, organizer
-- (normalised), organizer_is_contact, value, norm, name, is_person, is_own,
-- is_contact, first_seen_at, last_seen_at, is_suppressed
WITH chosen AS MATERIALIZED (
	SELECT a.id, a.occurred_at, a.deleted_at IS NOT NULL AS cancelled,
		a.participants_incomplete
	FROM unnest($4::uuid[]) AS c (id)
	CROSS JOIN LATERAL (
		SELECT x.id, x.occurred_at, x.deleted_at, x.participants_incomplete
		FROM public.artifacts x
		WHERE x.user_id = $1::uuid AND x.id = c.id AND x.type <> 'email'
		OFFSET 0
	) a
	UNION
	SELECT a.id, a.occurred_at, false, a.participants_incomplete
	FROM (
		SELECT x.*
		FROM public.artifacts x
		WHERE x.user_id = $1::uuid AND x.occurred_at > $5::timestamptz
			AND x.occurred_at <= $6::timestamptz
		OFFSET 0
	) a
	WHERE a.integration_id = $2::uuid AND a.stream_key = $3::text
		AND a.deleted_at IS NULL AND a.type <> 'email'
), seat AS (
	SELECT c.*, p.kind, p.value, p.value_norm, p.name, p.role, p.response,
		p.is_person, p.position,
		p.kind = 'email' AND p.value_norm IN (
			SELECT e.address_norm
			FROM public.contacts s
			JOIN public.contact_emails e
				ON e.user_id = s.user_id AND e.contact_id = s.id
			WHERE s.user_id = $1::uuid AND s.is_self_contact
			UNION ALL
			SELECT lower(u.account)
			FROM public.user_integrations u
			WHERE u.user_id = $1::uuid) AS is_own,
		row_number() OVER (
			PARTITION BY c.id, p.is_person, coalesce(p.value_norm, p.value)
			ORDER BY p.position) AS nth
	FROM chosen c
	CROSS JOIN LATERAL (
		SELECT x.*
		FROM public.artifact_participants x
		WHERE x.user_id = $1::uuid AND x.artifact_id = c.id
		OFFSET 0
	) p
), meeting AS (
	SELECT s.*,
		count(*) FILTER (WHERE s.is_person AND s.nth = 1) OVER whole
			AS people,
		coalesce(bool_or(s.is_own AND s.role = 'organizer') OVER whole,
			false) AS user_organises,
		min(s.response) FILTER (WHERE s.is_own AND s.role <> 'organizer')
			OVER whole AS user_response,
		min(s.value_norm) FILTER (WHERE s.role = 'organizer'
			AND s.kind = 'email' AND NOT s.is_own) OVER whole AS organizer
	FROM seat s
	WINDOW whole AS (PARTITION BY s.id)
)
SELECT m.id AS artifact_id, m.occurred_at, m.cancelled, m.people,
	m.participants_incomplete, m.user_organises, m.user_response,
	m.organizer, o.id IS NOT NULL AS organizer_is_contact,
	m.value, m.value_norm AS norm, m.name, m.is_person, m.is_own,
	e.id IS NOT NULL AS is_contact, e.first_seen_at, e.last_seen_at,
	e.id IS NULL
		AND EXISTS (SELECT FROM sluice.suppressions x
			WHERE x.user_id = $1::uuid)
		AND EXISTS (SELECT FROM sluice.suppressions x
			WHERE x.user_id = $1::uuid AND x.identity_hash =
				sluice.suppression_hash($1::uuid, 'email', m.value_norm))
		AS is_suppressed
FROM meeting m
LEFT JOIN LATERAL (
	SELECT x.id, x.first_seen_at, x.last_seen_at
	FROM public.contact_emails x
	WHERE x.user_id = $1::uuid AND x.address_norm = m.value_norm
	OFFSET 0
) e ON true
LEFT JOIN LATERAL (
	SELECT x.id
	FROM public.contact_emails x
	WHERE x.user_id = $1::uuid AND x.address_norm = m.organizer
	OFFSET 0
) o ON true
WHERE m.kind = 'email' AND m.value_norm IS NOT NULL
	AND CASE WHEN $7::text IS NULL THEN m.is_person AND NOT m.is_own
		ELSE m.value_norm = $7::text END
ORDER BY m.value_norm COLLATE "C", m.occurred_at, m.id, m.position
