-- Items that cannot be stored and yet are not in quarantine.
-- $1 uuid, $2 uuid, $3 text  user, integration, stream key
-- $4 text[]  source ids
-- Result: ord (1-based)
SELECT i.ord
FROM unnest($4::text[]) WITH ORDINALITY AS i (source_id, ord)
WHERE NOT EXISTS (
	SELECT FROM public.sync_items q
	WHERE q.user_id = $1::uuid AND q.integration_id = $2::uuid
		AND q.stream_key = $3::text
		AND q.source_id = i.source_id)
