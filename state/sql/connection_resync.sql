-- Ask for a full resync of a user's accounts.
-- $1 uuid  user
-- $2 text  connector, or NULL for all
UPDATE sluice.schedule SET
	resync_requested_at = sluice.clock(),
	next_run_at = '-infinity'
WHERE user_id = $1::uuid AND ($2::text IS NULL OR provider = $2) AND enabled
	AND NOT sluice.user_rests($1::uuid)
