-- Give an audit's lease back, and nothing else.
-- $1 uuid, $2 uuid, $3 bigint  user, integration, fence
UPDATE sluice.schedule c
SET lease_until = NULL, lease_owner = NULL
WHERE c.integration_id = $2::uuid AND c.user_id = $1::uuid
	AND c.fence = $3::bigint
