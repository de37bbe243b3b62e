-- All consents of a user.
-- $1 uuid  user
-- Result: id, secrets (how many it has)
SELECT g.id, (
		SELECT count(*)
		FROM sluice.user_secrets s
		WHERE s.user_id = $1::uuid AND s.grant_id = g.id) AS secrets
FROM sluice.grants g
WHERE g.user_id = $1::uuid
ORDER BY g.id
FOR UPDATE OF g
