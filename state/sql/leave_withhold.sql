-- Tokens of a consent that go without being revoked.
-- $1 uuid, $2 uuid  user, grant
DELETE FROM sluice.user_secrets s
WHERE s.user_id = $1::uuid AND s.grant_id = $2::uuid
