-- The streams of an integration that are not closed.
-- $1 uuid  user
-- $2 uuid  integration
-- $3 text  edition of the zone rules
-- Result: the columns of struct sl_stream_row
SELECT s.id, s.kind, s.key, s.title, s.state, s.enabled, s.cursor,
	s.fingerprint, s.pending, s.generation,
	-- A walk that begins in the future began when the clock was ahead: what was
	-- written since is not known, so it is walked anew. Nor is a request younger
	-- than now.
	CASE WHEN s.walk_started_at > sluice.clock() + interval '1 minute'
		THEN sluice.clock() - interval '2 s'
		ELSE s.walk_started_at END AS walk_started_at,
	CASE WHEN s.walk_started_at > sluice.clock() + interval '1 minute'
			OR s.rewalk_at > sluice.clock() + interval '1 minute'
		THEN sluice.clock() - interval '1 s'
		ELSE s.rewalk_at END AS rewalk_at,
	s.walk_resync_no,
	s.scope_from, s.sweep_state, s.resyncs, s.failures,
	CASE WHEN s.not_before <= sluice.clock() + interval '2 days'
		THEN s.not_before END AS not_before,
	s.checked_at,
	EXISTS (
		SELECT
		FROM public.calendar_series c
		WHERE c.user_id = $1::uuid AND c.integration_id = $2::uuid
			AND c.stream_key = s.key AND c.expansion <> 'gone'
			AND (c.expanded_to IS NULL
				-- the window's end: see sl_recur_window_at
				OR (c.expanded_to < (date_trunc('month',
						sluice.clock() AT TIME ZONE 'UTC')
						+ interval '13 months') AT TIME ZONE 'UTC'
					-- as in series_due
					AND (c.expansion <> 'unexpanded'
						OR c.expanded_from IS NOT NULL
						OR c.expanded_to < sluice.clock())))
	) OR EXISTS (
		SELECT
		FROM public.calendar_series c
		WHERE c.user_id = $1::uuid AND c.integration_id = $2::uuid
			AND c.stream_key = s.key AND c.expansion = 'local'
			AND (c.zones_version < $3::text OR c.zones_version > $3::text)
	) AS series_due
FROM public.sync_state s
WHERE s.user_id = $1::uuid AND s.integration_id = $2::uuid
	AND s.state <> 'closed'
ORDER BY s.opened_generation > 0, s.kind, s.key
