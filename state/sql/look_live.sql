-- How many rows of a stream are live?
-- $1 uuid, $2 uuid, $3 text  user, integration, stream key
-- $4 text                    of this type alone; NULL = all
-- Result: live
SELECT count(*) AS live
FROM public.artifacts a
WHERE a.user_id = $1::uuid AND a.integration_id = $2::uuid
	AND a.stream_key = $3::text AND a.deleted_at IS NULL
	AND ($4::text IS NULL OR a.type = $4::text)
