-- Some of the live rows of a walk's scope that the walk did not see, as far
-- as the database knows what it saw. When a run going on has ended that walk
-- meanwhile, what it saw is forgotten: then none.
-- $1 uuid, $2 uuid, $3 text  user, integration, stream key
-- $4 timestamptz             when the walk started
-- $5 timestamptz             its scope; NULL = unbounded
-- $6 uuid, $7 integer        stream and generation of what it saw; NULL = none
-- $8 text                    behind this source_id
-- $9 bigint                  most rows
-- $10 text, $11 bigint       the type that it listed, as of that version; NULL =
-- all of the key
-- Result, in order: source_id, thread_id, title, occurred_at
SELECT a.source_id, a.thread_id, a.title, a.occurred_at
FROM public.artifacts a
WHERE a.user_id = $1::uuid AND a.integration_id = $2::uuid
	AND a.stream_key = $3::text AND a.source_id > $8::text
	AND a.deleted_at IS NULL
	AND CASE WHEN $10::text IS NULL
		THEN a.synced_at <= $4::timestamptz
			AND ($5::timestamptz IS NULL OR a.reach_at > $5::timestamptz)
		ELSE a.type = $10::text AND a.source_version <= $11::bigint END
	AND ($6::uuid IS NULL OR EXISTS (
		SELECT FROM public.sync_state s
		WHERE s.user_id = $1::uuid AND s.id = $6::uuid
			AND s.generation = $7::integer
			AND (s.state = 'walking' OR s.sweep_state <> 'none')))
	AND NOT EXISTS (
		SELECT FROM sluice.seen n
		WHERE n.user_id = $1::uuid AND n.stream_id = $6::uuid
			AND n.generation = $7::integer AND n.source_id = a.source_id)
ORDER BY a.source_id
LIMIT $9::bigint
