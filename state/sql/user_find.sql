-- One user, by id or address; no row when there is none.
-- $1 text  uuid or e-mail address
-- Result: id uuid, email text, created_at timestamptz
-- A subquery: else the function is asked for every user that there is.
SELECT u.id, u.email, u.created_at
FROM sluice.list_users() AS u (id, email, created_at)
WHERE u.id = (SELECT sluice.find_user($1))
