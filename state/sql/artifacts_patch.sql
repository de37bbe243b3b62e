-- Change labels or liveness of stored items; absent ones stay absent.
-- $1 uuid, $2 uuid, $3 text  user, integration, stream key
-- $4 timestamptz             now
-- $5 text[] source_id  $6 bigint[] version (0 = always)
-- $7 text[] labels, each an array literal; NULL = leave
-- $8 boolean[] restore
-- Affected: rows that changed.
WITH input AS MATERIALIZED (
	SELECT i.*
	FROM unnest($5::text[], $6::bigint[], $7::text[], $8::boolean[])
		AS i (source_id, source_version, labels, restore)
)
UPDATE public.artifacts a
SET labels = coalesce(i.labels::text[], a.labels),
	deleted_at = CASE WHEN i.restore THEN NULL ELSE a.deleted_at END,
	deleted_reason = CASE WHEN i.restore THEN NULL ELSE a.deleted_reason END,
	source_version = greatest(a.source_version, i.source_version),
	synced_at = $4::timestamptz
FROM input i
WHERE a.user_id = $1::uuid AND a.integration_id = $2::uuid
	AND a.stream_key = $3::text AND a.source_id = i.source_id
	AND a.id = ANY (ARRAY (
		SELECT n.id
		FROM input j
		CROSS JOIN LATERAL (
			SELECT x.id
			FROM public.artifacts x
			WHERE x.user_id = $1::uuid AND x.integration_id = $2::uuid
				AND x.stream_key = $3::text
				AND x.source_id = j.source_id
			OFFSET 0
		) n))
	AND (i.source_version = 0 OR i.source_version >= a.source_version)
	AND ((i.labels IS NOT NULL AND i.labels::text[] <> a.labels)
		OR (i.restore AND a.deleted_at IS NOT NULL))
