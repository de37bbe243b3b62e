-- Store one sealed token of a grant.
-- $1 uuid   user
-- $2 uuid   grant
-- $3 text   purpose: refresh_token or access_token
-- $4 bytea  ciphertext with tag
-- $5 bytea  iv
-- $6 text   key id
INSERT INTO sluice.user_secrets (user_id, grant_id, purpose, ciphertext, iv, key_id)
VALUES ($1::uuid, $2::uuid, $3, $4::bytea, $5::bytea, $6)
ON CONFLICT (grant_id, purpose) DO UPDATE SET
	ciphertext = excluded.ciphertext,
	iv = excluded.iv,
	key_id = excluded.key_id
