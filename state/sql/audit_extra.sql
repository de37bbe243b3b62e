-- Some of the live rows of a walk's scope that the audit has not met; they
-- count as met from now on.
-- $1 uuid, $2 uuid, $3 uuid  user, integration, stream
-- $4 timestamptz             the walk's scope; NULL = unbounded
-- $5 bigint                  most rows
-- $6 text, $7 bigint         the type that it listed, as of that version; NULL =
-- all of the key
-- Result: source_id, title, occurred_at, held (its deletion is held back)
WITH extra AS MATERIALIZED (
	SELECT a.source_id, a.title, a.occurred_at,
		s.sweep_state = 'held' AS held
	FROM public.sync_state s
	JOIN public.artifacts a ON a.user_id = $1::uuid
		AND a.integration_id = $2::uuid AND a.stream_key = s.key
		AND a.deleted_at IS NULL
		AND ($4::timestamptz IS NULL OR a.reach_at > $4::timestamptz)
		AND ($6::text IS NULL OR (a.type = $6::text
			AND a.source_version <= $7::bigint))
	WHERE s.id = $3::uuid AND s.user_id = $1::uuid
		AND NOT EXISTS (
			SELECT FROM sluice.audit_items n
			WHERE n.user_id = $1::uuid AND n.stream_id = s.id
				AND n.source_id = a.source_id)
	ORDER BY a.source_id
	LIMIT $5::bigint
), met AS (
	INSERT INTO sluice.audit_items (user_id, stream_id, source_id, finding)
	SELECT $1::uuid, $3::uuid, x.source_id, 'extra'
	FROM extra x
)
SELECT x.source_id, x.title, x.occurred_at, x.held FROM extra x
