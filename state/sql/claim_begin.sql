-- Begin a run that was leased for a batch.
-- $1 uuid, $2 uuid, $3 bigint  user, integration, fence
-- $4 uuid     run
-- $5 bigint   microseconds that the lease lasts
-- Result: fence, now, resync, resync_no, accept_deletions as of claim_take; and of
-- a run that was left open: left_run_id (NULL = none), left_trigger,
-- left_started_at, left_host. No row: lost, or the user was deleted.
UPDATE sluice.schedule c
SET run_begun = true,
	run_started_at = sluice.clock(),
	lease_until = sluice.clock() + make_interval(secs => $5::bigint / 1e6),
	run_resync_no = c.resync_no,
	next_run_at = CASE WHEN c.next_run_at = '-infinity' THEN sluice.clock()
		ELSE c.next_run_at END,
	left_run_id = NULL, left_trigger = NULL, left_started_at = NULL,
	left_host = NULL
FROM (
	SELECT l.integration_id, l.left_run_id, l.left_trigger, l.left_started_at,
		l.left_host
	FROM sluice.schedule l
	WHERE l.integration_id = $2::uuid AND l.user_id = $1::uuid
		AND l.fence = $3::bigint AND l.run_id = $4::uuid
		AND NOT sluice.user_rests($1::uuid)
	FOR UPDATE
) o
WHERE c.integration_id = o.integration_id AND c.user_id = $1::uuid
RETURNING c.fence, sluice.clock() AS now,
	c.resync_no > c.resync_done_no AS resync, c.resync_no, c.accept_deletions,
	o.left_run_id, o.left_trigger, o.left_started_at, o.left_host
