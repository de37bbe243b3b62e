-- Items that are not here and have changed, or are gone: what streams that may
-- be reading them are told is too old.
-- $1 uuid, $2 uuid, $3 text  user, integration, stream key
-- $4 uuid[]                  streams
-- $5 text[]                  source ids
INSERT INTO sluice.overtaken (user_id, stream_id, source_id)
SELECT $1::uuid, s.id, i.source_id
FROM unnest($5::text[]) AS i (source_id)
CROSS JOIN unnest($4::uuid[]) AS s (id)
WHERE octet_length(i.source_id) <= 1100
	AND NOT EXISTS (
		SELECT FROM public.artifacts a
		WHERE a.user_id = $1::uuid AND a.integration_id = $2::uuid
			AND a.stream_key = $3::text AND a.source_id = i.source_id)
ON CONFLICT DO NOTHING
