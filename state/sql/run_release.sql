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
SELECT sluice.release_run($1::uuid, $2::uuid, $3::timestamptz, $4::boolean,
	$5::boolean, $6::timestamptz, $7::bigint, $8::timestamptz, $9::boolean,
	$10::timestamptz, $11::boolean)
