-- A walk drops what waited: masters whose instances were asked for are due.
-- $1 uuid, $2 uuid, $3 text  user, integration, stream key
-- Affected: masters.
UPDATE public.calendar_series c
SET expansion = 'due', expanded_to = NULL
WHERE c.user_id = $1::uuid AND c.integration_id = $2::uuid
	AND c.stream_key = $3::text AND c.expansion = 'asked'
