-- One migration at a time: wait for the lock of this transaction, without a
-- time limit. A policy in the way shall be an error, not zero rows.
-- Result: nothing of interest.
SELECT
	set_config('row_security', 'off', true),
	set_config('statement_timeout', '0', true),
	set_config('lock_timeout', '0', true),
	pg_advisory_xact_lock(126909663503205)
