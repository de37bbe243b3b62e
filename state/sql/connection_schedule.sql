-- A fresh consent clears what stood in the way of running, and runs soon; an
-- account that is new, or was asked for, keeps its place before all others.
-- $1 uuid  integration
-- $2 uuid  user
UPDATE sluice.schedule SET
	next_run_at = CASE WHEN next_run_at < '2000-01-01Z' THEN next_run_at
		ELSE sluice.clock() END,
	not_before = NULL,
	failures = 0,
	charges = 0,
	solo = false,
	parked_at = NULL,
	backfill_at = CASE WHEN backfill_at IS NOT NULL THEN sluice.clock() END
WHERE integration_id = $1::uuid AND user_id = $2::uuid
