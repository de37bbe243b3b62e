-- Which items that a listing named are here already? As artifacts_refs,
-- without restoring any.
-- $1 uuid, $2 uuid, $3 text  user, integration, stream key
-- $4 integer                 map version
-- $5 text[] source_id  $6 text[] version; NULL = items never change
-- $7 timestamptz             tombstones from then on are too new; NULL = none
-- $8 boolean                 items that were filtered are known
-- $9 text, $10 text[]        a version that an erasure would give to those that
-- hold one of these; NULL = none
-- Result, of those that are stored or in the ledger: ord (1-based), known (as
-- the listing has it), is_stored, was_deleted, title, occurred_at, ledger (state
-- in it, of those that are not stored)
SELECT i.ord, coalesce(a.map_version = $4::integer
		AND (i.version IS NULL OR i.version = a.source_version::text
			OR i.version = a.metadata ->> 'etag'
			OR (i.version = $9::text
				AND a.metadata ->> 'etag' = ANY ($10::text[])))
		AND (a.deleted_at >= $7::timestamptz) IS NOT TRUE, false) AS known,
	true AS is_stored, a.deleted_at IS NOT NULL AS was_deleted, a.title,
	a.occurred_at, NULL AS ledger
FROM unnest($5::text[], $6::text[])
	WITH ORDINALITY AS i (source_id, version, ord)
CROSS JOIN LATERAL (
	SELECT x.*
	FROM public.artifacts x
	WHERE x.user_id = $1::uuid AND x.integration_id = $2::uuid
		AND x.stream_key = $3::text AND x.source_id = i.source_id
	OFFSET 0
) a
UNION ALL
SELECT i.ord, (q.state = 'filtered' AND $8::boolean)
		OR coalesce(q.class = 'malformed' AND q.map_version = $4::integer
			AND (i.version IS NULL
				OR i.version = q.source_version::text), false),
	false, false, NULL, NULL, q.state
FROM unnest($5::text[], $6::text[])
	WITH ORDINALITY AS i (source_id, version, ord)
CROSS JOIN LATERAL (
	SELECT x.*
	FROM public.sync_items x
	WHERE x.user_id = $1::uuid AND x.integration_id = $2::uuid
		AND x.stream_key = $3::text AND x.source_id = i.source_id
	OFFSET 0
) q
