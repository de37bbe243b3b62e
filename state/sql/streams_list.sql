-- Streams: what is pulled from each account.
-- $1 uuid    user, or NULL for all
-- $2 text    connector, or NULL for all
-- $3 bigint  how many at most
-- Result: see struct sl_stream_info
SELECT s.user_id, i.provider AS connector, i.account, s.kind, s.key, s.title,
	s.state, s.enabled, s.enabled_choice IS NOT NULL AS chosen,
	s.disabled_reason, s.created_at AS opened_at, s.switched_at, s.walked_at,
	s.coverage_from, s.last_error_at AS error_at, s.not_before AS not_before_at,
	s.checked_at, s.changed_at, s.pending_deletions,
	s.failures, s.last_error_text AS error_text,
	CASE WHEN jsonb_typeof(s.shown -> 'listed') = 'number'
		THEN trunc((s.shown ->> 'listed')::numeric)::bigint END AS listed,
	CASE WHEN jsonb_typeof(s.shown -> 'estimate') = 'number'
		THEN trunc((s.shown ->> 'estimate')::numeric)::bigint END AS estimate,
	s.shown ->> 'oldest' AS oldest, s.shown ->> 'waiting' AS waiting,
	coalesce(jsonb_array_length(s.pending), 0) AS pending
FROM public.sync_state s
JOIN public.user_integrations i ON i.user_id = s.user_id AND i.id = s.integration_id
WHERE ($1::uuid IS NULL OR s.user_id = $1::uuid)
	AND ($2::text IS NULL OR i.provider = $2)
ORDER BY i.account, i.provider, i.id, s.kind, s.state = 'closed',
	s.enabled DESC, s.title, s.key
LIMIT $3::bigint
