-- Quarantined items whose time has come, or whose mapping has changed: wanted of
-- their streams. What is known by its hash alone cannot be asked for.
-- $1 uuid, $2 uuid  user, integration
-- $3 text[] stream kind  $4 integer[] its map version
-- $5 integer        most items of one stream
-- Result: id (of the stream), list (what is wanted, as in pending)
SELECT n.id, jsonb_agg(jsonb_build_object('id', n.source_id)
	ORDER BY n.nth) AS list
FROM (
	SELECT t.id, q.source_id, row_number() OVER (PARTITION BY t.id
		ORDER BY q.next_try_at, q.seen_at, q.source_id) AS nth
	FROM public.sync_items q
	JOIN unnest($3::text[], $4::integer[]) AS k (kind, map_version)
		ON k.kind = q.stream_kind
	JOIN public.sync_state t ON t.user_id = q.user_id
		AND t.integration_id = q.integration_id
		AND t.kind = q.stream_kind AND t.key = q.stream_key
	WHERE q.user_id = $1::uuid AND q.integration_id = $2::uuid
		AND q.state = 'quarantined'
		AND (q.next_try_at <= sluice.clock()
			OR q.next_try_at > sluice.clock() + interval '2 days' -- as a clock ahead said
			OR (q.class = 'malformed' AND q.map_version < k.map_version))
		AND q.source_id NOT LIKE 'sha256:%'
		AND t.state IN ('walking', 'live') AND t.enabled
		AND NOT coalesce(t.pending, '[]') @> jsonb_build_array(
			jsonb_build_object('id', q.source_id))
) n
WHERE n.nth <= $5::integer
GROUP BY n.id
