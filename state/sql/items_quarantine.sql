-- Keep items that could not be stored, with what is known of them. Transient
-- ones are to be tried again by time: a quarter of an hour later, doubled with
-- each attempt, a day at most.
-- $1 uuid, $2 uuid, $3 text, $4 text  user, integration, stream kind and key
-- $5 timestamptz  now
-- $6 integer      map version
-- $7 text[] source_id; NULL = the hash of the raw item  $8 bigint[] version
-- $9 text[] detail, one line  $10 bytea[] raw item, cut
-- $11 bigint[] whole length of it  $12 boolean[] transient
WITH elsewhere AS (
	-- noted by a stream of another kind that holds the same items
	DELETE FROM public.sync_items q
	WHERE q.user_id = $1::uuid AND q.id = ANY (ARRAY (
		SELECT n.id
		FROM unnest($7::text[]) AS i (source_id)
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
	stream_key, source_id, state, reason, detail, class, source_version,
	map_version, raw, raw_bytes, next_try_at, seen_at)
SELECT DISTINCT ON (n.source_id) $1::uuid, $2::uuid, $3::text, $4::text,
	n.source_id, 'quarantined', n.class, i.detail, n.class,
	i.source_version, $6::integer, i.raw, i.raw_bytes,
	CASE WHEN i.transient THEN $5::timestamptz + interval '15 minutes' END,
	$5::timestamptz
FROM unnest($7::text[], $8::bigint[], $9::text[], $10::bytea[], $11::bigint[],
	$12::boolean[])
	AS i (source_id, source_version, detail, raw, raw_bytes, transient)
CROSS JOIN LATERAL (
	SELECT CASE WHEN i.source_id <> '' AND octet_length(i.source_id) <= 1100
		THEN i.source_id
		ELSE 'sha256:' || encode(sha256(coalesce(i.raw,
			convert_to(coalesce(i.source_id, ''), 'UTF8'))), 'hex')
	END AS source_id,
	CASE WHEN i.transient THEN 'transient' ELSE 'malformed' END AS class
) n
ORDER BY n.source_id, i.source_version DESC
ON CONFLICT (user_id, integration_id, stream_kind, stream_key, source_id)
DO UPDATE
SET state = 'quarantined', reason = excluded.reason, detail = excluded.detail,
	class = excluded.class, source_version = excluded.source_version,
	map_version = excluded.map_version, raw = coalesce(excluded.raw, q.raw),
	raw_bytes = CASE WHEN excluded.raw IS NULL THEN q.raw_bytes
		ELSE excluded.raw_bytes END,
	next_try_at = CASE
		WHEN excluded.class <> 'transient' THEN NULL
		WHEN q.state = 'quarantined' THEN $5::timestamptz + least(interval '1 day',
			interval '15 minutes' * 2 ^ least(q.attempts, 10))
		ELSE excluded.next_try_at END,
	attempts = CASE WHEN q.state = 'quarantined' THEN q.attempts + 1
		ELSE 1 END,
	seen_at = excluded.seen_at
