-- What is sealed under a key: one user's tokens and revocations, or the
-- secrets of OAuth clients.
-- $1 uuid  user; NULL = clients
-- $2 text  key id
-- Result: place (token, revocation, client), id, owner_id uuid; purpose text;
--         ciphertext, iv bytea; key_id text
SELECT 'token' AS place, s.id, s.grant_id AS owner_id, s.purpose,
	s.ciphertext, s.iv, s.key_id
FROM sluice.user_secrets s
WHERE s.user_id = $1::uuid AND s.key_id = $2::text
UNION ALL
SELECT 'revocation', r.id, r.grant_id, r.purpose, r.ciphertext, r.iv, r.key_id
FROM sluice.revocations r
WHERE r.user_id = $1::uuid AND r.key_id = $2::text
UNION ALL
SELECT 'client', c.id, c.id, 'client_secret', c.secret_ciphertext, c.secret_iv,
	c.secret_key_id
FROM sluice.oauth_clients c
WHERE $1::uuid IS NULL AND c.secret_key_id = $2::text
