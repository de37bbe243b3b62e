-- Streams want more than they did.
-- $1 uuid    user
-- $2 uuid[]  streams  $3 text[]  what each wants, JSON arrays as in pending
UPDATE public.sync_state s
SET pending = coalesce(s.pending, '[]') || w.list::jsonb
FROM unnest($2::uuid[], $3::text[]) AS w (id, list)
WHERE s.user_id = $1::uuid AND s.id = w.id
