-- Whatever runs of these accounts has lost its lease: the page that it is
-- committing is waited for, no other one is written. What was asked for stays.
-- $1 uuid    user
-- $2 uuid[]  integrations
WITH old AS MATERIALIZED (
	SELECT c.integration_id
	FROM sluice.schedule c
	WHERE c.user_id = $1::uuid AND c.integration_id = ANY ($2::uuid[])
	ORDER BY c.integration_id
	FOR UPDATE
)
UPDATE sluice.schedule c
SET fence = c.fence + 1, lease_until = NULL, lease_owner = NULL,
	run_id = NULL, run_trigger = NULL, run_started_at = NULL,
	run_resync_no = NULL, run_lane = NULL, run_begun = false,
	run_alone = false
FROM old o
WHERE c.user_id = $1::uuid AND c.integration_id = o.integration_id
