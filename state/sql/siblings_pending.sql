-- What a stream wants now; its row is locked.
-- $1 uuid, $2 uuid  user, stream
-- $3 jsonb          pending, or NULL
UPDATE public.sync_state s
SET pending = $3::jsonb
WHERE s.user_id = $1::uuid AND s.id = $2::uuid
