-- The streams that hold the items of one key, locked in an order that all keep;
-- under the fence.
-- $1 uuid, $2 uuid, $3 text  user, integration, stream key
-- Result: id, generation, pending, counts (what exists must not be swept),
-- busy (it may be reading items)
SELECT s.id, s.generation, s.pending,
	(s.state = 'walking' AND s.walk_had_rows) OR s.sweep_state <> 'none'
		AS counts,
	s.state = 'walking' OR s.pending IS NOT NULL AS busy
FROM public.sync_state s
WHERE s.user_id = $1::uuid AND s.integration_id = $2::uuid
	AND s.key = $3::text AND s.state <> 'closed'
ORDER BY s.id
FOR NO KEY UPDATE
