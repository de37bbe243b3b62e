-- Which stored items would a page's patches change? As artifacts_patch.
-- $1 uuid, $2 uuid, $3 text  user, integration, stream key
-- $4 text[] source_id  $5 bigint[] version (0 = always)
-- $6 text[] labels, each an array literal; NULL = those that are there
-- $7 text[] labels that come beside them  $8 text[] labels that go: the same
-- $9 boolean[] restore  $10 text[] content; NULL = what is there
-- Result: ord (1-based), title, occurred_at, changed (columns, in one text)
SELECT h.ord, h.title, h.occurred_at, concat_ws(', ',
	CASE WHEN h.labels <> h.old_labels THEN 'labels' END,
	CASE WHEN h.edited THEN 'content' END,
	CASE WHEN h.restored THEN 'deleted_at' END) AS changed
FROM (
	SELECT i.ord, a.title, a.occurred_at, a.labels AS old_labels,
		i.restore AND NOT n.late AND a.deleted_at IS NOT NULL
			AND a.map_version >= 0 AS restored,
		i.content IS NOT NULL AND i.content IS DISTINCT FROM a.content
			AND a.map_version >= 0 AS edited,
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
	FROM unnest($4::text[], $5::bigint[], $6::text[], $7::text[], $8::text[],
		$9::boolean[], $10::text[]) WITH ORDINALITY
		AS i (source_id, source_version, labels, added, removed, restore,
			content, ord)
	CROSS JOIN LATERAL (
		SELECT x.*
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
) h
WHERE h.restored OR h.edited OR h.labels <> h.old_labels
