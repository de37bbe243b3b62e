-- Where sweeping a stream stands; locks its row.
-- $1 uuid, $2 uuid, $3 bigint  user, integration, fence
-- $4 uuid                      stream
-- $5 text                      stream key of artifacts; NULL = the stream's own
-- Result: sweep_state, generation, pending, pending_deletions, samples_live
-- (samples that are still there), outdated (a newer listing of what it listed is
-- complete). No row: the fence moved.
WITH held AS MATERIALIZED (
	SELECT c.fence
	FROM sluice.schedule c
	WHERE c.integration_id = $2::uuid AND c.user_id = $1::uuid
		AND c.fence = $3::bigint
	FOR SHARE
)
SELECT s.sweep_state, s.generation, s.pending, s.pending_deletions,
	(SELECT count(*)
		FROM unnest(s.sweep_samples) AS x (source_id)
		JOIN public.artifacts a ON a.user_id = $1::uuid
			AND a.integration_id = $2::uuid AND a.stream_key = coalesce($5::text, s.key)
			AND a.source_id = x.source_id
		WHERE a.deleted_at IS NULL) AS samples_live,
	EXISTS (
		SELECT FROM public.sync_state n
		WHERE n.user_id = $1::uuid AND n.integration_id = $2::uuid
			AND n.listed_type = s.listed_type
			AND n.listed_version > s.listed_version) AS outdated
FROM public.sync_state s
WHERE s.id = $4::uuid AND s.user_id = $1::uuid
	AND EXISTS (SELECT FROM held)
FOR UPDATE OF s
