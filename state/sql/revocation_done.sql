-- The token is dead, and goes.
-- $1 uuid, $2 uuid  user, revocation
DELETE FROM sluice.revocations r
WHERE r.user_id = $1::uuid AND r.id = $2::uuid
