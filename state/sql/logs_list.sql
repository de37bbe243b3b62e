-- Runs, the newest first.
-- $1 uuid    user, or NULL for all
-- $2 text    connector, or NULL for all
-- $3 bigint  how many at most
-- Result: see struct sl_log_row
SELECT l.id, l.user_id, l.provider AS connector, l.account, l.trigger, l.mode,
	l.status, l.started_at, l.finished_at, l.runs, l.requests, l.retries,
	l.bytes, l.pages, l.duration_ms, l.fetched, l.created, l.updated,
	l.unchanged, l.deleted, l.filtered, l.quarantined, l.contacts_created,
	l.error_class, l.error_scope, l.error_text
FROM public.sync_logs l
WHERE ($1::uuid IS NULL OR l.user_id = $1::uuid)
	AND ($2::text IS NULL OR l.provider = $2)
ORDER BY l.started_at DESC, l.id
LIMIT $3::bigint
