-- Add a user of a plain PostgreSQL.
-- $1 text  e-mail address
-- Result: id uuid
SELECT sluice.add_user($1) AS id
