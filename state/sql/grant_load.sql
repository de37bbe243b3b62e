-- One consent with its sealed tokens and its client's sealed secret.
-- $1 uuid, $2 uuid  user, grant
-- Result: the columns of struct sl_grant
SELECT g.id AS grant_id, g.status AS grant_status, g.purpose, g.scopes,
	g.version, g.access_expires_at, g.refresh_expires_at, g.refreshed_at,
	g.last_error,
	a.ciphertext AS access_ciphertext, a.iv AS access_iv,
	a.key_id AS access_key_id,
	r.ciphertext AS refresh_ciphertext, r.iv AS refresh_iv,
	r.key_id AS refresh_key_id,
	o.id AS client_row, o.client_id,
	o.secret_ciphertext, o.secret_iv, o.secret_key_id
FROM sluice.grants g
JOIN sluice.oauth_clients o ON o.id = g.oauth_client_id
LEFT JOIN sluice.user_secrets a ON a.user_id = g.user_id
	AND a.grant_id = g.id AND a.purpose = 'access_token'
LEFT JOIN sluice.user_secrets r ON r.user_id = g.user_id
	AND r.grant_id = g.id AND r.purpose = 'refresh_token'
WHERE g.user_id = $1::uuid AND g.id = $2::uuid
