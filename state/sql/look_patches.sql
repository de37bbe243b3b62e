-- Which stored items would a page's patches change? As artifacts_patch.
-- $1 uuid, $2 uuid, $3 text  user, integration, stream key
-- $4 text[] source_id  $5 bigint[] version (0 = always)
-- $6 text[] labels, each an array literal; NULL = leave
-- $7 boolean[] restore
-- Result: ord (1-based), title, occurred_at, changed (columns, in one text)
SELECT i.ord, a.title, a.occurred_at, concat_ws(', ',
	CASE WHEN i.labels::text[] <> a.labels THEN 'labels' END,
	CASE WHEN i.restore AND a.deleted_at IS NOT NULL THEN 'deleted_at' END)
	AS changed
FROM unnest($4::text[], $5::bigint[], $6::text[], $7::boolean[])
	WITH ORDINALITY AS i (source_id, source_version, labels, restore, ord)
CROSS JOIN LATERAL (
	SELECT x.*
	FROM public.artifacts x
	WHERE x.user_id = $1::uuid AND x.integration_id = $2::uuid
		AND x.stream_key = $3::text AND x.source_id = i.source_id
	OFFSET 0
) a
WHERE (i.source_version = 0 OR i.source_version >= a.source_version)
	AND ((i.labels IS NOT NULL AND i.labels::text[] <> a.labels)
		OR (i.restore AND a.deleted_at IS NOT NULL))
