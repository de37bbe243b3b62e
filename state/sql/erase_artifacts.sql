-- A chunk of an account's artifacts goes, and what hangs on them.
-- $1 uuid, $2 uuid  user, integration
-- $3 bigint         artifacts at most
-- Result: counts (JSON, by table), total. No row: the account is connected
-- again, or gone.
WITH held AS MATERIALIZED (
	SELECT i.id
	FROM public.user_integrations i
	WHERE i.user_id = $1::uuid AND i.id = $2::uuid
		AND i.status IN ('disconnected', 'archive')
	FOR UPDATE
), chunk AS MATERIALIZED (
	SELECT a.id
	FROM held h, public.artifacts a
	WHERE a.user_id = $1::uuid AND a.integration_id = h.id
	ORDER BY a.id
	LIMIT $3::bigint
), counted AS MATERIALIZED (
	SELECT jsonb_build_object(
		'public.artifacts', (SELECT count(*) FROM chunk),
		'public.artifact_participants', (
			SELECT count(*) FROM chunk c
			JOIN public.artifact_participants x
				ON x.user_id = $1::uuid AND x.artifact_id = c.id),
		'public.artifact_aliases', (
			SELECT count(*) FROM chunk c
			JOIN public.artifact_aliases x
				ON x.user_id = $1::uuid AND x.artifact_id = c.id),
		'public.calendar_series', (
			SELECT count(*) FROM chunk c
			JOIN public.calendar_series x
				ON x.user_id = $1::uuid AND x.artifact_id = c.id),
		'public.calendar_occurrences', (
			SELECT count(*) FROM chunk c
			JOIN public.calendar_occurrences x
				ON x.user_id = $1::uuid AND x.artifact_id = c.id)) AS counts
), gone AS (
	DELETE FROM public.artifacts a
	WHERE a.user_id = $1::uuid AND a.id = ANY (ARRAY (SELECT c.id FROM chunk c))
		AND EXISTS (SELECT FROM counted)
)
SELECT n.counts::text AS counts, (SELECT count(*) FROM chunk) AS total
FROM held h, counted n
