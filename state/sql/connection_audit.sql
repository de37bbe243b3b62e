-- Note what happened to a grant's secrets.
-- $1 uuid  user
-- $2 uuid  grant
-- $3 text  event
-- $4 text  detail, or NULL
INSERT INTO sluice.secret_audit_logs (user_id, grant_id, event, actor, detail)
VALUES ($1::uuid, $2::uuid, $3, 'cli', $4)
