-- The streams of an integration that are not closed.
-- $1 uuid  user
-- $2 uuid  integration
-- Result: the columns of struct sl_stream_row
SELECT s.id, s.kind, s.key, s.title, s.state, s.enabled, s.cursor,
	s.fingerprint, s.pending, s.generation, s.walk_started_at, s.scope_from,
	s.sweep_state, s.resyncs, s.failures, s.not_before
FROM public.sync_state s
WHERE s.user_id = $1::uuid AND s.integration_id = $2::uuid
	AND s.state <> 'closed'
ORDER BY s.opened_generation > 0, s.kind, s.key
