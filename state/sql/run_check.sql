-- Does the run still hold its lease? Nobody can take it until we commit.
-- $1 uuid, $2 uuid, $3 bigint  user, integration, fence
-- No row: lost.
SELECT c.fence
FROM sluice.schedule c
WHERE c.integration_id = $2::uuid AND c.user_id = $1::uuid
	AND c.fence = $3::bigint
FOR SHARE
