-- Change labels, text or liveness of stored items; absent ones stay absent, and a
-- tombstone that lost its content (map_version -1) is not restored but read. An
-- edit from before a deletion changes the text of what is deleted; an edit to the
-- text that is there makes it newer.
-- $1 uuid, $2 uuid, $3 text  user, integration, stream key
-- $4 timestamptz             now
-- $5 text[] source_id  $6 bigint[] version (0 = always)
-- $7 text[] labels, each an array literal; NULL = those that are there
-- $8 text[] labels that come beside them  $9 text[] labels that go: the same
-- $10 boolean[] restore  $11 text[] content; NULL = what is there
-- Each item once.
-- Result, of rows that changed: id, restored, changed (not the version alone)
WITH input AS MATERIALIZED (
	SELECT i.*
	FROM unnest($5::text[], $6::bigint[], $7::text[], $8::text[], $9::text[],
		$10::boolean[], $11::text[])
		AS i (source_id, source_version, labels, added, removed, restore,
			content)
), hit AS MATERIALIZED (
	SELECT a.id, i.source_version, n.late,
		i.restore AND NOT n.late AND a.deleted_at IS NOT NULL
			AND a.map_version >= 0 AS restored,
		-- a listing's word again is no edit
		i.content IS NOT NULL AND NOT i.restore
			AND a.map_version >= 0 AND i.source_version
			> coalesce(a.text_version, a.source_version) AS newer,
		CASE WHEN i.content IS NULL THEN a.text_version
			WHEN n.late THEN i.source_version END AS text_version,
		a.source_id, a.labels AS old_labels,
		CASE WHEN i.content IS DISTINCT FROM a.content AND a.map_version >= 0
			THEN i.content END AS content,
		CASE WHEN n.late OR (i.labels IS NULL AND i.added IS NULL
				AND i.removed IS NULL)
			THEN a.labels
		ELSE ARRAY (
			SELECT u.label
			FROM unnest(coalesce(i.labels::text[], a.labels)
					|| coalesce(i.added::text[], '{}'))
				WITH ORDINALITY AS u (label, nth)
			WHERE i.removed IS NULL OR u.label <> ALL (i.removed::text[])
			GROUP BY u.label
			ORDER BY min(u.nth)) END AS labels
	FROM input i
	CROSS JOIN LATERAL (
		SELECT x.id, x.labels, x.content, x.deleted_at, x.source_version,
			x.map_version, x.text_version, x.source_id
		FROM public.artifacts x
		WHERE x.user_id = $1::uuid AND x.integration_id = $2::uuid
			AND x.stream_key = $3::text AND x.source_id = i.source_id
		OFFSET 0
	) a
	CROSS JOIN LATERAL (
		SELECT i.source_version <> 0 AND i.source_version < a.source_version
			AS late
	) n
	WHERE NOT n.late
		OR (i.content IS NOT NULL AND a.deleted_at IS NOT NULL
			AND i.source_version >= a.text_version)
)
UPDATE public.artifacts a
SET labels = h.labels,
	content = coalesce(h.content, a.content),
	-- what was parsed of it is parsed again
	content_hash = CASE WHEN h.content IS NULL THEN a.content_hash
		ELSE sha256(convert_to('edited ' || h.source_id || ' ' || h.content,
			'UTF8')) END,
	deleted_at = CASE WHEN h.restored THEN NULL ELSE a.deleted_at END,
	deleted_reason = CASE WHEN h.restored THEN NULL ELSE a.deleted_reason END,
	source_version = greatest(a.source_version, h.source_version),
	text_version = CASE WHEN NOT h.restored THEN h.text_version END,
	synced_at = $4::timestamptz
FROM hit h
WHERE a.user_id = $1::uuid AND a.id = h.id
	AND a.id = ANY (ARRAY (SELECT n.id FROM hit n))
	AND (h.restored OR h.labels <> a.labels OR h.content IS NOT NULL OR h.newer)
RETURNING a.id, h.restored, h.restored OR h.labels <> h.old_labels OR h.content IS NOT NULL
	AS changed
