-- Items known by id alone are gone: mark them, keep their content. Of one of
-- several roads, which may be edited, that is of the version that it was.
-- $1 uuid, $2 uuid, $3 text  user, integration, stream key
-- $4 timestamptz             now
-- $5 text[] source_id  $6 bigint[] version (0 = always)  $7 text[] reason
-- Affected: rows that were live.
WITH input AS MATERIALIZED (
	SELECT i.*
	FROM unnest($5::text[], $6::bigint[], $7::text[])
		AS i (source_id, source_version, reason)
), healed AS (
	DELETE FROM public.sync_items q
	WHERE q.user_id = $1::uuid AND q.id = ANY (ARRAY (
		SELECT n.id
		FROM input i
		CROSS JOIN LATERAL (
			SELECT x.id
			FROM public.sync_items x
			WHERE x.user_id = $1::uuid AND x.integration_id = $2::uuid
				AND x.stream_key = $3::text
				AND x.source_id = i.source_id
			OFFSET 0
		) n))
)
UPDATE public.artifacts a
SET deleted_at = $4::timestamptz, deleted_reason = i.reason,
	source_version = greatest(a.source_version, i.source_version),
	text_version = CASE WHEN EXISTS (
			SELECT FROM public.artifact_aliases x
			WHERE x.user_id = $1::uuid AND x.artifact_id = a.id)
		THEN a.source_version END,
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
	AND a.deleted_at IS NULL
	AND (i.source_version = 0 OR i.source_version >= a.source_version)
