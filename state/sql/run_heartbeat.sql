-- Keep the lease.
-- $1 uuid, $2 uuid, $3 bigint  user, integration, fence
-- $4 uuid                      run
-- $5 bigint                    microseconds from now
-- Affected: 0 when the lease is lost.
UPDATE sluice.schedule c
SET lease_until = sluice.clock() + make_interval(secs => $5::bigint / 1e6)
WHERE c.integration_id = $2::uuid AND c.user_id = $1::uuid
	AND c.fence = $3::bigint AND c.run_id = $4::uuid
