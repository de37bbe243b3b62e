-- Write a consent. One that was there is renewed: its version grows, so that
-- a refresh under way with the old tokens loses. An address or name that is
-- not told any more is kept.
-- $1 uuid         id the tokens are sealed to
-- $2 uuid         user
-- $3 uuid         OAuth client's row
-- $4 text         provider
-- $5 text         purpose
-- $6 text         account's subject
-- $7 text         account's address, or NULL
-- $8 text         account's name, or NULL
-- $9 text         scopes as granted
-- $10 timestamptz access token expires
-- $11 timestamptz refresh token expires, or NULL
-- Result: id uuid
INSERT INTO sluice.grants AS g (id, user_id, oauth_client_id, provider, purpose,
	account_subject, account_email, account_name, scopes, status,
	access_expires_at, refresh_expires_at, refreshed_at)
VALUES ($1::uuid, $2::uuid, $3::uuid, $4, $5, $6, $7, $8, $9, 'active',
	$10::timestamptz, $11::timestamptz, sluice.clock())
ON CONFLICT (user_id, purpose, account_subject) DO UPDATE SET
	oauth_client_id = excluded.oauth_client_id,
	account_email = coalesce(excluded.account_email, g.account_email),
	account_name = coalesce(excluded.account_name, g.account_name),
	scopes = excluded.scopes,
	status = 'active',
	access_expires_at = excluded.access_expires_at,
	refresh_expires_at = excluded.refresh_expires_at,
	refreshed_at = excluded.refreshed_at,
	reauth_at = NULL,
	refresh_lease_until = NULL,
	refresh_lease_owner = NULL,
	last_error = NULL,
	version = g.version + 1
RETURNING g.id
