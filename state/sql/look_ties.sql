-- people_ties of items that are not stored yet, from a page.
-- $1 uuid  user
-- arrays, one element an item:
-- $2 timestamptz[] occurred  $3 boolean[] gone  $4 boolean[] draft
-- $5 boolean[] bulk
-- $6 boolean  look for messages that went the other way
-- arrays, one element a participant:
-- $7 integer[] item (1-based)  $8 text[] kind  $9 text[] value
-- $10 text[] normalised value  $11 text[] name  $12 text[] role
-- $13 boolean[] is a person  $14 boolean[] is the user
-- $15 text[] own handles that the page tells, normalised
-- Result, sorted by norm, then time: the columns of people_ties; artifact_id is
-- NULL
WITH own AS MATERIALIZED (
	SELECT h.value_norm AS norm
	FROM public.contacts s
	JOIN public.contact_handles h
		ON h.user_id = s.user_id AND h.contact_id = s.id
	WHERE s.user_id = $1::uuid AND s.is_self_contact
	UNION ALL
	SELECT o.norm FROM unnest($15::text[]) AS o (norm)
), chosen AS MATERIALIZED (
	SELECT c.*
	FROM unnest($2::timestamptz[], $3::boolean[], $4::boolean[],
		$5::boolean[])
		WITH ORDINALITY AS c (occurred_at, cancelled, draft, bulk, id)
), seat AS MATERIALIZED (
	SELECT p.item AS id, p.kind, p.value, p.value_norm, p.name, p.role,
		p.is_person, p.position, coalesce(l.profile, p.value_norm) AS norm,
		p.role IN ('to', 'cc', 'bcc') AS receives,
		coalesce(p.is_self OR (p.kind = 'handle' AND (
			p.value_norm IN (SELECT o.norm FROM own o)
			OR l.profile IN (SELECT o.norm FROM own o))), false) AS is_own
	FROM unnest($7::integer[], $8::text[], $9::text[], $10::text[],
		$11::text[], $12::text[], $13::boolean[], $14::boolean[])
		WITH ORDINALITY AS p (item, kind, value, value_norm, name, role,
			is_person, is_self, position)
	LEFT JOIN sluice.handle_links l
		ON l.user_id = $1::uuid AND l.handle = p.value_norm
			AND p.kind = 'handle'
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
	GROUP BY s.id, s.norm
	HAVING bool_and(s.is_person) AND NOT bool_or(s.is_own)
)
SELECT NULL AS artifact_id, c.occurred_at, c.cancelled,
	CASE WHEN t.is_message THEN t.recipients ELSE t.people END AS people,
	c.draft, c.bulk, t.user_wrote, t.is_message, p.is_connection, p.is_author,
	p.is_recipient, CASE
	WHEN $6::boolean AND t.is_message AND CASE WHEN t.user_wrote
			THEN p.is_recipient ELSE p.is_author END THEN (
		SELECT a.id
		FROM (
			SELECT q.artifact_id
			FROM public.artifact_participants q
			WHERE q.user_id = $1::uuid AND q.kind = 'handle'
				AND (q.value_norm = p.norm OR q.value_norm IN (
					SELECT k.handle FROM sluice.handle_links k
					WHERE k.user_id = $1::uuid AND k.profile = p.norm))
				AND CASE WHEN t.user_wrote THEN q.role = 'from'
					ELSE q.role IN ('to', 'cc', 'bcc') END
			LIMIT 1000
		) n
		JOIN public.artifacts a ON a.user_id = $1::uuid
			AND a.id = n.artifact_id AND a.type <> 'email'
			AND a.deleted_at IS NULL
			AND NOT a.labels && ARRAY['SPAM', 'DRAFT']
			AND a.metadata ->> 'bulk' IS NULL
		WHERE t.user_wrote OR EXISTS (
			SELECT
			FROM public.artifact_participants x
			WHERE x.user_id = $1::uuid AND x.artifact_id = a.id
				AND x.role = 'from' AND (x.is_self OR x.value_norm IN (
					SELECT o.norm FROM own o)))
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
