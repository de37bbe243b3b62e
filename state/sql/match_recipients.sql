-- Messages that the user sent, and of which the provider does not say to whom:
-- the others of their conversations, as far as other messages show them.
-- $1 uuid, $2 uuid, $3 text  user, integration, stream key
-- $4 text[]                  threads
-- Result: id (of messages that got recipients)
WITH own AS MATERIALIZED (
	SELECT h.value_norm AS norm
	FROM public.contacts c
	JOIN public.contact_handles h
		ON h.user_id = c.user_id AND h.contact_id = c.id
	WHERE c.user_id = $1::uuid AND c.is_self_contact
), poor AS MATERIALIZED (
	-- of most conversations all is known, and they may be long
	SELECT t.thread_id
	FROM (SELECT DISTINCT unnest($4::text[]) AS thread_id) t
	WHERE EXISTS (
		SELECT
		FROM public.artifacts x
		WHERE x.user_id = $1::uuid AND x.thread_id = t.thread_id
			AND x.participants_incomplete)
), item AS MATERIALIZED (
	SELECT a.id, t.thread_id, a.participants_incomplete
	FROM poor t
	CROSS JOIN LATERAL (
		SELECT x.id, x.participants_incomplete
		FROM public.artifacts x
		WHERE x.user_id = $1::uuid AND x.thread_id = t.thread_id
			AND x.integration_id = $2::uuid AND x.stream_key = $3::text
			AND x.deleted_at IS NULL
		OFFSET 0
	) a
), person AS MATERIALIZED (
	SELECT i.id, i.thread_id, i.participants_incomplete, p.role, p.position,
		p.kind, p.value, p.value_norm, p.name, p.is_person,
		coalesce(l.profile, p.value_norm) AS who,
		p.is_self OR EXISTS (
			SELECT FROM own o
			WHERE o.norm IN (p.value_norm, l.profile)) AS is_own
	FROM item i
	CROSS JOIN LATERAL (
		SELECT x.*
		FROM public.artifact_participants x
		WHERE x.user_id = $1::uuid AND x.artifact_id = i.id
			AND x.value_norm IS NOT NULL
		OFFSET 0
	) p
	LEFT JOIN sluice.handle_links l ON l.user_id = $1::uuid
		AND p.kind = 'handle' AND l.handle = p.value_norm
), sent AS MATERIALIZED (
	-- behind all that are there, those whom nobody can know, too
	SELECT p.id, p.thread_id, (
			SELECT max(x.position)
			FROM public.artifact_participants x
			WHERE x.user_id = $1::uuid AND x.artifact_id = p.id) AS last
	FROM person p
	WHERE p.participants_incomplete
	GROUP BY p.id, p.thread_id
	HAVING bool_and(p.role = 'from' AND p.is_own)
), other AS MATERIALIZED (
	-- by the profile, where one is known
	SELECT DISTINCT ON (p.thread_id, p.who) p.thread_id, p.who, p.kind,
		p.value, p.value_norm, p.name, p.is_person
	FROM person p
	WHERE NOT p.is_own AND p.role IN ('from', 'to')
	ORDER BY p.thread_id, p.who, p.value_norm <> p.who, p.name IS NULL, p.id
), added AS (
	INSERT INTO public.artifact_participants (user_id, artifact_id, position,
		kind, value, value_norm, name, role, is_person)
	SELECT $1::uuid, s.id, s.last
			+ row_number() OVER (PARTITION BY s.id ORDER BY o.who),
		o.kind, o.value, o.value_norm, o.name, 'to', o.is_person
	FROM sent s
	JOIN other o ON o.thread_id = s.thread_id
	RETURNING artifact_id
)
SELECT DISTINCT a.artifact_id AS id FROM added a
