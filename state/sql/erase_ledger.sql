-- A chunk of what an account's runs left beside the artifacts.
-- $1 uuid, $2 uuid  user, integration
-- $3 bigint         rows of each at most
-- Result: counts (JSON, by table), total. No row: the account is connected
-- again, or gone.
WITH held AS MATERIALIZED (
	SELECT i.id
	FROM public.user_integrations i
	WHERE i.user_id = $1::uuid AND i.id = $2::uuid
		AND i.status IN ('disconnected', 'archive')
	FOR UPDATE
), items AS (
	DELETE FROM public.sync_items x
	WHERE x.user_id = $1::uuid AND x.id = ANY (ARRAY (
		SELECT y.id
		FROM held h, public.sync_items y
		WHERE y.user_id = $1::uuid AND y.integration_id = h.id
		LIMIT $3::bigint))
	RETURNING x.id
), logs AS (
	DELETE FROM public.sync_logs x
	WHERE x.user_id = $1::uuid AND x.id = ANY (ARRAY (
		SELECT y.id
		FROM held h, public.sync_logs y
		WHERE y.user_id = $1::uuid AND y.integration_id = h.id
		LIMIT $3::bigint))
	RETURNING x.id
), seen AS (
	DELETE FROM sluice.seen x
	USING held h, public.sync_state s
	WHERE s.user_id = $1::uuid AND s.integration_id = h.id
		AND x.user_id = $1::uuid AND x.stream_id = s.id
	RETURNING x.source_id
), counted AS (
	SELECT (SELECT count(*) FROM items) AS items,
		(SELECT count(*) FROM logs) AS logs,
		(SELECT count(*) FROM seen) AS seen
)
SELECT jsonb_build_object('public.sync_items', n.items, 'public.sync_logs', n.logs,
		'sluice.seen', n.seen)::text AS counts,
	n.items + n.logs + n.seen AS total
FROM held h, counted n
