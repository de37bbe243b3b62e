-- A consent goes; its token, if there is one, is left for its revocation.
-- $1 uuid, $2 uuid  user, grant
DELETE FROM sluice.grants g
WHERE g.user_id = $1::uuid AND g.id = $2::uuid
