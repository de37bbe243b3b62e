-- Take the lease for an audit; the row is locked by claim_look. What a run
-- would be told by (its plan, a run left open) stays as it is.
-- $1 uuid, $2 uuid  user, integration
-- $3 jsonb          owner: host, boot_id, pid, started
-- $4 bigint         microseconds that the lease lasts
-- Result: fence, now
UPDATE sluice.schedule c
SET fence = c.fence + 1,
	lease_until = sluice.clock() + make_interval(secs => $4::bigint / 1e6),
	lease_owner = $3::jsonb
WHERE c.integration_id = $2::uuid AND c.user_id = $1::uuid
RETURNING c.fence, sluice.clock() AS now
