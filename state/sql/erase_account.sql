-- The account itself, with its streams and its place in the schedule.
-- $1 uuid, $2 uuid  user, integration
-- Result: counts (JSON, by table). No row: it is connected again, or gone.
WITH held AS MATERIALIZED (
	SELECT i.id
	FROM public.user_integrations i
	WHERE i.user_id = $1::uuid AND i.id = $2::uuid
		AND i.status IN ('disconnected', 'archive')
	FOR UPDATE
), counted AS MATERIALIZED (
	SELECT jsonb_build_object(
		'public.user_integrations', 1,
		'public.sync_state', (
			SELECT count(*) FROM public.sync_state s
			WHERE s.user_id = $1::uuid AND s.integration_id = h.id),
		'sluice.schedule', (
			SELECT count(*) FROM sluice.schedule s
			WHERE s.user_id = $1::uuid AND s.integration_id = h.id),
		'sluice.people_judged', (
			SELECT count(*) FROM sluice.people_judged s
			WHERE s.user_id = $1::uuid AND s.integration_id = h.id)) AS counts
	FROM held h
), gone AS (
	DELETE FROM public.user_integrations i
	USING counted n, held h
	WHERE i.user_id = $1::uuid AND i.id = h.id
)
SELECT n.counts::text AS counts FROM counted n
