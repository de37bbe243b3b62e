-- What is stored about mail, one row an address of each message: what decides
-- who becomes a contact. Own addresses and what is no person are left out,
-- unless one address is asked about.
-- $1 uuid, $2 uuid, $3 text  user, integration, stream key
-- $4 uuid[]                  messages
-- $5 text[]                  and those of the stream, by the provider's ids
-- $6 text                    one normalised address, or NULL: everybody
-- $7 boolean                 look for mail that went the other way
-- $8 integer                 most recipients of a message that counts
-- $9 boolean                 tell bulk of all, not only of the user's own mail
-- $10 boolean                own addresses and what is no person, too
-- Result, sorted by norm, then time: artifact_id, occurred_at, cancelled
-- (gone), people (recipients), participants_incomplete, draft, bulk,
-- user_wrote, is_author, is_recipient, other_way (a message), value, norm,
-- name, is_person, is_own, is_contact, first_seen_at, last_seen_at,
-- is_suppressed
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
), named AS (
	SELECT c.id
	FROM unnest($4::uuid[]) AS c (id)
	UNION
	SELECT n.id
	FROM unnest($5::text[]) AS c (source_id)
	CROSS JOIN LATERAL (
		SELECT x.id
		FROM public.artifacts x
		WHERE x.user_id = $1::uuid AND x.integration_id = $2::uuid
			AND x.stream_key = $3::text AND x.source_id = c.source_id
		OFFSET 0
	) n
), chosen AS MATERIALIZED (
	SELECT a.*
	FROM named c
	CROSS JOIN LATERAL (
		SELECT x.id, x.occurred_at, x.deleted_at IS NOT NULL AS cancelled,
			x.participants_incomplete, 'DRAFT' = ANY (x.labels) AS draft
		FROM public.artifacts x
		WHERE x.user_id = $1::uuid AND x.id = c.id AND x.type = 'email'
		OFFSET 0
	) a
), seat AS MATERIALIZED (
	SELECT c.id, p.kind, p.value, p.value_norm, p.name, p.role, p.is_person,
		p.position,
		p.role IN ('to', 'cc', 'bcc') AS receives,
		p.is_self OR (p.kind = 'email' AND p.value_norm IN (
			SELECT o.norm FROM own o)) AS is_own
	FROM chosen c
	CROSS JOIN LATERAL (
		SELECT x.*
		FROM public.artifact_participants x
		WHERE x.user_id = $1::uuid AND x.artifact_id = c.id
		OFFSET 0
	) p
), message AS (
	SELECT s.id,
		coalesce(bool_or(s.is_own AND s.role = 'from'), false) AS user_wrote,
		count(DISTINCT coalesce(s.value_norm, s.value))
			FILTER (WHERE s.receives) AS people
	FROM seat s
	GROUP BY s.id
), weighed AS MATERIALIZED (
	-- metadata may be large: it is opened only where it decides
	SELECT m.*, CASE WHEN $9::boolean OR m.user_wrote THEN (
			SELECT x.metadata ->> 'bulk' IS NOT NULL
			FROM public.artifacts x
			WHERE x.user_id = $1::uuid AND x.id = m.id)
		ELSE false END AS bulk
	FROM message m
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
		AND ($6::text IS NULL OR s.value_norm = $6::text)
	GROUP BY s.id, s.value_norm
	HAVING $6::text IS NOT NULL OR $10::boolean
		OR (bool_and(s.is_person) AND NOT bool_or(s.is_own))
)
SELECT c.id AS artifact_id, c.occurred_at, c.cancelled, w.people,
	c.participants_incomplete, c.draft, w.bulk, w.user_wrote,
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
