-- Who holds the lease; locks the row, or finds none when it is locked.
-- $1 uuid  user
-- $2 uuid  integration
-- Result: free (no lease, or an expired one), host, boot_id, pid, started (of
-- the owner), run_id; left_run_id, left_trigger,
-- left_started_at, left_host of one that was left open
SELECT
	(c.lease_until IS NULL OR c.lease_until <= sluice.clock()) AS free,
	c.lease_owner ->> 'host' AS host,
	c.lease_owner ->> 'boot_id' AS boot_id,
	(c.lease_owner ->> 'pid')::bigint AS pid,
	(c.lease_owner ->> 'started')::bigint AS started,
	c.run_id,
	CASE WHEN c.run_begun THEN c.run_id ELSE c.left_run_id END AS left_run_id,
	CASE WHEN c.run_begun THEN c.run_trigger ELSE c.left_trigger END AS left_trigger,
	CASE WHEN c.run_begun THEN c.run_started_at
		ELSE c.left_started_at END AS left_started_at,
	CASE WHEN c.run_begun THEN c.lease_owner ->> 'host'
		ELSE c.left_host END AS left_host
FROM sluice.schedule c
WHERE c.integration_id = $2::uuid AND c.user_id = $1::uuid
	AND NOT sluice.user_rests($1::uuid)
FOR UPDATE SKIP LOCKED
