-- Items of an account that were filtered or quarantined in a time.
-- $1 uuid, $2 uuid  user, integration
-- $3 timestamptz, $4 timestamptz  from, to; NULL = now
-- $5 bigint  how many at most
-- Result: kind, key, title, source_id, state, reason, detail, attempts, seen_at,
-- total
SELECT q.stream_kind AS kind, q.stream_key AS key, s.title, q.source_id, q.state,
	q.reason, q.detail, q.attempts, q.seen_at, count(*) OVER () AS total
FROM public.sync_items q
LEFT JOIN public.sync_state s ON s.user_id = q.user_id
	AND s.integration_id = q.integration_id
	AND s.kind = q.stream_kind AND s.key = q.stream_key
WHERE q.user_id = $1::uuid AND q.integration_id = $2::uuid
	AND q.seen_at >= $3::timestamptz
	AND q.seen_at <= coalesce($4::timestamptz, sluice.clock())
ORDER BY q.state DESC, q.seen_at, q.source_id
LIMIT $5::bigint
