-- Which items that a listing named are here already? Restores tombstones,
-- but none that was made since the listing began: the item must be read.
-- $1 uuid, $2 uuid, $3 text  user, integration, stream key
-- $4 timestamptz             now
-- $5 integer                 map version
-- $6 timestamptz             tombstones from then on are too new; NULL = none
-- $7 text[] source_id  $8 text[] version; NULL = items never change
-- $9 boolean                 items that were filtered are known: not to who follows,
-- who names them because they changed
-- Result, of known ones: ord (1-based), restored (its id, or NULL)
WITH input AS MATERIALIZED (
	SELECT i.*
	FROM unnest($7::text[], $8::text[])
		WITH ORDINALITY AS i (source_id, version, ord)
), known AS MATERIALIZED (
	SELECT i.ord, a.id, a.deleted_at
	FROM input i
	CROSS JOIN LATERAL (
		SELECT x.id, x.deleted_at, x.map_version, x.source_version,
			x.metadata
		FROM public.artifacts x
		WHERE x.user_id = $1::uuid AND x.integration_id = $2::uuid
			AND x.stream_key = $3::text AND x.source_id = i.source_id
		OFFSET 0
	) a
	WHERE a.map_version = $5::integer
		AND (i.version IS NULL OR i.version = a.source_version::text
			OR i.version = a.metadata ->> 'etag')
		AND (a.deleted_at >= $6::timestamptz) IS NOT TRUE
), restored AS (
	UPDATE public.artifacts a
	SET deleted_at = NULL, deleted_reason = NULL, synced_at = $4::timestamptz
	WHERE a.user_id = $1::uuid AND a.id = ANY (ARRAY (
		SELECT k.id FROM known k WHERE k.deleted_at IS NOT NULL))
	RETURNING a.id
), ledger AS (
	SELECT i.ord, q.id, q.state, (q.state = 'filtered' AND $9::boolean)
		OR (q.class = 'malformed' AND q.map_version = $5::integer
			AND (i.version IS NULL OR i.version = q.source_version::text))
		AS known
	FROM input i
	CROSS JOIN LATERAL (
		SELECT x.id, x.state, x.class, x.map_version, x.source_version
		FROM public.sync_items x
		WHERE x.user_id = $1::uuid AND x.integration_id = $2::uuid
			AND x.stream_key = $3::text AND x.source_id = i.source_id
		OFFSET 0
	) q
), met AS (
	UPDATE public.sync_items q
	SET seen_at = $4::timestamptz
	WHERE q.user_id = $1::uuid AND q.id = ANY (ARRAY (
		SELECT l.id FROM ledger l WHERE l.state = 'quarantined'))
)
SELECT k.ord, r.id AS restored
FROM known k
LEFT JOIN restored r ON r.id = k.id
UNION
SELECT l.ord, NULL FROM ledger l
WHERE l.known AND l.ord NOT IN (SELECT k.ord FROM known k)
