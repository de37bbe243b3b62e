-- Further keys of stored items; the first item that has a key keeps it. What the
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
	SELECT $1::uuid, i.id, i.kind, i.alias
	FROM input i
	ORDER BY i.kind, i.alias
	ON CONFLICT (user_id, alias_kind, alias) DO NOTHING
)
SELECT DISTINCT i.source_id, i.thread_id, i.occurred_at, e.event::text AS event
FROM healed h
JOIN input i ON i.alias = h.source_id
CROSS JOIN LATERAL jsonb_array_elements(convert_from(h.raw, 'UTF8')::jsonb)
	AS e (event)
