-- Store one sealed token.
-- $1 uuid, $2 uuid  user, grant
-- $3 text           purpose: access_token, refresh_token
-- $4 bytea, $5 bytea, $6 text  ciphertext, iv, key id
INSERT INTO sluice.user_secrets (user_id, grant_id, purpose, ciphertext, iv,
	key_id)
VALUES ($1::uuid, $2::uuid, $3::text, $4::bytea, $5::bytea, $6::text)
ON CONFLICT (grant_id, purpose) DO UPDATE
SET ciphertext = excluded.ciphertext, iv = excluded.iv,
	key_id = excluded.key_id
