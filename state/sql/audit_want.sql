-- Findings become wanted items of their streams; under the fence. What is
-- stored of them is taken for older than anything, so that what is read again
-- is written whatever the row claims to be. What waits to be read already
-- waits once more, for the next time. A stream that was turned off or closed
-- since is left alone. Where nothing can be read by id, the stream walks anew:
-- one walk mends all that was found there.
-- $1 uuid, $2 uuid  user, integration
-- $3 bigint         most items of one stream
-- $4 text[]         kinds of streams that can only walk
-- Result: wanted, rest (findings that wait for the next time)
WITH found AS MATERIALIZED (
	SELECT s.id, s.key, n.source_id, s.kind = ANY ($4::text[]) AS walks,
		row_number() OVER (PARTITION BY s.id ORDER BY n.source_id) AS nth
	FROM public.sync_state s
	JOIN sluice.audit_items n ON n.user_id = $1::uuid AND n.stream_id = s.id
	WHERE s.user_id = $1::uuid AND s.integration_id = $2::uuid
		AND n.finding IS NOT NULL
		-- nothing is read of others: what waited there would wait for ever
		AND s.enabled AND s.state IN ('walking', 'live')
), chosen AS MATERIALIZED (
	SELECT f.*
	FROM found f
	JOIN public.sync_state t ON t.user_id = $1::uuid AND t.id = f.id
	WHERE f.walks OR (f.nth <= $3::bigint
		AND NOT coalesce(t.pending, '[]') @> jsonb_build_array(
			jsonb_build_object('id', f.source_id)))
), doubted AS (
	UPDATE public.artifacts a
	SET map_version = 0, source_version = 0
	FROM chosen c
	WHERE a.user_id = $1::uuid AND a.integration_id = $2::uuid
		AND a.stream_key = c.key AND a.source_id = c.source_id
), wanted AS (
	UPDATE public.sync_state s
	SET pending = CASE WHEN l.walks THEN s.pending
			ELSE coalesce(s.pending, '[]') || l.list END,
		-- younger than the last walk, older than the next by any clock
		rewalk_at = CASE WHEN l.walks THEN greatest(s.rewalk_at,
				s.walk_started_at + interval '1 microsecond')
			ELSE s.rewalk_at END
	FROM (
		SELECT c.id, c.walks, jsonb_agg(jsonb_build_object('id',
			c.source_id) ORDER BY c.nth) AS list
		FROM chosen c
		GROUP BY c.id, c.walks
	) l
	WHERE s.user_id = $1::uuid AND s.id = l.id
), taken AS (
	DELETE FROM sluice.audit_items n
	USING chosen c
	WHERE n.user_id = $1::uuid AND n.stream_id = c.id
		AND n.source_id = c.source_id
)
SELECT (SELECT count(*) FROM chosen) AS wanted,
	(SELECT count(*) FROM found) - (SELECT count(*) FROM chosen) AS rest
