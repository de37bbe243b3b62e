-- Runs, the newest first.
-- $1 uuid    user, or NULL for all
-- $2 text    connector, or NULL for all
-- $3 text    status, or NULL for all
-- $4 text    trigger, or NULL for all
-- $5 boolean only those that did not end well
-- $6 timestamptz, $7 timestamptz  under way between these; NULL = no bound
-- $8 uuid    that run alone, or NULL
-- $9 bigint  how many at most; NULL = all
-- $10 bigint only versions written by this transaction or a later one, of the
--            last days; NULL = all
-- Result: see struct sl_log_row; xid (that wrote this version)
SELECT l.id, l.user_id, l.integration_id, l.provider AS connector, l.account,
	l.trigger, l.mode, l.status, l.started_at, l.finished_at, l.runs, l.requests,
	l.retries, l.bytes, l.pages, l.duration_ms, l.fetched, l.created, l.updated,
	l.unchanged, l.deleted, l.filtered, l.quarantined, l.contacts_created,
	l.error_class, l.error_scope, l.error_text, l.host, l.detail, v.xid
FROM (
	SELECT pg_snapshot_xmax(pg_current_snapshot())::text::bigint AS top
	OFFSET 0
) s
CROSS JOIN public.sync_logs l
CROSS JOIN LATERAL (
	-- the 32 bits of a row's xmin, completed
	SELECT n.xid - CASE WHEN n.xid > s.top THEN 4294967296 ELSE 0 END AS xid
	FROM (
		SELECT s.top - s.top % 4294967296 + l.xmin::text::bigint AS xid
	) n
) v
WHERE ($1::uuid IS NULL OR l.user_id = $1::uuid)
	AND ($2::text IS NULL OR l.provider = $2::text)
	AND ($3::text IS NULL OR l.status = $3::text)
	AND ($4::text IS NULL OR l.trigger = $4::text)
	AND (NOT $5::boolean OR l.status IN ('failed', 'partial', 'interrupted')
		OR l.error_class IS NOT NULL)
	-- a row of folded runs is a week long at most, a run a month
	AND ($6::timestamptz IS NULL OR (
		l.started_at > $6::timestamptz - interval '31 days'
		AND coalesce(l.finished_at, 'infinity') >= $6::timestamptz))
	AND ($7::timestamptz IS NULL OR l.started_at <= $7::timestamptz)
	AND ($8::uuid IS NULL OR l.id = $8::uuid)
	AND ($10::bigint IS NULL OR (v.xid >= $10::bigint
		AND l.started_at > sluice.clock() - interval '8 days'))
ORDER BY l.started_at DESC, l.id
LIMIT $9::bigint
