-- Take the lease for an audit; the row is locked by claim_look. What a run
-- would be told by stays as it is: its plan, and a run left open.
-- $1 uuid, $2 uuid  user, integration
-- $3 jsonb          owner: host, boot_id, pid, started
-- $4 bigint         microseconds that the lease lasts
-- Result: fence, now
UPDATE sluice.schedule c
SET fence = c.fence + 1,
	lease_until = sluice.clock() + make_interval(secs => $4::bigint / 1e6),
	lease_owner = $3::jsonb,
	left_run_id = CASE WHEN c.run_begun THEN c.run_id ELSE c.left_run_id END,
	left_trigger = CASE WHEN c.run_begun THEN c.run_trigger
		ELSE c.left_trigger END,
	left_started_at = CASE WHEN c.run_begun THEN c.run_started_at
		ELSE c.left_started_at END,
	left_host = CASE WHEN c.run_begun THEN c.lease_owner ->> 'host'
		ELSE c.left_host END,
	solo = c.solo OR (c.run_begun AND c.run_trigger IS DISTINCT FROM 'import'),
	-- one that lapsed alone is charged, whoever comes across it
	charges = c.charges + (c.run_begun AND c.run_alone)::integer,
	run_begun = false, run_alone = false,
	run_id = NULL, run_trigger = NULL, run_started_at = NULL,
	run_resync_no = NULL, run_lane = NULL
WHERE c.integration_id = $2::uuid AND c.user_id = $1::uuid
RETURNING c.fence, sluice.clock() AS now
