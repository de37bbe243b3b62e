-- The masters whose instances the provider was asked for.
-- $1 uuid, $2 uuid, $3 text  user, integration, stream key
-- $4 text[]                  source_id
-- Result: ord (1-based), artifact_id, length_us, all_day, reason
SELECT i.ord, a.id AS artifact_id,
	greatest(extract(epoch FROM a.ends_at - a.occurred_at) * 1000000, 0)::bigint
		AS length_us,
	a.all_day, c.reason
FROM unnest($4::text[]) WITH ORDINALITY AS i (source_id, ord)
JOIN public.artifacts a ON a.user_id = $1::uuid AND a.integration_id = $2::uuid
	AND a.stream_key = $3::text AND a.source_id = i.source_id
JOIN public.calendar_series c ON c.user_id = $1::uuid AND c.artifact_id = a.id
	AND c.expansion = 'asked'
