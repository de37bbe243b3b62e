-- people_mail of messages that are not stored yet, from a page.
-- $1 uuid  user
-- arrays, one element a message:
-- $2 timestamptz[] occurred  $3 boolean[] gone  $4 boolean[] incomplete
-- $5 boolean[] draft  $6 boolean[] bulk
-- $7 boolean, $8 integer  as there
-- arrays, one element a participant:
-- $9 integer[] message (1-based)  $10 text[] kind  $11 text[] value
-- $12 text[] normalised value  $13 text[] name  $14 text[] role
-- $15 boolean[] is a person  $16 boolean[] is the user
-- Result, sorted by norm, then time: the columns of people_mail; artifact_id is
-- NULL
WITH own AS MATERIALIZED (
	SELECT e.address_norm AS norm
	FROM public.contacts s
	JOIN public.contact_emails e
		ON e.user_id = s.user_id AND e.contact_id = s.id
	WHERE s.user_id = $1::uuid AND s.is_self_contact
	UNION ALL
	SELECT lower(u.account)
	FROM public.user_integrations u
	WHERE u.user_id = $1::uuid
), chosen AS MATERIALIZED (
	SELECT c.*
	FROM unnest($2::timestamptz[], $3::boolean[], $4::boolean[],
		$5::boolean[], $6::boolean[])
		WITH ORDINALITY AS c (occurred_at, cancelled,
			participants_incomplete, draft, bulk, id)
), seat AS MATERIALIZED (
	SELECT p.message AS id, p.kind, p.value, p.value_norm, p.name, p.role,
		p.is_person, p.position,
		p.role IN ('to', 'cc', 'bcc') AS receives,
		p.is_self OR (p.kind = 'email' AND p.value_norm IN (
			SELECT o.norm FROM own o)) AS is_own
	FROM unnest($9::integer[], $10::text[], $11::text[], $12::text[],
		$13::text[], $14::text[], $15::boolean[], $16::boolean[])
		WITH ORDINALITY AS p (message, kind, value, value_norm, name, role,
			is_person, is_self, position)
), weighed AS MATERIALIZED (
	SELECT s.id,
		coalesce(bool_or(s.is_own AND s.role = 'from'), false) AS user_wrote,
		count(DISTINCT coalesce(s.value_norm, s.value))
			FILTER (WHERE s.receives) AS people
	FROM seat s
	GROUP BY s.id
), person AS (
	SELECT s.id, s.value_norm AS norm,
		(array_agg(s.value ORDER BY s.role <> 'from', s.position))[1] AS value,
		(array_agg(s.name ORDER BY s.role <> 'from', s.position)
			FILTER (WHERE s.name <> ''))[1] AS name,
		bool_and(s.is_person) AS is_person,
		bool_or(s.is_own) AS is_own,
		bool_or(s.role = 'from') AS is_author,
		bool_or(s.receives) AS is_recipient
	FROM seat s
	WHERE s.kind = 'email' AND s.value_norm IS NOT NULL
	GROUP BY s.id, s.value_norm
	HAVING bool_and(s.is_person) AND NOT bool_or(s.is_own)
)
SELECT NULL AS artifact_id, c.occurred_at, c.cancelled, w.people,
	c.participants_incomplete, c.draft, c.bulk, w.user_wrote,
	p.is_author, p.is_recipient, CASE
	WHEN NOT $7::boolean OR p.is_own OR NOT p.is_person THEN NULL
	WHEN w.user_wrote AND p.is_recipient THEN (
		SELECT a.id
		FROM (
			SELECT x.artifact_id
			FROM public.artifact_participants x
			WHERE x.user_id = $1::uuid AND x.kind = 'email'
				AND x.value_norm = p.norm AND x.role = 'from'
			LIMIT 1000
		) t
		CROSS JOIN LATERAL (
			SELECT x.id
			FROM public.artifacts x
			WHERE x.user_id = $1::uuid AND x.id = t.artifact_id
				AND x.type = 'email' AND x.deleted_at IS NULL
				AND NOT x.participants_incomplete
				AND NOT 'DRAFT' = ANY (x.labels)
				AND x.metadata ->> 'bulk' IS NULL
			OFFSET 0
		) a
		WHERE (
			SELECT count(DISTINCT coalesce(x.value_norm, x.value))
				FILTER (WHERE x.role IN ('to', 'cc', 'bcc')) <= $8::integer
				AND NOT coalesce(bool_or(x.role = 'from' AND (x.is_self
					OR x.value_norm IN (SELECT o.norm FROM own o))),
					false)
			FROM public.artifact_participants x
			WHERE x.user_id = $1::uuid AND x.artifact_id = a.id)
		LIMIT 1)
	WHEN p.is_author AND NOT w.user_wrote THEN (
		SELECT a.id
		FROM (
			SELECT x.artifact_id
			FROM public.artifact_participants x
			WHERE x.user_id = $1::uuid AND x.kind = 'email'
				AND x.value_norm = p.norm
				AND x.role IN ('to', 'cc', 'bcc')
			LIMIT 1000
		) t
		CROSS JOIN LATERAL (
			SELECT x.id
			FROM public.artifacts x
			WHERE x.user_id = $1::uuid AND x.id = t.artifact_id
				AND x.type = 'email' AND x.deleted_at IS NULL
				AND NOT x.participants_incomplete
				AND NOT 'DRAFT' = ANY (x.labels)
				AND x.metadata ->> 'bulk' IS NULL
			OFFSET 0
		) a
		WHERE (
			SELECT count(DISTINCT coalesce(x.value_norm, x.value))
				FILTER (WHERE x.role IN ('to', 'cc', 'bcc')) <= $8::integer
				AND coalesce(bool_or(x.role = 'from' AND (x.is_self
					OR x.value_norm IN (SELECT o.norm FROM own o))),
					false)
			FROM public.artifact_participants x
			WHERE x.user_id = $1::uuid AND x.artifact_id = a.id)
		LIMIT 1)
	END AS other_way,
	p.value, p.norm, p.name, p.is_person, p.is_own,
	e.id IS NOT NULL AS is_contact, e.first_seen_at, e.last_seen_at,
	e.id IS NULL
		AND EXISTS (SELECT FROM sluice.suppressions x
			WHERE x.user_id = $1::uuid)
		AND EXISTS (SELECT FROM sluice.suppressions x
			WHERE x.user_id = $1::uuid AND x.identity_hash =
				sluice.suppression_hash($1::uuid, 'email', p.norm))
		AS is_suppressed
FROM person p
JOIN chosen c ON c.id = p.id
JOIN weighed w ON w.id = p.id
LEFT JOIN LATERAL (
	SELECT x.id, x.first_seen_at, x.last_seen_at
	FROM public.contact_emails x
	WHERE x.user_id = $1::uuid AND x.address_norm = p.norm
	OFFSET 0
) e ON true
ORDER BY p.norm COLLATE "C", c.occurred_at, c.id
