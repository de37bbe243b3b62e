-- Stored items by an alias each.
-- $1 uuid, $2 uuid, $3 text  user, integration, stream key
-- $4 text[] kind  $5 text[] alias
-- Result: ord (1-based), source_id, thread_id, occurred_at
SELECT i.ord, a.source_id, a.thread_id, a.occurred_at
FROM unnest($4::text[], $5::text[]) WITH ORDINALITY AS i (kind, alias, ord)
CROSS JOIN LATERAL (
	SELECT x.artifact_id
	FROM public.artifact_aliases x
	WHERE x.user_id = $1::uuid AND x.alias_kind = i.kind AND x.alias = i.alias
	OFFSET 0
) l
CROSS JOIN LATERAL (
	SELECT x.source_id, x.thread_id, x.occurred_at
	FROM public.artifacts x
	WHERE x.user_id = $1::uuid AND x.id = l.artifact_id
		AND x.integration_id = $2::uuid AND x.stream_key = $3::text
	OFFSET 0
) a
