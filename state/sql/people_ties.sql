-- What is stored about ties, one row a person of each: what decides who becomes
-- a contact. A person is the profile that a handle is linked to, else the
-- handle. Own handles and what is no person are left out, unless one is asked
-- about.
-- $1 uuid     user
-- $2 uuid[]   artifacts
-- $3 text     one person (normalised), or NULL: everybody
-- $4 boolean  look for messages that went the other way
-- $5 integer  most recipients of a message that counts
-- $6 boolean  own handles and what is no person, too
-- Result, sorted by norm, then time: artifact_id, occurred_at, cancelled (gone),
-- people (recipients; of what is no message all), draft, bulk, user_wrote,
-- is_message, is_connection, is_author, is_recipient, other_way (a message),
-- value, norm, name, is_person, is_own, is_contact, first_seen_at, last_seen_at,
-- is_suppressed
WITH own AS MATERIALIZED (
	SELECT h.value_norm AS norm
	FROM public.contacts s
	JOIN public.contact_handles h
		ON h.user_id = s.user_id AND h.contact_id = s.id
	WHERE s.user_id = $1::uuid AND s.is_self_contact
), chosen AS MATERIALIZED (
	SELECT a.*
	FROM (SELECT DISTINCT i.id FROM unnest($2::uuid[]) AS i (id)) c
	CROSS JOIN LATERAL (
		SELECT x.id, x.occurred_at,
			x.deleted_at IS NOT NULL OR 'SPAM' = ANY (x.labels) AS cancelled,
			'DRAFT' = ANY (x.labels) AS draft,
			x.metadata ->> 'bulk' IS NOT NULL AS bulk
		FROM public.artifacts x
		WHERE x.user_id = $1::uuid AND x.id = c.id AND x.type <> 'email'
		OFFSET 0
	) a
), seat AS MATERIALIZED (
	SELECT c.id, p.kind, p.value, p.value_norm, p.name, p.role, p.is_person,
		p.position, coalesce(l.profile, p.value_norm) AS norm,
		p.role IN ('to', 'cc', 'bcc') AS receives,
		coalesce(p.is_self OR (p.kind = 'handle' AND (
			p.value_norm IN (SELECT o.norm FROM own o)
			OR l.profile IN (SELECT o.norm FROM own o))), false) AS is_own
	FROM chosen c
	CROSS JOIN LATERAL (
		SELECT x.*
		FROM public.artifact_participants x
		WHERE x.user_id = $1::uuid AND x.artifact_id = c.id
		OFFSET 0
	) p
	LEFT JOIN LATERAL (
		SELECT k.profile
		FROM sluice.handle_links k
		WHERE k.user_id = $1::uuid AND k.handle = p.value_norm
			AND p.kind = 'handle'
		OFFSET 0
	) l ON true
), tie AS (
	SELECT s.id, coalesce(bool_or(s.is_own AND s.role = 'from'), false)
			AS user_wrote,
		bool_or(s.role = 'from') AS is_message,
		count(DISTINCT coalesce(s.norm, s.value))
			FILTER (WHERE s.receives) AS recipients,
		count(DISTINCT coalesce(s.norm, s.value)) AS people
	FROM seat s
	GROUP BY s.id
), person AS (
	SELECT s.id, s.norm,
		(array_agg(s.value ORDER BY s.value_norm <> s.norm, s.role <> 'from',
			s.position))[1] AS value,
		(array_agg(s.name ORDER BY s.role <> 'from', s.position)
			FILTER (WHERE s.name <> ''))[1] AS name,
		bool_and(s.is_person) AS is_person,
		bool_or(s.is_own) AS is_own,
		bool_or(s.role = 'connection') AS is_connection,
		bool_or(s.role = 'from') AS is_author,
		bool_or(s.receives) AS is_recipient
	FROM seat s
	WHERE s.kind = 'handle' AND s.norm IS NOT NULL
		AND ($3::text IS NULL OR s.norm = $3::text)
	GROUP BY s.id, s.norm
	HAVING $3::text IS NOT NULL OR $6::boolean
		OR (bool_and(s.is_person) AND NOT bool_or(s.is_own))
)
SELECT c.id AS artifact_id, c.occurred_at, c.cancelled,
	CASE WHEN t.is_message THEN t.recipients ELSE t.people END AS people,
	c.draft, c.bulk, t.user_wrote, t.is_message, p.is_connection, p.is_author,
	p.is_recipient, CASE
	WHEN NOT $4::boolean OR p.is_own OR NOT p.is_person
		OR NOT t.is_message THEN NULL
	ELSE (
		SELECT a.id
		FROM (
			SELECT x.artifact_id
			FROM (
				SELECT p.norm AS handle
				UNION ALL
				SELECT k.handle
				FROM sluice.handle_links k
				WHERE k.user_id = $1::uuid AND k.profile = p.norm
			) h
			CROSS JOIN LATERAL (
				SELECT q.artifact_id
				FROM public.artifact_participants q
				WHERE q.user_id = $1::uuid AND q.kind = 'handle'
					AND q.value_norm = h.handle
					AND CASE WHEN t.user_wrote THEN q.role = 'from'
						ELSE q.role IN ('to', 'cc', 'bcc') END
				LIMIT 1000
			) x
			WHERE CASE WHEN t.user_wrote THEN p.is_recipient
				ELSE p.is_author END
		) n
		CROSS JOIN LATERAL (
			SELECT x.id
			FROM public.artifacts x
			WHERE x.user_id = $1::uuid AND x.id = n.artifact_id
				AND x.type <> 'email' AND x.deleted_at IS NULL
				AND NOT x.labels && ARRAY['SPAM', 'DRAFT']
				AND x.metadata ->> 'bulk' IS NULL
			OFFSET 0
		) a
		WHERE (
			SELECT count(DISTINCT coalesce(k.profile, x.value_norm, x.value))
					FILTER (WHERE x.role IN ('to', 'cc', 'bcc')) <= $5::integer
				AND coalesce(bool_or(x.role = 'from' AND (x.is_self
					OR x.value_norm IN (SELECT o.norm FROM own o)
					OR k.profile IN (SELECT o.norm FROM own o))), false)
					<> t.user_wrote
			FROM public.artifact_participants x
			LEFT JOIN sluice.handle_links k
				ON k.user_id = $1::uuid AND k.handle = x.value_norm
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
				sluice.suppression_hash($1::uuid, 'handle', p.norm))
		AS is_suppressed
FROM person p
JOIN chosen c ON c.id = p.id
JOIN tie t ON t.id = p.id
LEFT JOIN LATERAL (
	SELECT x.id, x.first_seen_at, x.last_seen_at
	FROM public.contact_handles x
	WHERE x.user_id = $1::uuid AND x.value_norm = p.norm
	ORDER BY x.created_at, x.id
	LIMIT 1
) e ON true
ORDER BY p.norm COLLATE "C", c.occurred_at, c.id
