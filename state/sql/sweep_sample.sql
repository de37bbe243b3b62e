-- Some of the rows that a sweep would tombstone, the same ones each time.
-- $1 uuid, $2 uuid, $3 uuid  user, integration, stream
-- $4 bigint                  how many
-- $5 text                    stream key of artifacts; NULL = the stream's own
-- Result: source_id, thread_id
SELECT a.source_id, a.thread_id
FROM public.sync_state s
JOIN public.artifacts a ON a.user_id = $1::uuid
	AND a.integration_id = $2::uuid AND a.stream_key = coalesce($5::text, s.key)
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
			AND n.generation = s.generation AND n.source_id = a.source_id)
ORDER BY md5(a.source_id || s.generation::text), a.source_id
LIMIT $4::bigint
