-- Take one up: for so long nobody else does. No row: somebody else has it, or
-- it is done.
-- $1 uuid, $2 uuid  user (the former one), revocation
-- $3 boolean        also when its time has not come
-- $4 bigint         microseconds
-- Result: grant_id, provider, purpose, attempts (with this one), ciphertext,
-- iv, key_id; of the client, or NULL: client_row, client_id,
-- secret_ciphertext, secret_iv, secret_key_id
UPDATE sluice.revocations r
SET attempts = r.attempts + 1,
	next_try_at = sluice.clock() + make_interval(secs => $4::bigint / 1e6)
FROM sluice.revocations o
LEFT JOIN sluice.oauth_clients c ON c.id = o.oauth_client_id
WHERE r.user_id = $1::uuid AND r.id = $2::uuid
	AND o.user_id = $1::uuid AND o.id = r.id
	AND ($3::boolean OR r.next_try_at <= sluice.clock())
RETURNING r.grant_id, r.provider, r.purpose, r.attempts, r.ciphertext, r.iv,
	r.key_id, c.id AS client_row, c.client_id, c.secret_ciphertext,
	c.secret_iv, c.secret_key_id
