-- The master keys that this database has met.
-- Result: id text; check_ciphertext, check_iv bytea; used boolean (something is
--         sealed under it); known boolean (there is a check)
SELECT coalesce(k.id, u.id) AS id, k.check_ciphertext, k.check_iv,
	u.id IS NOT NULL AS used, k.id IS NOT NULL AS known
FROM sluice.master_keys k
FULL JOIN sluice.sealed_keys() AS u (id) ON u.id = k.id
ORDER BY 1
