-- Further keys of stored items; the first item that has a key keeps it. What the
-- ledger says of one as not stored is over.
-- $1 uuid, $2 uuid, $3 text  user, integration, stream key
-- $4 text[] source_id  $5 text[] kind  $6 text[] alias
WITH input AS MATERIALIZED (
	SELECT a.id, i.kind, i.alias
	FROM unnest($4::text[], $5::text[], $6::text[]) AS i (source_id, kind, alias)
	CROSS JOIN LATERAL (
		SELECT x.id
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
)
INSERT INTO public.artifact_aliases (user_id, artifact_id, alias_kind, alias)
SELECT $1::uuid, i.id, i.kind, i.alias
FROM input i
ORDER BY i.kind, i.alias
ON CONFLICT (user_id, alias_kind, alias) DO NOTHING
