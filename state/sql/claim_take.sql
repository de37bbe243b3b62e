-- Take the lease; the row is locked by claim_look.
-- $1 uuid     user
-- $2 uuid     integration
-- $3 uuid     run
-- $4 text     trigger
-- $5 jsonb    owner: host, boot_id, pid, started
-- $6 bigint   microseconds that the lease lasts
-- $7 boolean  as if a resync had been requested
-- Result: fence, now, resync_requested_at (NULL = none), accept_deletions
UPDATE sluice.schedule c
SET fence = c.fence + 1,
	lease_until = sluice.clock() + make_interval(secs => $6::bigint / 1e6),
	lease_owner = $5::jsonb,
	run_id = $3::uuid,
	run_trigger = $4::text,
	run_started_at = sluice.clock(),
	-- a run that dies stays due; whoever wants the next one at once, while
	-- this one works, writes -infinity
	next_run_at = sluice.clock(),
	resync_requested_at = CASE WHEN $7::boolean
		THEN coalesce(c.resync_requested_at, sluice.clock())
		ELSE c.resync_requested_at END
WHERE c.integration_id = $2::uuid AND c.user_id = $1::uuid
RETURNING c.fence, sluice.clock() AS now, c.resync_requested_at,
	c.accept_deletions
