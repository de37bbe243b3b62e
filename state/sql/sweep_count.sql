-- How many rows would a sweep tombstone, of how many live ones?
-- $1 uuid, $2 uuid, $3 uuid  user, integration, stream
-- $4 text                    stream key of artifacts; NULL = the stream's own
-- Result: gone, live (of the type that was listed, if it was one alone)
SELECT count(*) AS live,
	count(*) FILTER (WHERE n.source_id IS NULL
		AND CASE WHEN s.listed_type IS NULL
			THEN (a.synced_at <= s.walk_started_at
				OR a.synced_at > sluice.clock() + interval '1 minute')
				AND (s.scope_from IS NULL OR a.reach_at > s.scope_from)
			ELSE a.source_version <= s.listed_version END) AS gone
FROM public.sync_state s
JOIN public.artifacts a ON a.user_id = $1::uuid
	AND a.integration_id = $2::uuid AND a.stream_key = coalesce($4::text, s.key)
	AND a.deleted_at IS NULL
	AND (s.listed_type IS NULL OR a.type = s.listed_type)
LEFT JOIN sluice.seen n ON n.user_id = $1::uuid AND n.stream_id = s.id
	AND n.generation = s.generation AND n.source_id = a.source_id
WHERE s.id = $3::uuid AND s.user_id = $1::uuid
