-- Streams that are pulled, and how many of them are complete, by account.
-- $1 uuid  user, or NULL for all
-- $2 text  connector, or NULL for all
-- Result: integration_id, streams, complete
SELECT c.integration_id, count(*) AS streams,
	count(*) FILTER (WHERE c.complete) AS complete
FROM public.sync_coverage c
WHERE ($1::uuid IS NULL OR c.user_id = $1::uuid)
	AND ($2::text IS NULL OR c.provider = $2::text)
	AND c.enabled AND c.state <> 'closed'
GROUP BY c.integration_id
ORDER BY c.integration_id::text COLLATE "C"
