-- How many rows would a sweep tombstone, of how many live ones?
-- $1 uuid, $2 uuid, $3 uuid  user, integration, stream
-- Result: gone, live
SELECT count(*) AS live,
	count(*) FILTER (WHERE a.synced_at <= s.walk_started_at
		AND (s.scope_from IS NULL OR a.reach_at > s.scope_from)
		AND n.source_id IS NULL) AS gone
FROM public.sync_state s
JOIN public.artifacts a ON a.user_id = $1::uuid
	AND a.integration_id = $2::uuid AND a.stream_key = s.key
	AND a.deleted_at IS NULL
LEFT JOIN sluice.seen n ON n.user_id = $1::uuid AND n.stream_id = s.id
	AND n.generation = s.generation AND n.source_id = a.source_id
WHERE s.id = $3::uuid AND s.user_id = $1::uuid
