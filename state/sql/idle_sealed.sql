-- What a ring of keys must open before anything is done: the checks of the keys
-- that are known, and the secrets of the active clients.
-- Result: as of vault_rows; place (key, client)
SELECT 'key' AS place, NULL AS id, k.id AS owner_id, 'key_check' AS purpose,
	k.check_ciphertext AS ciphertext, k.check_iv AS iv, k.id AS key_id
FROM sluice.master_keys k
UNION ALL
SELECT 'client', c.id::text, c.id::text, 'client_secret', c.secret_ciphertext,
	c.secret_iv, c.secret_key_id
FROM sluice.oauth_clients c
WHERE c.active
