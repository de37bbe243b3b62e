-- What a run would find if it claimed now; takes nothing.
-- $1 uuid  user
-- $2 uuid  integration
-- Result: now, resync (one is asked for), resync_no, accept_deletions
SELECT sluice.clock() AS now, c.resync_no > c.resync_done_no AS resync,
	c.resync_no, c.accept_deletions
FROM sluice.schedule c
WHERE c.integration_id = $2::uuid AND c.user_id = $1::uuid
