-- Items in quarantine: those that are due next first, then the newest. As the
-- operator, who may not see what was sent.
-- $1 uuid    user, or NULL for all
-- $2 text    connector, or NULL for all
-- $3 bigint  how many at most
-- Result: see struct sl_item_row
SELECT q.integration_id, q.user_id, i.provider AS connector, i.account,
	q.stream_kind, q.stream_key, s.title AS stream_title, q.source_id,
	q.class, q.detail, q.attempts, q.next_try_at, q.seen_at, q.created_at,
	q.raw_bytes, count(*) OVER () AS total
FROM public.sync_items q
JOIN public.user_integrations i ON i.user_id = q.user_id AND i.id = q.integration_id
LEFT JOIN public.sync_state s ON s.user_id = q.user_id
	AND s.integration_id = q.integration_id
	AND s.kind = q.stream_kind AND s.key = q.stream_key
WHERE q.state = 'quarantined'
	AND ($1::uuid IS NULL OR q.user_id = $1::uuid)
	AND ($2::text IS NULL OR i.provider = $2)
ORDER BY i.account, i.provider, i.id, q.next_try_at, q.seen_at DESC, q.id
LIMIT $3::bigint
