-- Who leaves, by id or address; no row when there is nobody.
-- $1 text  uuid or e-mail address
-- Result: id uuid, state text (there, resting, gone)
SELECT l.id, l.state
FROM sluice.find_leaver($1) AS l (id, state)
