-- people_evidence of meetings that are not stored yet, from a page.
-- $1 uuid  user
-- arrays, one element an artifact:
-- $2 timestamptz[] occurred  $3 boolean[] cancelled  $4 boolean[] incomplete
-- arrays, one element a participant:
-- $5 integer[] artifact (1-based)  $6 text[] kind  $7 text[] value
-- $8 text[] normalised value  $9 text[] name  $10 text[] role
-- $11 text[] response  $12 boolean[] is a person
-- Result, sorted by norm, then time: the columns of people_evidence;
-- artifact_id is NULL
WITH chosen AS MATERIALIZED (
	SELECT c.*
	FROM unnest($2::timestamptz[], $3::boolean[], $4::boolean[])
		WITH ORDINALITY AS c (occurred_at, cancelled,
			participants_incomplete, id)
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
	FROM unnest($5::integer[], $6::text[], $7::text[], $8::text[],
		$9::text[], $10::text[], $11::text[], $12::boolean[])
		WITH ORDINALITY AS p (artifact, kind, value, value_norm, name, role,
			response, is_person, position)
	JOIN chosen c ON c.id = p.artifact
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
SELECT NULL AS artifact_id, m.occurred_at, m.cancelled, m.people,
	m.participants_incomplete, m.user_organises, m.user_response,
	m.organizer, o.id IS NOT NULL AS organizer_is_contact,
	m.value, m.value_norm AS norm, m.name, m.is_person, m.is_own,
	e.id IS NOT NULL AS is_contact,
	e.first_seen_at, e.last_seen_at,
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
WHERE m.is_person AND m.kind = 'email' AND m.value_norm IS NOT NULL
	AND NOT m.is_own
ORDER BY m.value_norm COLLATE "C", m.occurred_at, m.id, m.position
