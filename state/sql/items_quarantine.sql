-- Keep items that could not be stored, with what is known of them.
-- $1 uuid, $2 uuid, $3 text, $4 text  user, integration, stream kind and key
-- $5 timestamptz  now
-- $6 integer      map version
-- $7 text[] source_id; NULL = the hash of the raw item  $8 bigint[] version
-- $9 text[] detail, one line  $10 bytea[] raw item, cut
-- $11 bigint[] whole length of it
INSERT INTO public.sync_items AS q (user_id, integration_id, stream_kind,
	stream_key, source_id, state, reason, detail, class, source_version,
	map_version, raw, raw_bytes, seen_at)
SELECT DISTINCT ON (n.source_id) $1::uuid, $2::uuid, $3::text, $4::text,
	n.source_id, 'quarantined', 'malformed', i.detail, 'malformed',
	i.source_version, $6::integer, i.raw, i.raw_bytes, $5::timestamptz
FROM unnest($7::text[], $8::bigint[], $9::text[], $10::bytea[], $11::bigint[])
	AS i (source_id, source_version, detail, raw, raw_bytes)
CROSS JOIN LATERAL (
	SELECT CASE WHEN i.source_id <> '' AND octet_length(i.source_id) <= 1100
		THEN i.source_id
		ELSE 'sha256:' || encode(sha256(coalesce(i.raw,
			convert_to(coalesce(i.source_id, ''), 'UTF8'))), 'hex')
	END AS source_id
) n
ORDER BY n.source_id, i.source_version DESC
ON CONFLICT (user_id, integration_id, stream_kind, stream_key, source_id)
DO UPDATE
SET state = 'quarantined', reason = excluded.reason, detail = excluded.detail,
	class = excluded.class, source_version = excluded.source_version,
	map_version = excluded.map_version, raw = excluded.raw,
	raw_bytes = excluded.raw_bytes, next_try_at = NULL,
	attempts = CASE WHEN q.state = 'quarantined' THEN q.attempts + 1
		ELSE 1 END,
	seen_at = excluded.seen_at
