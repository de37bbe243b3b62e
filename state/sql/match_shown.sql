-- A walk has shown these items; now they change, and their versions no longer
-- tell that: book it, so that what a later page of the walk shows at the same
-- moment is not taken for a former text of theirs.
-- $1 uuid, $2 uuid, $3 text  user, integration, stream key
-- $4 uuid                    the stream that changes them
-- $5 text[]                  source ids
INSERT INTO sluice.seen (user_id, stream_id, generation, source_id)
SELECT $1::uuid, s.id, s.generation, a.source_id
FROM public.sync_state s
JOIN public.artifacts a ON a.user_id = $1::uuid
	AND a.integration_id = $2::uuid AND a.stream_key = $3::text
	AND a.source_id = ANY ($5::text[])
	-- sl_listing_version()
	AND a.source_version = floor(extract(epoch FROM s.walk_started_at) * 1000) * 4 + 3
WHERE s.user_id = $1::uuid AND s.integration_id = $2::uuid
	AND s.key = $3::text AND s.state = 'walking' AND s.id <> $4::uuid
	AND octet_length(a.source_id) <= 1100
ON CONFLICT DO NOTHING
