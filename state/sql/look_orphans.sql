-- Which exceptions would go, or come back, with their series? As
-- artifacts_orphans.
-- $1 uuid, $2 uuid, $3 text  user, integration, stream key
-- $4 text[]                  items that this page would write itself
-- $5 text[]                  series that are gone
-- $6 text[]                  series that live again
-- Result: source_id, title, occurred_at, gone
SELECT a.source_id, a.title, a.occurred_at, a.deleted_at IS NULL AS gone
FROM public.artifacts a
WHERE a.user_id = $1::uuid AND a.integration_id = $2::uuid
	AND a.stream_key = $3::text AND a.source_id <> ALL ($4::text[])
	AND ((a.parent_source_id = ANY ($5::text[]) AND a.deleted_at IS NULL)
		OR (a.parent_source_id = ANY ($6::text[])
			AND a.deleted_reason = 'series-gone'
			AND a.map_version >= 0))
