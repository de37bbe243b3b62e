-- Tokens were refreshed: only from the version they were refreshed from.
-- $1 uuid, $2 uuid  user, grant
-- $3 bigint         version
-- $4 timestamptz    access token expires, or NULL
-- $5 timestamptz    refresh token expires; NULL = as before
-- $6 text           scopes; NULL = as before
-- No row: somebody else was faster. Result: revived (somebody took it for dead
-- meanwhile).
UPDATE sluice.grants g
SET version = g.version + 1,
	access_expires_at = $4::timestamptz,
	refresh_expires_at = coalesce($5::timestamptz, g.refresh_expires_at),
	scopes = coalesce($6::text, g.scopes),
	refreshed_at = sluice.clock(),
	refresh_lease_until = NULL, refresh_lease_owner = NULL,
	status = 'active', reauth_at = NULL, last_error = NULL
FROM (
	SELECT was.id, was.status FROM sluice.grants was
	WHERE was.user_id = $1::uuid AND was.id = $2::uuid
	FOR UPDATE
) was
WHERE g.user_id = $1::uuid AND g.id = was.id AND g.version = $3::bigint
	AND g.status <> 'revoked'
RETURNING was.status = 'needs_reauth' AS revived
