-- Note where sweeping stands.
-- $1 uuid, $2 uuid  user, stream
-- $3 text           none, sampling, held
-- $4 bigint         deletions that wait
-- $5 text[]         samples
-- $6 jsonb          pending, or NULL
UPDATE public.sync_state s
SET sweep_state = $3::text, pending_deletions = $4::integer,
	sweep_samples = $5::text[], pending = $6::jsonb
WHERE s.user_id = $1::uuid AND s.id = $2::uuid
