-- With a series go its exceptions: the provider does not name them again. And
-- with a series that lives again, they come back.
-- $1 uuid, $2 uuid, $3 text  user, integration, stream key
-- $4 timestamptz             now
-- $5 text[]                  series that are gone
-- $6 text[]                  series that live again
-- Result: gone, back
WITH moved AS (
	UPDATE public.artifacts a
	SET deleted_at = CASE WHEN a.deleted_at IS NULL THEN $4::timestamptz END,
		deleted_reason = CASE WHEN a.deleted_at IS NULL
			THEN 'series-gone' END,
		synced_at = $4::timestamptz
	WHERE a.user_id = $1::uuid AND a.integration_id = $2::uuid
		AND a.stream_key = $3::text
		AND ((a.parent_source_id = ANY ($5::text[])
				AND a.deleted_at IS NULL
				AND a.synced_at < $4::timestamptz)
			OR (a.parent_source_id = ANY ($6::text[])
				AND a.deleted_reason = 'series-gone'
				AND a.map_version >= 0)) -- with content to show
	RETURNING a.deleted_at
)
SELECT count(*) FILTER (WHERE m.deleted_at IS NOT NULL) AS gone,
	count(*) FILTER (WHERE m.deleted_at IS NULL) AS back
FROM moved m
