-- Who holds the lease; locks the row, or finds none when it is locked.
-- $1 uuid  user
-- $2 uuid  integration
-- Result: free (no lease, or an expired one), host, boot_id, pid, started (of
-- the owner), run_id, run_trigger, run_started_at of a run left open
SELECT
	(c.lease_until IS NULL OR c.lease_until <= sluice.clock()) AS free,
	c.lease_owner ->> 'host' AS host,
	c.lease_owner ->> 'boot_id' AS boot_id,
	(c.lease_owner ->> 'pid')::bigint AS pid,
	(c.lease_owner ->> 'started')::bigint AS started,
	c.run_id, c.run_trigger, c.run_started_at
FROM sluice.schedule c
WHERE c.integration_id = $2::uuid AND c.user_id = $1::uuid
	AND NOT sluice.user_rests($1::uuid)
FOR UPDATE SKIP LOCKED
