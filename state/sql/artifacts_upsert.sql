-- Store one page's artifacts; what is unchanged is not even locked.
-- LATERAL with OFFSET 0 here and elsewhere: one index lookup a row, also while
-- a first walk fills tables that nobody has analysed yet.
-- $1 uuid, $2 uuid, $3 text   user, integration, stream key
-- $4 timestamptz              now
-- $5 integer                  map version
-- arrays, one element an artifact, sorted by source_id:
-- $6 text[] source_id         $7 bigint[] version (0 = unknown)
-- $8 text[] type              $9 text[] external uid
-- $10 text[] thread           $11 text[] parent
-- $12 timestamptz[] occurred  $13 timestamptz[] ends
-- $14 boolean[] all day       $15 date[] start     $16 date[] end
-- $17 timestamptz[] original  $18 date[] original  $19 text[] time zone
-- $20 timestamptz[] reach     $21 text[] title     $22 text[] content
-- $23 text[] labels, each an array literal         $24 text[] metadata, JSON
-- $25 bytea[] content hash    $26 integer[] participants
-- $27 boolean[] participants incomplete
-- $28 boolean[] deleted       $29 text[] why deleted
-- $30 boolean                tell of unchanged rows too
-- $31 boolean                another metadata.etag is a change by itself
-- $32 boolean[]              of each: an artifact that is there keeps its labels
-- Result: ord (1-based), id, written, created, was_deleted (it was a tombstone
-- before), same_content (labels, liveness or etag alone changed, or nothing)
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
), old AS MATERIALIZED (
	SELECT i.ord, a.id, a.source_version, a.labels,
		a.deleted_at IS NOT NULL AS was_deleted,
		a.content_hash = i.content_hash
			AND a.map_version = $5::integer AS same_content,
		(i.keep_labels OR a.labels = i.labels::text[])
			AND (a.deleted_at IS NOT NULL) = i.deleted
			AND (NOT $31::boolean OR i.deleted OR a.etag IS NOT DISTINCT FROM
				i.metadata::jsonb ->> 'etag') AS same_rest
	FROM input i
	CROSS JOIN LATERAL (
		SELECT x.id, x.source_version, x.deleted_at, x.content_hash,
			x.map_version, x.labels, x.metadata ->> 'etag' AS etag
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
				AND x.stream_key = $3::text
				AND x.source_id = i.source_id
				AND (i.source_version = 0
					OR coalesce(x.source_version, 0) <= i.source_version)
			OFFSET 0
		) n))
), written AS (
	INSERT INTO public.artifacts AS a (user_id, integration_id, stream_key,
		source_id, source_version, type, external_uid, thread_id,
		parent_source_id, occurred_at, ends_at, all_day, start_date, end_date,
		original_start_at, original_start_date, time_zone, reach_at, title,
		content, labels, metadata, content_hash, map_version,
		participant_count, participants_incomplete, deleted_at,
		deleted_reason, synced_at)
	SELECT $1::uuid, $2::uuid, $3::text, i.source_id, i.source_version,
		i.type, i.external_uid, i.thread_id, i.parent_source_id,
		i.occurred_at, i.ends_at, i.all_day, i.start_date, i.end_date,
		i.original_start_at, i.original_start_date, i.time_zone, i.reach_at,
		i.title, i.content,
		CASE WHEN i.keep_labels AND o.ord IS NOT NULL THEN o.labels
			ELSE i.labels::text[] END,
		i.metadata::jsonb,
		i.content_hash, $5::integer, i.participant_count,
		i.participants_incomplete,
		CASE WHEN i.deleted THEN $4::timestamptz END,
		CASE WHEN i.deleted THEN i.deleted_reason END, $4::timestamptz
	FROM input i
	LEFT JOIN old o ON o.ord = i.ord
	WHERE o.ord IS NULL
		OR (NOT (o.same_content AND o.same_rest)
			AND (i.source_version = 0
				OR i.source_version >= o.source_version))
	ORDER BY i.ord
	ON CONFLICT (user_id, integration_id, stream_key, source_id) DO UPDATE
	SET source_version = greatest(a.source_version, excluded.source_version),
		type = excluded.type,
		external_uid = excluded.external_uid,
		thread_id = excluded.thread_id,
		parent_source_id = excluded.parent_source_id,
		occurred_at = excluded.occurred_at,
		ends_at = excluded.ends_at,
		all_day = excluded.all_day,
		start_date = excluded.start_date,
		end_date = excluded.end_date,
		original_start_at = excluded.original_start_at,
		original_start_date = excluded.original_start_date,
		time_zone = excluded.time_zone,
		reach_at = excluded.reach_at,
		title = CASE WHEN excluded.deleted_at IS NULL THEN excluded.title
			ELSE coalesce(excluded.title, a.title) END,
		content = CASE WHEN excluded.deleted_at IS NULL THEN excluded.content
			ELSE coalesce(excluded.content, a.content) END,
		labels = excluded.labels,
		metadata = excluded.metadata,
		content_hash = excluded.content_hash,
		map_version = excluded.map_version,
		participant_count = excluded.participant_count,
		participants_incomplete = excluded.participants_incomplete,
		deleted_at = CASE WHEN excluded.deleted_at IS NULL THEN NULL
			ELSE coalesce(a.deleted_at, excluded.deleted_at) END,
		deleted_reason = excluded.deleted_reason,
		text_version = NULL,
		synced_at = excluded.synced_at
	WHERE excluded.source_version = 0
		OR excluded.source_version >= a.source_version
	RETURNING a.id, a.source_id, a.xmax = 0 AS created
)
SELECT i.ord, w.id, true AS written, w.created, coalesce(o.was_deleted, false) AS was_deleted,
	coalesce(o.same_content, false) AS same_content
FROM written w
JOIN input i ON i.source_id = w.source_id
LEFT JOIN old o ON o.ord = i.ord
UNION ALL
SELECT o.ord, o.id, false, false, o.was_deleted, true
FROM old o
JOIN input i ON i.ord = o.ord
WHERE $30::boolean
	AND NOT EXISTS (SELECT FROM written w WHERE w.source_id = i.source_id)
