-- Begin an erasure, or go on with the one that was begun.
-- $1 uuid  user
-- $2 uuid  integration; NULL = all of the user
-- $3 text  its connector, or NULL
-- Result: id
WITH open AS (
	SELECT e.id
	FROM sluice.erasures e
	WHERE e.user_id = $1::uuid AND e.finished_at IS NULL
		AND e.integration_id IS NOT DISTINCT FROM $2::uuid
), made AS (
	INSERT INTO sluice.erasures (user_id, integration_id, provider)
	SELECT $1::uuid, $2::uuid, $3::text
	WHERE NOT EXISTS (SELECT FROM open)
	RETURNING id
)
SELECT o.id FROM open o
UNION ALL
SELECT m.id FROM made m
