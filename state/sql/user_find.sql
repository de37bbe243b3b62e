-- One user, by id or address; no row when there is none.
-- $1 text  uuid or e-mail address
-- Result: id uuid, email text, created_at timestamptz
SELECT u.id, u.email, u.created_at
FROM sluice.list_users() AS u (id, email, created_at)
WHERE u.id = sluice.find_user($1)
