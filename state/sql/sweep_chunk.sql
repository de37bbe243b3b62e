-- Tombstone some rows that a complete walk did not see.
-- $1 uuid, $2 uuid, $3 uuid  user, integration, stream
-- $4 timestamptz             now
-- $5 bigint                  most rows
-- Affected: rows tombstoned.
UPDATE public.artifacts t
SET deleted_at = $4::timestamptz, deleted_reason = 'not-listed',
	synced_at = $4::timestamptz
WHERE t.user_id = $1::uuid AND t.id = ANY (ARRAY (
	SELECT a.id
	FROM public.sync_state s
	JOIN public.artifacts a ON a.user_id = $1::uuid
		AND a.integration_id = $2::uuid AND a.stream_key = s.key
		AND a.deleted_at IS NULL AND a.synced_at <= s.walk_started_at
		AND (s.scope_from IS NULL OR a.reach_at > s.scope_from)
	WHERE s.id = $3::uuid AND s.user_id = $1::uuid
		AND NOT EXISTS (
			SELECT FROM sluice.seen n
			WHERE n.user_id = $1::uuid AND n.stream_id = s.id
				AND n.generation = s.generation
				AND n.source_id = a.source_id)
	ORDER BY a.source_id
	LIMIT $5::bigint
))
