-- Integrations and how they are.
-- $1 uuid  user, or NULL for all
-- $2 text  connector, or NULL for all
-- Result: see struct sl_status_row
SELECT i.id AS integration_id, i.user_id, i.provider AS connector, i.account,
	i.status, i.status_reason AS reason,
	(SELECT max(coalesce(l.finished_at, l.started_at)) FROM public.sync_logs l
	WHERE l.user_id = i.user_id AND l.integration_id = i.id
		AND l.status = 'ok') AS last_success_at,
	-- its changes, or a slice of its walks
	CASE WHEN h.enabled THEN greatest(least(h.next_run_at, h.backfill_at),
		h.not_before, h.created_at) END AS next_run_at,
	CASE WHEN h.enabled AND h.backfill_at IS NOT NULL
		THEN greatest(h.backfill_at, h.created_at) END AS backfill_at,
	coalesce(h.lease_until > sluice.clock(), false) AS running,
	CASE WHEN h.resync_no > h.resync_done_no
		THEN coalesce(h.resync_requested_at, h.updated_at)
	END AS resync_asked_at,
	coalesce(h.accept_deletions, false) AS accept_deletions,
	i.sync_interval_s AS interval_s, h.parked_at IS NOT NULL AS parked,
	i.user_id IN (SELECT r.id FROM sluice.resting_users() AS r (id)) AS user_rests,
	coalesce((SELECT x.purpose FROM sluice.grants x
		WHERE x.user_id = i.user_id AND x.id = i.grant_id), i.provider) AS consent,
	(extract(epoch FROM sluice.clock() - coalesce(i.connected_at, i.created_at))
		* 1000000)::bigint AS connected_age_us,
	(extract(epoch FROM least(
		sluice.clock() - (SELECT max(coalesce(l.finished_at, l.started_at))
			FROM public.sync_logs l
			WHERE l.user_id = i.user_id AND l.integration_id = i.id
				AND l.status = 'ok'),
		-- a long run that goes on storing
		now() - (SELECT l.updated_at FROM public.sync_logs l
			WHERE l.id = h.run_id AND l.user_id = i.user_id
				AND l.status = 'running'
				AND h.lease_until > sluice.clock())))
		* 1000000)::bigint AS fresh_age_us,
	-- since any run began or ended
	(extract(epoch FROM sluice.clock() - (
		SELECT max(coalesce(l.finished_at, l.started_at)) FROM public.sync_logs l
		WHERE l.user_id = i.user_id AND l.integration_id = i.id))
		* 1000000)::bigint AS run_age_us,
	s.walk_age_us,
	CASE WHEN h.not_before > sluice.clock() THEN h.not_before END AS deadline_at,
	coalesce(h.solo, false) AS solo,
	coalesce(s.streams, 0) AS streams,
	coalesce(s.enabled, 0) AS streams_enabled,
	coalesce(s.walking, 0) AS streams_walking,
	coalesce(s.waiting, 0) AS streams_waiting,
	coalesce(s.pending_deletions, 0) AS pending_deletions,
	coalesce(m.quarantined, 0) AS quarantined,
	coalesce(m.lately, 0) AS quarantined_lately,
	coalesce(m.filtered, 0) + coalesce(s.filtered_before, 0) AS filtered,
	i.last_error_class AS error_class, i.last_error_scope AS error_scope,
	i.last_error_text AS error_text, i.last_error_at AS error_at,
	i.connected_at, g.purpose, g.access_expires_at, g.refresh_expires_at,
	g.refreshed_at, EXISTS (SELECT FROM sluice.user_secrets u
		WHERE u.user_id = g.user_id AND u.grant_id = g.id
			AND u.purpose = 'refresh_token') AS renewable,
	(SELECT jsonb_object_agg(k.kind, k.checked_us)
	FROM (SELECT t.kind, (extract(epoch FROM min(t.checked_at))
			* 1000000)::bigint AS checked_us
		FROM public.sync_state t
		WHERE t.user_id = i.user_id AND t.integration_id = i.id
			AND t.enabled AND t.state <> 'closed'
		GROUP BY t.kind) k WHERE k.checked_us IS NOT NULL) AS checked
FROM public.user_integrations i
LEFT JOIN sluice.schedule h ON h.integration_id = i.id
LEFT JOIN sluice.grants g ON g.user_id = i.user_id AND g.id = i.grant_id
	AND g.status = 'active'
LEFT JOIN LATERAL (
	SELECT count(*) AS streams,
		count(*) FILTER (WHERE t.enabled) AS enabled,
		count(*) FILTER (WHERE t.enabled
			AND t.state IN ('new', 'walking')) AS walking,
		count(*) FILTER (WHERE t.enabled AND t.state = 'walking'
			AND t.shown ->> 'waiting' IS NOT NULL) AS waiting,
		sum(t.pending_deletions) AS pending_deletions,
		sum((SELECT sum(n.value::bigint)
			FROM jsonb_each_text(t.filtered_before) n)) AS filtered_before,
		(extract(epoch FROM now() - min(t.updated_at) FILTER (WHERE t.enabled
			AND t.state = 'walking' AND t.shown ->> 'waiting' IS NULL))
			* 1000000)::bigint AS walk_age_us
	FROM public.sync_state t
	WHERE t.user_id = i.user_id AND t.integration_id = i.id
		AND t.state <> 'closed'
) s ON true
LEFT JOIN LATERAL (
	SELECT count(*) FILTER (WHERE t.state = 'quarantined') AS quarantined,
		count(*) FILTER (WHERE t.state = 'quarantined'
			AND t.created_at > now() - interval '1 day') AS lately,
		count(*) FILTER (WHERE t.state = 'filtered') AS filtered
	FROM public.sync_items t
	WHERE t.user_id = i.user_id AND t.integration_id = i.id
) m ON true
WHERE ($1::uuid IS NULL OR i.user_id = $1::uuid)
	AND ($2::text IS NULL OR i.provider = $2)
ORDER BY i.account, i.provider, i.id
