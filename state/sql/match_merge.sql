-- Invitations that two roads told, each under an id of its own, and that were
-- one: of the same people by the same way, within 36 hours. The one that a
-- listing showed stays.
-- $1 uuid, $2 uuid, $3 text  user, integration, stream key
-- $4 text[]                  who is to be looked at: handles and profiles
-- Result, of what went: id, survivor (its id)
WITH own AS MATERIALIZED (
	SELECT h.value_norm AS norm
	FROM public.contacts c
	JOIN public.contact_handles h
		ON h.user_id = c.user_id AND h.contact_id = c.id
	WHERE c.user_id = $1::uuid AND c.is_self_contact
), pair AS MATERIALIZED (
	-- the same person, otherwise named, by the same way
	SELECT DISTINCT t.artifact_id AS told, s.artifact_id AS shown
	FROM sluice.handle_links l
	JOIN public.artifact_participants t ON t.user_id = $1::uuid
		AND t.kind = 'handle' AND t.value_norm = l.handle
	JOIN public.artifact_participants s ON s.user_id = $1::uuid
		AND s.kind = 'handle' AND s.value_norm = l.profile
		AND s.role = t.role
	WHERE l.user_id = $1::uuid
		AND (l.handle = ANY ($4::text[]) OR l.profile = ANY ($4::text[]))
		AND t.role IN ('inviter', 'invitee')
		AND NOT t.is_self AND NOT s.is_self
		AND l.profile NOT IN (SELECT o.norm FROM own o)
		AND l.handle NOT IN (SELECT o.norm FROM own o)
), near AS MATERIALIZED (
	SELECT a.id AS told, a.source_id, a.labels AS told_labels, b.id AS shown,
		b.labels, CASE WHEN a.occurred_at < b.occurred_at
			THEN b.occurred_at - a.occurred_at
			ELSE a.occurred_at - b.occurred_at END AS apart
	FROM pair p
	JOIN public.artifacts a ON a.user_id = $1::uuid AND a.id = p.told
	JOIN public.artifacts b ON b.user_id = $1::uuid AND b.id = p.shown
	WHERE a.integration_id = $2::uuid AND b.integration_id = $2::uuid
		AND a.stream_key = $3::text AND b.stream_key = $3::text
		AND a.type = b.type AND a.deleted_at IS NULL AND b.deleted_at IS NULL
), chosen AS MATERIALIZED (
	-- each with its nearest, when both are that to each other
	SELECT n.*
	FROM (
		SELECT x.*,
			row_number() OVER (PARTITION BY x.told ORDER BY x.apart, x.shown)
				AS of_told,
			row_number() OVER (PARTITION BY x.shown ORDER BY x.apart, x.told)
				AS of_shown
		FROM near x
		WHERE x.apart <= interval '36 hours'
	) n
	WHERE n.of_told = 1 AND n.of_shown = 1
), labelled AS (
	UPDATE public.artifacts b
	SET labels = ARRAY (
			SELECT u.label
			FROM unnest(c.labels || c.told_labels)
				WITH ORDINALITY AS u (label, nth)
			GROUP BY u.label
			ORDER BY min(u.nth))
	FROM chosen c
	WHERE b.user_id = $1::uuid AND b.id = c.shown
		AND NOT c.labels @> c.told_labels
), known AS (
	SELECT x.alias_kind, x.alias, c.shown, x.id
	FROM chosen c
	JOIN public.artifact_aliases x ON x.user_id = $1::uuid
		AND x.artifact_id = c.told
), moved AS (
	UPDATE public.artifact_aliases x
	SET artifact_id = k.shown
	FROM known k
	WHERE x.user_id = $1::uuid AND x.id = k.id
), called AS (
	INSERT INTO public.artifact_aliases (user_id, artifact_id, alias_kind, alias)
	SELECT $1::uuid, c.shown, 'key', c.source_id
	FROM chosen c
	WHERE NOT EXISTS (
		SELECT FROM public.artifact_aliases x
		CROSS JOIN LATERAL (
			SELECT y.integration_id
			FROM public.artifacts y
			WHERE y.user_id = $1::uuid AND y.id = x.artifact_id
			OFFSET 0
		) a
		WHERE x.user_id = $1::uuid AND x.alias_kind = 'key'
			AND x.alias = c.source_id AND a.integration_id = $2::uuid)
	ON CONFLICT DO NOTHING
)
SELECT c.told AS id, c.shown AS survivor FROM chosen c
