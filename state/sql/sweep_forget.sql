-- Forget some of what walks have seen; not what a walk under way needs.
-- $1 uuid, $2 uuid  user, stream
-- $3 bigint         most rows
-- Affected: rows forgotten.
DELETE FROM sluice.seen n
WHERE n.user_id = $1::uuid AND n.ctid = ANY (ARRAY (
	SELECT o.ctid
	FROM sluice.seen o
	WHERE o.user_id = $1::uuid AND o.stream_id = $2::uuid
		AND o.generation < (
			SELECT s.generation
				+ CASE WHEN s.state = 'walking' THEN 0 ELSE 1 END
			FROM public.sync_state s
			WHERE s.user_id = $1::uuid AND s.id = $2::uuid)
	LIMIT $3::bigint))
