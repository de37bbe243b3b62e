-- Which of these items have changed since they may have been read?
-- $1 uuid, $2 uuid  user, stream
-- $3 text[]         source ids
-- Result: source_id
SELECT o.source_id
FROM sluice.overtaken o
WHERE o.user_id = $1::uuid AND o.stream_id = $2::uuid
	AND o.source_id = ANY ($3::text[])
