-- Remember a master key by a text that it sealed.
-- $1 text            key id
-- $2 bytea, $3 bytea the text, ciphertext with tag and iv
-- $4 text            actor
-- Affected: 0 when it is known already.
WITH met AS (
	INSERT INTO sluice.master_keys (id, check_ciphertext, check_iv)
	VALUES ($1::text, $2::bytea, $3::bytea)
	ON CONFLICT (id) DO NOTHING
	RETURNING id
)
SELECT sluice.audit_secret(NULL, NULL, 'key_added', $4::text, m.id) FROM met m
