-- Streams, and how complete each is.
-- $1 uuid  user, or NULL for all
-- $2 text  connector, or NULL for all
-- Result: see struct sl_coverage_row
SELECT c.stream_id, c.user_id, c.integration_id, c.provider AS connector,
	c.account, c.kind, c.key, c.title, c.state, c.enabled, c.complete,
	coalesce(c.complete_from = '-infinity', false) AS unbounded,
	CASE WHEN isfinite(c.complete_from) THEN c.complete_from END AS complete_from,
	c.complete_to, c.gaps, c.listed, c.estimate, c.pending, c.checked_at,
	CASE WHEN c.state = 'walking' THEN c.walk_started_at END AS walking_since,
	w.worked_ms AS walk_ms
FROM public.sync_coverage c
LEFT JOIN LATERAL (
	-- the account's runs since the walk began, without the rests between
	SELECT sum(CASE l.status
		WHEN 'running' THEN extract(epoch FROM sluice.clock()
			- greatest(l.started_at, c.walk_started_at)) * 1000
		ELSE least(l.duration_ms, extract(epoch FROM l.finished_at
			- c.walk_started_at) * 1000) END)::bigint AS worked_ms
	FROM public.sync_logs l
	WHERE c.state = 'walking' AND l.user_id = c.user_id
		AND l.integration_id = c.integration_id
		AND l.started_at > c.walk_started_at - interval '7 days'
		AND coalesce(l.finished_at, 'infinity') > c.walk_started_at
) w ON true
WHERE ($1::uuid IS NULL OR c.user_id = $1::uuid)
	AND ($2::text IS NULL OR c.provider = $2::text)
ORDER BY c.account, c.provider, c.integration_id, c.kind, c.state = 'closed',
	c.enabled DESC, c.title, c.key
