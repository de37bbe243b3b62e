-- Whose run is it? Locks the schedule row.
-- $1 uuid, $2 uuid, $3 bigint  user, integration, fence
-- Result: run_id, NULL when the run was finished. No row: the fence moved.
SELECT c.run_id
FROM sluice.schedule c
WHERE c.integration_id = $2::uuid AND c.user_id = $1::uuid
	AND c.fence = $3::bigint
FOR UPDATE
