-- What a page says of items that are not stored is kept until they are: beside
-- what waits for them already, the newest up to what fits.
-- $1 uuid, $2 uuid, $3 text, $4 text  user, integration, stream kind and key
-- $5 timestamptz  now
-- $6 text[] what the ledger calls the item  $7 text[] what is said, JSON: v (its
-- version), gone (why it was deleted), else a patch
WITH arrived AS MATERIALIZED (
	SELECT i.source_id, i.event::jsonb AS event
	FROM unnest($6::text[], $7::text[]) AS i (source_id, event)
	WHERE i.source_id <> '' AND octet_length(i.source_id) <= 1100
), held AS MATERIALIZED (
	SELECT i.source_id, e.event
	FROM (SELECT DISTINCT n.source_id FROM arrived n) i
	CROSS JOIN LATERAL (
		SELECT x.raw
		FROM public.sync_items x
		WHERE x.user_id = $1::uuid AND x.integration_id = $2::uuid
			AND x.stream_kind = $3::text AND x.stream_key = $4::text
			AND x.source_id = i.source_id AND x.reason = 'not-stored'
		OFFSET 0
	) q
	CROSS JOIN LATERAL jsonb_array_elements(
		convert_from(q.raw, 'UTF8')::jsonb) AS e (event)
), told AS MATERIALIZED (
	SELECT n.source_id, n.event, (n.event ->> 'v')::bigint AS version,
		sum(octet_length(n.event::text) + 2) OVER (PARTITION BY n.source_id
			ORDER BY n.event ? 'gone' DESC, (n.event ->> 'v')::bigint DESC,
				n.event) AS size
	FROM (
		SELECT a.source_id, a.event FROM arrived a
		UNION
		SELECT h.source_id, h.event FROM held h
	) n
), kept AS MATERIALIZED (
	SELECT t.source_id, max(t.version) AS version,
		convert_to(jsonb_agg(t.event ORDER BY t.version, t.event)
			FILTER (WHERE t.size <= 65000)::text, 'UTF8') AS raw
	FROM told t
	GROUP BY t.source_id
)
INSERT INTO public.sync_items AS q (user_id, integration_id, stream_kind,
	stream_key, source_id, state, reason, source_version, raw, raw_bytes,
	seen_at)
SELECT $1::uuid, $2::uuid, $3::text, $4::text, k.source_id, 'filtered',
	'not-stored', k.version, k.raw, octet_length(k.raw), $5::timestamptz
FROM kept k
ORDER BY k.source_id
ON CONFLICT (user_id, integration_id, stream_kind, stream_key, source_id)
DO UPDATE
SET state = 'filtered', reason = excluded.reason, detail = NULL, class = NULL,
	source_version = excluded.source_version, map_version = NULL,
	raw = excluded.raw, raw_bytes = excluded.raw_bytes, attempts = 1,
	next_try_at = NULL, seen_at = excluded.seen_at
