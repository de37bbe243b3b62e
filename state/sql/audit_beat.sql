-- Keep an audit's lease.
-- $1 uuid, $2 uuid, $3 bigint  user, integration, fence
-- $4 bigint                    microseconds from now
-- Affected: 0 when the lease is lost.
UPDATE sluice.schedule c
SET lease_until = sluice.clock() + make_interval(secs => $4::bigint / 1e6)
WHERE c.integration_id = $2::uuid AND c.user_id = $1::uuid
	AND c.fence = $3::bigint
