-- Put ciphertexts under a new key in the place of those they were made from,
-- and of no others: a row that somebody changed meanwhile, or is changing, is
-- left as it is.
-- $1 uuid     user; NULL = clients
-- $2 text[], $3 uuid[]   place, id
-- $4 text[], $5 bytea[]  key id and iv as they were read
-- $6 bytea[], $7 bytea[], $8 text[]  ciphertext, iv, key id
-- $9 text     actor
-- Result: done bigint
WITH new AS (
	SELECT n.*
	FROM unnest($2::text[], $3::uuid[], $4::text[], $5::bytea[], $6::bytea[],
		$7::bytea[], $8::text[])
		AS n (place, id, old_key_id, old_iv, ciphertext, iv, key_id)
), free AS (
	SELECT s.id
	FROM sluice.user_secrets s
	JOIN new n ON n.place = 'token' AND n.id = s.id
		AND n.old_key_id = s.key_id AND n.old_iv = s.iv
	WHERE s.user_id = $1::uuid
	FOR NO KEY UPDATE OF s SKIP LOCKED
), tokens AS (
	UPDATE sluice.user_secrets s
	SET ciphertext = n.ciphertext, iv = n.iv, key_id = n.key_id
	FROM new n
	JOIN free f ON f.id = n.id
	WHERE n.place = 'token' AND s.id = n.id AND s.user_id = $1::uuid
	RETURNING s.grant_id, n.old_key_id, n.key_id
), revocations AS (
	UPDATE sluice.revocations r
	SET ciphertext = n.ciphertext, iv = n.iv, key_id = n.key_id
	FROM new n
	WHERE n.place = 'revocation' AND r.id = n.id AND r.user_id = $1::uuid
		AND r.key_id = n.old_key_id AND r.iv = n.old_iv
	RETURNING r.grant_id, n.old_key_id, n.key_id
), clients AS (
	UPDATE sluice.oauth_clients c
	SET secret_ciphertext = n.ciphertext, secret_iv = n.iv,
		secret_key_id = n.key_id
	FROM new n
	WHERE $1::uuid IS NULL AND n.place = 'client' AND c.id = n.id
		AND c.secret_key_id = n.old_key_id AND c.secret_iv = n.old_iv
	RETURNING NULL::uuid AS grant_id, n.old_key_id, n.key_id
), done AS (
	SELECT * FROM tokens
	UNION ALL SELECT * FROM revocations
	UNION ALL SELECT * FROM clients
), told AS (
	SELECT count(*) AS secrets, sluice.audit_secret($1::uuid, d.grant_id,
		'resealed', $9::text, format('%s from key %s to %s', count(*),
		d.old_key_id, d.key_id)) AS told
	FROM done d
	GROUP BY d.grant_id, d.old_key_id, d.key_id
)
SELECT coalesce(sum(t.secrets), 0)::bigint AS done, count(t.told) AS told
FROM told t
