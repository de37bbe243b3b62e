-- Give back what was leased for a batch and never begun: there was no run.
-- $1 uuid, $2 uuid, $3 bigint  user, integration, fence
-- $4 uuid                      run
UPDATE sluice.schedule c
SET lease_until = NULL, lease_owner = NULL, fence = c.fence + 1,
	run_id = NULL, run_trigger = NULL, run_started_at = NULL,
	run_resync_no = NULL, run_lane = NULL, run_alone = false
WHERE c.integration_id = $2::uuid AND c.user_id = $1::uuid
	AND c.fence = $3::bigint AND c.run_id = $4::uuid AND NOT c.run_begun
