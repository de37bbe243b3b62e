-- How far a request for a resync is.
-- $1 uuid    user
-- $2 uuid    integration
-- $3 bigint  number of the request
-- $4 uuid    run that was under way when it was made, or NULL
-- $5 uuid    run that had been logged last, or NULL
-- Result: see struct sl_resync_state. No row: the account is gone.
SELECT i.status, c.resync_done_no >= $3::bigint AS done,
	c.parked_at IS NOT NULL AS parked,
	coalesce(c.lease_until > sluice.clock()
		AND c.run_resync_no >= $3::bigint, false) AS running,
	s.walked, s.walking, s.pending_deletions,
	CASE WHEN l.status IN ('failed', 'partial') AND l.finished_at IS NOT NULL
			AND l.id IS DISTINCT FROM $4::uuid AND l.id IS DISTINCT FROM $5::uuid
		THEN coalesce(l.error_text, l.status) END AS failure
FROM public.user_integrations i
JOIN sluice.schedule c ON c.user_id = i.user_id AND c.integration_id = i.id
CROSS JOIN LATERAL (
	SELECT count(*) FILTER (WHERE t.walk_resync_no >= $3::bigint
			AND t.state = 'live') AS walked,
		count(*) FILTER (WHERE t.walk_resync_no >= $3::bigint
			AND t.state = 'walking') AS walking,
		coalesce(sum(t.pending_deletions), 0) AS pending_deletions
	FROM public.sync_state t
	WHERE t.user_id = i.user_id AND t.integration_id = i.id
		AND t.enabled AND t.state <> 'closed'
) s
LEFT JOIN LATERAL (
	SELECT x.id, x.status, x.finished_at, x.error_text
	FROM public.sync_logs x
	WHERE x.user_id = i.user_id AND x.integration_id = i.id
	ORDER BY x.started_at DESC, x.created_at DESC
	LIMIT 1
) l ON true
WHERE i.user_id = $1::uuid AND i.id = $2::uuid
