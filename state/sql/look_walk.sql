-- What a page must know of its stream beyond the row.
-- $1 uuid, $2 uuid  user, integration
-- $3 text           stream key of artifacts
-- $4 uuid           stream; $5 boolean  a walk begins now
-- Result: had_rows (when the walk began), people_at (events begun up to there
-- were judged; NULL = none)
SELECT CASE WHEN $5::boolean THEN EXISTS (
		SELECT FROM public.artifacts a
		WHERE a.user_id = $1::uuid AND a.integration_id = $2::uuid
			AND a.stream_key = $3::text)
	ELSE coalesce(s.walk_had_rows, false) END AS had_rows, s.people_at
FROM (VALUES (1)) AS one (x)
LEFT JOIN public.sync_state s ON s.id = $4::uuid AND s.user_id = $1::uuid
