-- Some old tombstones of an account lose what they were: only that they were,
-- when, and their ids are left. map_version -1 has an item that lives again
-- read anew.
-- $1 uuid, $2 uuid  user, integration
-- $3 bigint         at most
-- Result: emptied
WITH chunk AS MATERIALIZED (
	SELECT a.id
	FROM public.user_integrations i
	JOIN public.artifacts a ON a.user_id = $1::uuid AND a.integration_id = i.id
	WHERE i.user_id = $1::uuid AND i.id = $2::uuid
		AND a.deleted_at IS NOT NULL AND a.map_version >= 0
		AND a.deleted_at < sluice.clock()
			- make_interval(days => sluice.tombstone_days(i.settings))
	ORDER BY a.deleted_at, a.id
	LIMIT $3::bigint
	FOR UPDATE OF a SKIP LOCKED
), people AS (
	DELETE FROM public.artifact_participants p
	WHERE p.user_id = $1::uuid
		AND p.artifact_id = ANY (ARRAY (SELECT c.id FROM chunk c))
), series AS (
	DELETE FROM public.calendar_series s
	WHERE s.user_id = $1::uuid
		AND s.artifact_id = ANY (ARRAY (SELECT c.id FROM chunk c))
), emptied AS (
	UPDATE public.artifacts a
	SET title = NULL, content = NULL, labels = '{}', metadata = '{}',
		participant_count = 0, map_version = -1,
		content_hash = sha256(convert_to('erased ' || a.id, 'UTF8'))
	WHERE a.user_id = $1::uuid
		AND a.id = ANY (ARRAY (SELECT c.id FROM chunk c))
	RETURNING a.id
)
SELECT count(*) AS emptied FROM emptied e
