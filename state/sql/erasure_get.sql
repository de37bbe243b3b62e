-- The receipts of a user, the newest first.
-- $1 uuid  user
-- $2 uuid  one of them; NULL: of all that the user had
-- Result: id, provider, counts, kept (JSON), created_at, finished_at, pending
-- (tokens that are still to be revoked)
SELECT e.id, e.provider, e.counts::text AS counts, e.kept::text AS kept,
	e.created_at, e.finished_at,
	(SELECT count(*) FROM sluice.revocations r WHERE r.user_id = $1::uuid)
		AS pending
FROM sluice.erasures e
WHERE e.user_id = $1::uuid
	AND CASE WHEN $2::uuid IS NULL THEN e.integration_id IS NULL
		ELSE e.id = $2::uuid END
ORDER BY e.created_at DESC
LIMIT 1
