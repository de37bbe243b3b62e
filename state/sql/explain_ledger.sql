-- Items that were not stored, under an id. Never their raw bytes.
-- $1 uuid    user
-- $2 text    the provider's id
-- $3 uuid    the same as the row's id, or NULL
-- $4 text    the provider's id of the series, if $2 may name an instance
-- Result: doc (JSON)
SELECT jsonb_build_object(
	'id', q.id,
	'provider', i.provider,
	'account', i.account,
	'stream', jsonb_build_object('kind', q.stream_kind, 'key', q.stream_key,
		'title', s.title, 'state', s.state, 'enabled', s.enabled,
		'disabled_reason', s.disabled_reason, 'checked_at', s.checked_at),
	'source_id', q.source_id,
	'state', q.state,
	'reason', q.reason,
	'class', q.class,
	'detail', q.detail,
	'source_version', q.source_version,
	'map_version', q.map_version,
	'raw_bytes', q.raw_bytes,
	'attempts', q.attempts,
	'next_try_at', q.next_try_at,
	'first_seen_at', q.created_at,
	'last_seen_at', q.seen_at) AS doc
FROM public.sync_items q
JOIN public.user_integrations i
	ON i.user_id = $1::uuid AND i.id = q.integration_id
LEFT JOIN public.sync_state s ON s.user_id = $1::uuid
	AND s.integration_id = q.integration_id
	AND s.kind = q.stream_kind AND s.key = q.stream_key
WHERE q.user_id = $1::uuid
	AND (q.id = $3::uuid OR q.source_id = $2::text OR q.source_id = $4::text)
ORDER BY i.account, q.stream_key, q.source_id
