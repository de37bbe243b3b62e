-- Note what happened to a grant's secrets.
-- $1 uuid  user
-- $2 uuid  grant
-- $3 text  event
-- $4 text  detail, or NULL
SELECT sluice.audit_secret($1::uuid, $2::uuid, $3::text, 'cli', $4::text)
