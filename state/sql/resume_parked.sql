-- Accounts that were parked, because their runs died, are tried again.
-- $1 uuid    user
-- $2 uuid[]  integrations
UPDATE sluice.schedule c
SET parked_at = NULL, charges = 0, solo = false, next_run_at = sluice.clock()
WHERE c.user_id = $1::uuid AND c.integration_id = ANY ($2::uuid[])
	AND c.parked_at IS NOT NULL
