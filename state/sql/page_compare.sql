-- One page's artifacts against the stored rows, by the rules of
-- artifacts_upsert, without writing.
-- $1 to $32 as in artifacts_upsert; $4 and $30 change nothing
-- Result, one row an artifact in order: id (NULL = not stored), was_deleted,
-- same_content, same_rest (labels, liveness, etag), is_newer (or as new),
-- stored_version, ledger (state of the item in sync_items, or NULL), changed
-- (columns that differ, in one text)
WITH input AS MATERIALIZED (
	SELECT i.*
	FROM unnest($6::text[], $7::bigint[], $8::text[], $9::text[],
		$10::text[], $11::text[], $12::timestamptz[], $13::timestamptz[],
		$14::boolean[], $15::date[], $16::date[], $17::timestamptz[],
		$18::date[], $19::text[], $20::timestamptz[], $21::text[],
		$22::text[], $23::text[], $24::text[], $25::bytea[],
		$26::integer[], $27::boolean[], $28::boolean[], $29::text[],
		$32::boolean[])
		WITH ORDINALITY AS i (source_id, source_version, type,
			external_uid, thread_id, parent_source_id, occurred_at, ends_at,
			all_day, start_date, end_date, original_start_at,
			original_start_date, time_zone, reach_at, title, content,
			labels, metadata, content_hash, participant_count,
			participants_incomplete, deleted, deleted_reason,
			keep_labels, ord)
	WHERE $4::timestamptz IS NOT NULL AND $30::boolean IS NOT NULL
)
SELECT a.id, coalesce(a.deleted_at IS NOT NULL, false) AS was_deleted,
	a.content_hash = i.content_hash
		AND a.map_version = $5::integer AS same_content,
	(i.keep_labels OR a.labels = i.labels::text[])
		AND (a.deleted_at IS NOT NULL) = i.deleted
		AND (NOT $31::boolean OR i.deleted OR a.metadata ->> 'etag'
			IS NOT DISTINCT FROM i.metadata::jsonb ->> 'etag') AS same_rest,
	i.source_version = 0 OR i.source_version >= a.source_version AS is_newer,
	coalesce(a.source_version, 0) AS stored_version,
	q.state AS ledger,
	CASE WHEN a.id IS NOT NULL AND NOT (i.deleted AND a.deleted_at IS NOT NULL)
	THEN concat_ws(', ',
		CASE WHEN (a.deleted_at IS NOT NULL) <> i.deleted
			THEN 'deleted_at' END,
		CASE WHEN a.title IS DISTINCT FROM i.title AND NOT i.deleted
			THEN 'title' END,
		CASE WHEN a.content IS DISTINCT FROM i.content AND NOT i.deleted
			THEN 'content' END,
		CASE WHEN a.occurred_at IS DISTINCT FROM i.occurred_at
			THEN 'occurred_at' END,
		CASE WHEN a.ends_at IS DISTINCT FROM i.ends_at THEN 'ends_at' END,
		CASE WHEN a.all_day <> i.all_day THEN 'all_day' END,
		CASE WHEN a.start_date IS DISTINCT FROM i.start_date
			THEN 'start_date' END,
		CASE WHEN a.end_date IS DISTINCT FROM i.end_date THEN 'end_date' END,
		CASE WHEN a.original_start_at IS DISTINCT FROM i.original_start_at
			THEN 'original_start_at' END,
		CASE WHEN a.original_start_date IS DISTINCT FROM i.original_start_date
			THEN 'original_start_date' END,
		CASE WHEN a.time_zone IS DISTINCT FROM i.time_zone
			THEN 'time_zone' END,
		CASE WHEN a.reach_at IS DISTINCT FROM i.reach_at THEN 'reach_at' END,
		CASE WHEN a.labels <> i.labels::text[] AND NOT i.keep_labels
			THEN 'labels' END,
		CASE WHEN a.type <> i.type THEN 'type' END,
		CASE WHEN a.external_uid IS DISTINCT FROM i.external_uid
			THEN 'external_uid' END,
		CASE WHEN a.thread_id IS DISTINCT FROM i.thread_id
			THEN 'thread_id' END,
		CASE WHEN a.parent_source_id IS DISTINCT FROM i.parent_source_id
			THEN 'parent_source_id' END,
		CASE WHEN a.participants_incomplete <> i.participants_incomplete
			THEN 'participants_incomplete' END,
		CASE WHEN a.metadata - ARRAY['etag', 'updated', 'sequence']
				<> i.metadata::jsonb - ARRAY['etag', 'updated', 'sequence']
			OR ($31::boolean AND a.metadata -> 'etag' IS DISTINCT FROM
				i.metadata::jsonb -> 'etag')
			THEN 'metadata' END)
	END AS changed,
	coalesce(a.map_version <> $5::integer, false) AS other_mapping
FROM input i
LEFT JOIN LATERAL (
	SELECT x.*
	FROM public.artifacts x
	WHERE x.user_id = $1::uuid AND x.integration_id = $2::uuid
		AND x.stream_key = $3::text AND x.source_id = i.source_id
	OFFSET 0
) a ON true
LEFT JOIN LATERAL (
	SELECT y.state
	FROM public.sync_items y
	WHERE y.user_id = $1::uuid AND y.integration_id = $2::uuid
		AND y.stream_key = $3::text AND y.source_id = i.source_id
	LIMIT 1
) q ON true
ORDER BY i.ord
