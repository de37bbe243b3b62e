-- Inside a migration no lock is waited for longer than this: runs that are
-- under way must not queue up behind it.
-- Result: nothing of interest.
SELECT set_config('lock_timeout', '5s', true)
