-- The next items of an account to be judged again, in the order of a key.
-- $1 uuid, $2 uuid   user, integration
-- $3 text, $4 text   behind this stream key and id; '' = from the first
-- $5 bigint          at most
-- Result: id, stream_key, source_id, is_mail, is_tie
SELECT a.id, a.stream_key, a.source_id, a.type = 'email' AS is_mail,
	a.type <> 'email' AND EXISTS (
		SELECT FROM public.artifact_participants x
		WHERE x.user_id = $1::uuid AND x.artifact_id = a.id
			AND x.kind = 'handle') AS is_tie
FROM public.artifacts a
WHERE a.user_id = $1::uuid AND a.integration_id = $2::uuid
	AND (a.stream_key, a.source_id) > ($3::text, $4::text)
ORDER BY a.stream_key, a.source_id
LIMIT $5::bigint
