-- The grant is dead until a person grants again.
-- $1 uuid, $2 uuid  user, grant
-- $3 text           why
-- $4 bigint         version of the tokens that were refused
-- Affected: 0 when it was so already, or when it has newer tokens.
UPDATE sluice.grants g
SET status = 'needs_reauth', reauth_at = sluice.clock(), last_error = $3::text,
	refresh_lease_until = NULL, refresh_lease_owner = NULL
WHERE g.user_id = $1::uuid AND g.id = $2::uuid AND g.status = 'active'
	AND g.version = $4::bigint
