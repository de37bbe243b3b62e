-- Give the lease back and plan the next run; the row is locked by run_hold.
-- $1 uuid, $2 uuid  user, integration
-- $3 timestamptz    next run; NULL = by the interval, from the run's start, so
--                   that a cron line of the same interval finds it due
-- $4 boolean        the requests for a resync that the run began with are fulfilled;
--                   one that came since waits for the next run, with its consent
-- $5 boolean        the run failed
-- $6 timestamptz    the provider's deadline; NULL = none
-- $7 bigint, $8 timestamptz  left of the user's quota, and when; NULL = keep
-- $9 boolean        a run beside the provider's: their failures stay counted, and
--                   their walks due
-- $10 timestamptz   a slice of the walks that are left; NULL = none is left
-- $11 boolean       the run left them to the other lane: what is planned stays
UPDATE sluice.schedule c
SET lease_until = NULL, lease_owner = NULL,
	run_id = NULL, run_trigger = NULL, run_started_at = NULL,
	run_resync_no = NULL, run_lane = NULL, run_begun = false, run_alone = false,
	resync_done_no = CASE WHEN $4::boolean
		THEN greatest(c.resync_done_no, c.run_resync_no)
		ELSE c.resync_done_no END,
	accept_deletions = c.accept_deletions AND NOT ($4::boolean
		AND c.resync_no IS NOT DISTINCT FROM c.run_resync_no),
	not_before = $6::timestamptz,
	bucket_units = CASE WHEN $8::timestamptz IS NULL THEN c.bucket_units
		ELSE $7::bigint END,
	bucket_at = coalesce($8::timestamptz, c.bucket_at),
	failures = CASE WHEN $9::boolean THEN c.failures
		WHEN $5::boolean THEN c.failures + 1 ELSE 0 END,
	-- it ended, so it does not kill
	solo = c.solo AND $9::boolean,
	charges = CASE WHEN $9::boolean THEN c.charges ELSE 0 END,
	parked_at = CASE WHEN $9::boolean THEN c.parked_at END,
	-- nothing that is due waits for a deadline: it would stand in the way
	next_run_at = greatest($6::timestamptz,
		CASE WHEN c.next_run_at = '-infinity' THEN sluice.clock()
		ELSE coalesce($3::timestamptz, greatest(sluice.clock(),
			coalesce(c.run_started_at, sluice.clock())
			+ make_interval(secs => i.sync_interval_s))) END),
	backfill_at = CASE WHEN $9::boolean THEN c.backfill_at
		WHEN $11::boolean AND $10::timestamptz IS NOT NULL
			AND c.backfill_at IS NOT NULL
		THEN greatest(c.backfill_at, $6::timestamptz)
		WHEN $10::timestamptz IS NOT NULL
		THEN greatest($10::timestamptz, $6::timestamptz) END
FROM public.user_integrations i
WHERE c.integration_id = $2::uuid AND c.user_id = $1::uuid
	AND i.user_id = $1::uuid AND i.id = $2::uuid
