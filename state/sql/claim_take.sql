-- Take the lease; the row is locked by claim_look.
-- $1 uuid     user
-- $2 uuid     integration
-- $3 uuid     run
-- $4 text     trigger
-- $5 jsonb    owner: host, boot_id, pid, started
-- $6 bigint   microseconds that the lease lasts
-- $7 boolean  as if a resync had been requested
-- Result: fence, now, resync (one is asked for), resync_no (of the last request),
-- accept_deletions
UPDATE sluice.schedule c
SET fence = c.fence + 1,
	lease_until = sluice.clock() + make_interval(secs => $6::bigint / 1e6),
	lease_owner = $5::jsonb,
	run_id = $3::uuid,
	run_trigger = $4::text,
	run_started_at = sluice.clock(),
	run_lane = NULL, run_alone = false,
	-- one that lapsed: it is charged when it ran alone, unless this one ends;
	-- an import is no run of the schedule's
	solo = c.solo OR (c.run_begun AND c.run_id <> $3::uuid
		AND c.run_trigger IS DISTINCT FROM 'import'),
	charges = c.charges + (c.run_begun AND c.run_alone
		AND c.run_id <> $3::uuid)::integer,
	run_begun = true,
	left_run_id = NULL, left_trigger = NULL, left_started_at = NULL,
	left_host = NULL,
	-- whoever wants the next one at once, while this one works, writes
	-- -infinity
	next_run_at = CASE WHEN c.next_run_at = '-infinity' THEN sluice.clock()
		ELSE c.next_run_at END,
	resync_no = r.no,
	run_resync_no = r.no
FROM (
	SELECT o.integration_id, o.resync_no + ($7::boolean
		AND o.resync_no <= o.resync_done_no)::integer AS no
	FROM sluice.schedule o
	WHERE o.integration_id = $2::uuid AND o.user_id = $1::uuid
) r
WHERE c.integration_id = r.integration_id AND c.user_id = $1::uuid
RETURNING c.fence, sluice.clock() AS now,
	c.resync_no > c.resync_done_no AS resync, c.resync_no, c.accept_deletions
