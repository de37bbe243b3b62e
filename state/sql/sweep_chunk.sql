-- Tombstone some rows that a complete walk did not see.
-- $1 uuid, $2 uuid, $3 uuid  user, integration, stream
-- $4 timestamptz             now
-- $5 bigint                  most rows
-- $6 text                    stream key of artifacts; NULL = the stream's own
-- Affected: rows tombstoned.
UPDATE public.artifacts t
SET deleted_at = $4::timestamptz, deleted_reason = 'not-listed',
	-- what an older listing says of it is known to be over
	source_version = greatest(t.source_version, (
		SELECT o.listed_version FROM public.sync_state o
		WHERE o.id = $3::uuid AND o.user_id = $1::uuid)),
	synced_at = $4::timestamptz
WHERE t.user_id = $1::uuid AND t.id = ANY (ARRAY (
	SELECT a.id
	FROM public.sync_state s
	JOIN public.artifacts a ON a.user_id = $1::uuid
		AND a.integration_id = $2::uuid AND a.stream_key = coalesce($6::text, s.key)
		AND a.deleted_at IS NULL
		AND CASE WHEN s.listed_type IS NULL
			THEN (a.synced_at <= s.walk_started_at
				OR a.synced_at > sluice.clock() + interval '1 minute')
				AND (s.scope_from IS NULL OR a.reach_at > s.scope_from)
			ELSE a.type = s.listed_type
				AND a.source_version <= s.listed_version END
	WHERE s.id = $3::uuid AND s.user_id = $1::uuid
		AND NOT EXISTS (
			SELECT FROM sluice.seen n
			WHERE n.user_id = $1::uuid AND n.stream_id = s.id
				AND n.generation = s.generation
				AND n.source_id = a.source_id)
	ORDER BY a.source_id
	LIMIT $5::bigint
))
