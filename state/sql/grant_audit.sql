-- Note what happened to a secret.
-- $1 uuid, $2 uuid  user, grant
-- $3 text, $4 text, $5 text  event, actor, detail (or NULL)
INSERT INTO sluice.secret_audit_logs (user_id, grant_id, event, actor, detail)
VALUES ($1::uuid, $2::uuid, $3::text, $4::text, $5::text)
