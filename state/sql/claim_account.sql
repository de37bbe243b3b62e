-- What a run starts from.
-- $1 uuid, $2 uuid  user, integration
-- Result: provider, account, settings, status, interval_s, connected_at, now,
-- resync, resync_no, accept_deletions, not_before (NULL = none), failures (runs
-- in a row), bucket_units, bucket_at (NULL = not known), user_per_minute (NULL =
-- as published), and the columns of grant_load (grant_id NULL = there is none)
SELECT a.* FROM sluice.run_account($1::uuid, $2::uuid) AS a
