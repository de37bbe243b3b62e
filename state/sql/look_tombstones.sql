-- Which items would a page's tombstones take? As artifacts_tombstone.
-- $1 uuid, $2 uuid, $3 text  user, integration, stream key
-- $4 text[] source_id  $5 bigint[] version (0 = always)
-- Result, of those that are live: ord (1-based), title, occurred_at
SELECT i.ord, a.title, a.occurred_at
FROM unnest($4::text[], $5::bigint[])
	WITH ORDINALITY AS i (source_id, source_version, ord)
CROSS JOIN LATERAL (
	SELECT x.title, x.occurred_at, x.deleted_at, x.source_version
	FROM public.artifacts x
	WHERE x.user_id = $1::uuid AND x.integration_id = $2::uuid
		AND x.stream_key = $3::text AND x.source_id = i.source_id
	OFFSET 0
) a
WHERE a.deleted_at IS NULL
	AND (i.source_version = 0 OR i.source_version >= a.source_version)
