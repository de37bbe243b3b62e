-- Does the run still hold its lease? Nobody can take it until we commit.
-- $1 uuid     user
-- $2 uuid     integration
-- $3 bigint   fence
-- $4 uuid     stream
-- $5 boolean  a walk starts now
-- $6 text     stream key of artifacts
-- Result: xid, had_rows (rows were there when the walk started). No row: lost.
WITH held AS MATERIALIZED (
	SELECT c.fence
	FROM sluice.schedule c
	WHERE c.integration_id = $2::uuid AND c.user_id = $1::uuid
		AND c.fence = $3::bigint
	FOR SHARE
)
SELECT pg_current_xact_id()::text AS xid,
	CASE WHEN $5::boolean THEN EXISTS (
		SELECT FROM public.artifacts a
		WHERE a.user_id = $1::uuid AND a.integration_id = $2::uuid
			AND a.stream_key = $6::text)
	ELSE s.walk_had_rows END AS had_rows
FROM held, public.sync_state s
WHERE s.id = $4::uuid AND s.user_id = $1::uuid
