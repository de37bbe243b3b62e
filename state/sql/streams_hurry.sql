-- What was just switched on is pulled with the next run, which is now due.
-- $1 uuid  user
-- $2 text  connector, or NULL for any
UPDATE sluice.schedule SET next_run_at = '-infinity'
WHERE user_id = $1::uuid AND ($2::text IS NULL OR provider = $2) AND enabled
