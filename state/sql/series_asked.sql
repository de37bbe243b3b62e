-- The provider is asked for the instances of these masters.
-- $1 uuid         user
-- $2 uuid         stream
-- $3 jsonb        what waits now, with the masters
-- $4 timestamptz  end of the window that is asked for
-- $5 uuid[]       masters    $6 text[]  why they are not expanded here
WITH waits AS (
	UPDATE public.sync_state s
	SET pending = $3::jsonb
	WHERE s.user_id = $1::uuid AND s.id = $2::uuid
)
UPDATE public.calendar_series c
SET expansion = 'asked', reason = i.reason, expanded_to = $4::timestamptz
FROM unnest($5::uuid[], $6::text[]) AS i (artifact_id, reason)
WHERE c.user_id = $1::uuid AND c.artifact_id = i.artifact_id
