-- What is sealed under each master key, over all users.
-- Result: key_id text; tokens, clients, revocations, users bigint
SELECT c.key_id, c.tokens, c.clients, c.revocations, c.users
FROM sluice.sealed_counts() AS c
ORDER BY c.key_id
