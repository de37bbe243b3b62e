-- Note what happened to a secret; never the secret.
-- $1 uuid, $2 uuid  user, grant; NULL = of the installation
-- $3 text, $4 text, $5 text  event, actor, detail (or NULL)
SELECT sluice.audit_secret($1::uuid, $2::uuid, $3::text, $4::text, $5::text)
