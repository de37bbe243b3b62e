-- Whatever runs of these accounts has lost its lease. It may have written its
-- log row while this waited for it: leave_logs closes that afterwards.
-- $1 uuid    user
-- $2 uuid[]  integrations
-- Result: running, runs that were under way
WITH old AS MATERIALIZED (
	SELECT c.integration_id, c.run_id, c.lease_until > sluice.clock() AS running
	FROM sluice.schedule c
	WHERE c.user_id = $1::uuid AND c.integration_id = ANY ($2::uuid[])
	ORDER BY c.integration_id
	FOR UPDATE
), stopped AS (
	UPDATE sluice.schedule c
	SET fence = c.fence + 1, lease_until = NULL, lease_owner = NULL,
		run_id = NULL, run_trigger = NULL, run_started_at = NULL,
		run_resync_no = NULL, run_lane = NULL, run_begun = false,
	run_alone = false, resync_done_no = c.resync_no, accept_deletions = false
	FROM old o
	WHERE c.user_id = $1::uuid AND c.integration_id = o.integration_id
)
SELECT count(*) FILTER (WHERE o.running) AS running FROM old o
