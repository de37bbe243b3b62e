-- Items that were merged into others.
-- $1 uuid    user
-- $2 uuid[]  ids
DELETE FROM public.artifacts a
WHERE a.user_id = $1::uuid AND a.id = ANY ($2::uuid[])
