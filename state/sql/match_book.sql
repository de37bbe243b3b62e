-- Further keys of stored items; the first item of the account that has a key
-- keeps it: pages of one stream key lock each other out. What the
-- ledger says of one as not stored is over: what waited for it there is told.
-- $1 uuid, $2 uuid, $3 text  user, integration, stream key
-- $4 text[] source_id  $5 text[] kind  $6 text[] alias
-- Result: source_id, thread_id, occurred_at, event (as in match_wait)
WITH input AS MATERIALIZED (
	SELECT a.id, a.source_id, a.thread_id, a.occurred_at, i.kind, i.alias
	FROM unnest($4::text[], $5::text[], $6::text[]) AS i (source_id, kind, alias)
	CROSS JOIN LATERAL (
		SELECT x.id, x.source_id, x.thread_id, x.occurred_at
		FROM public.artifacts x
		WHERE x.user_id = $1::uuid AND x.integration_id = $2::uuid
			AND x.stream_key = $3::text AND x.source_id = i.source_id
		OFFSET 0
	) a
), healed AS (
	DELETE FROM public.sync_items q
	WHERE q.user_id = $1::uuid AND q.id = ANY (ARRAY (
		SELECT n.id
		FROM input i
		CROSS JOIN LATERAL (
			SELECT x.id
			FROM public.sync_items x
			WHERE x.user_id = $1::uuid AND x.integration_id = $2::uuid
				AND x.stream_key = $3::text AND x.source_id = i.alias
				AND x.reason = 'not-stored'
			OFFSET 0
		) n))
	RETURNING q.source_id, q.raw
), booked AS (
	INSERT INTO public.artifact_aliases (user_id, artifact_id, alias_kind, alias)
	SELECT DISTINCT ON (i.kind, i.alias) $1::uuid, i.id, i.kind, i.alias
	FROM input i
	WHERE NOT EXISTS (
		SELECT FROM public.artifact_aliases x
		CROSS JOIN LATERAL (
			SELECT y.integration_id, y.stream_key
			FROM public.artifacts y
			WHERE y.user_id = $1::uuid AND y.id = x.artifact_id
			OFFSET 0
		) a
		WHERE x.user_id = $1::uuid AND x.alias_kind = i.kind
			AND x.alias = i.alias AND a.integration_id = $2::uuid
			AND a.stream_key = $3::text)
	ORDER BY i.kind, i.alias
	ON CONFLICT DO NOTHING
)
SELECT DISTINCT i.source_id, i.thread_id, i.occurred_at, e.event::text AS event
FROM healed h
JOIN input i ON i.alias = h.source_id
CROSS JOIN LATERAL jsonb_array_elements(convert_from(h.raw, 'UTF8')::jsonb)
	AS e (event)
