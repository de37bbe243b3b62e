-- Note items that were left out on purpose.
-- $1 uuid, $2 uuid, $3 text, $4 text  user, integration, stream kind and key
-- $5 timestamptz  now
-- $6 text[] source_id  $7 text[] reason
WITH elsewhere AS (
	-- noted by a stream of another kind that holds the same items
	DELETE FROM public.sync_items q
	WHERE q.user_id = $1::uuid AND q.id = ANY (ARRAY (
		SELECT n.id
		FROM unnest($6::text[]) AS i (source_id)
		CROSS JOIN LATERAL (
			SELECT x.id
			FROM public.sync_items x
			WHERE x.user_id = $1::uuid AND x.integration_id = $2::uuid
				AND x.stream_key = $4::text AND x.source_id = i.source_id
				AND x.stream_kind <> $3::text
			OFFSET 0
		) n))
)
INSERT INTO public.sync_items AS q (user_id, integration_id, stream_kind,
	stream_key, source_id, state, reason, seen_at)
SELECT DISTINCT ON (i.source_id) $1::uuid, $2::uuid, $3::text, $4::text,
	i.source_id, 'filtered', i.reason, $5::timestamptz
FROM unnest($6::text[], $7::text[]) AS i (source_id, reason)
WHERE i.source_id <> '' AND octet_length(i.source_id) <= 1100
ORDER BY i.source_id
ON CONFLICT (user_id, integration_id, stream_kind, stream_key, source_id)
DO UPDATE
SET state = 'filtered', reason = excluded.reason, detail = NULL, class = NULL,
	source_version = NULL, map_version = NULL, raw = NULL, raw_bytes = NULL,
	attempts = 1, next_try_at = NULL, seen_at = excluded.seen_at
WHERE q.state <> 'filtered' OR q.reason <> excluded.reason
	OR q.seen_at < excluded.seen_at - interval '1 day'
