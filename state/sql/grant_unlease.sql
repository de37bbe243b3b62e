-- Give a refresh lease back: nothing was refreshed.
-- $1 uuid, $2 uuid  user, grant
-- $3 text           owner
UPDATE sluice.grants g
SET refresh_lease_until = NULL, refresh_lease_owner = NULL
WHERE g.user_id = $1::uuid AND g.id = $2::uuid
	AND g.refresh_lease_owner = $3::text
