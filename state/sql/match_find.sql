-- Which stored items may the records of a page be?
-- $1 uuid, $2 uuid, $3 text  user, integration, stream key
-- arrays, one element a question, in the order in which answers count:
-- $4 integer[] record        $5 text[] how: source, alias, moment
-- $6 text[] kind of alias    $7 text[] source_id, alias or thread
-- $8 timestamptz[] moment
-- $9 uuid, $10 integer  stream and generation of the walk; NULL = it is none
-- Result, in the order of id: nth (question, 1-based), record, id, source_id,
-- source_version, deleted, emptied (a tombstone without content), incomplete
-- (its participants are), keyed (a record that knew more gave it a key), named
-- (it has an alias that a provider gave), seen (this walk has shown it), sender
-- (normalised; when one is there)
WITH question AS MATERIALIZED (
	SELECT q.*
	FROM unnest($4::integer[], $5::text[], $6::text[], $7::text[],
		$8::timestamptz[])
		WITH ORDINALITY AS q (record, how, kind, value, at, nth)
), hit AS MATERIALIZED (
	SELECT q.nth, q.record, a.id
	FROM question q
	CROSS JOIN LATERAL (
		SELECT x.id
		FROM public.artifacts x
		WHERE x.user_id = $1::uuid AND x.integration_id = $2::uuid
			AND x.stream_key = $3::text AND x.source_id = q.value
		OFFSET 0
	) a
	WHERE q.how = 'source'
	UNION ALL
	SELECT q.nth, q.record, a.artifact_id
	FROM question q
	CROSS JOIN LATERAL (
		SELECT x.artifact_id
		FROM public.artifact_aliases x
		WHERE x.user_id = $1::uuid AND x.alias_kind = q.kind
			AND x.alias = q.value
		OFFSET 0
	) a
	WHERE q.how = 'alias'
	UNION ALL
	SELECT q.nth, q.record, a.id
	FROM question q
	CROSS JOIN LATERAL (
		SELECT x.id
		FROM public.artifacts x
		WHERE x.user_id = $1::uuid AND x.thread_id = q.value
			AND x.occurred_at = q.at
		OFFSET 0
	) a
	WHERE q.how = 'moment'
)
SELECT h.nth, h.record, h.id, a.source_id, a.source_version, a.deleted,
	a.emptied, a.participants_incomplete AS incomplete, n.keyed, n.named,
	EXISTS (
		SELECT FROM sluice.seen x
		WHERE x.user_id = $1::uuid AND x.stream_id = $9::uuid
			AND x.generation = $10::integer
			AND x.source_id = a.source_id) AS seen,
	p.sender
FROM hit h
CROSS JOIN LATERAL (
	SELECT x.source_id, x.source_version, x.deleted_at IS NOT NULL AS deleted,
		x.map_version < 0 AS emptied, x.participants_incomplete
	FROM public.artifacts x
	WHERE x.user_id = $1::uuid AND x.id = h.id
		AND x.integration_id = $2::uuid AND x.stream_key = $3::text
	OFFSET 0
) a
CROSS JOIN LATERAL (
	SELECT coalesce(bool_or(x.alias_kind = 'key'), false) AS keyed,
		coalesce(bool_or(x.alias_kind NOT IN ('key', 'weak')), false) AS named
	FROM public.artifact_aliases x
	WHERE x.user_id = $1::uuid AND x.artifact_id = h.id
	OFFSET 0
) n
CROSS JOIN LATERAL (
	-- no condition of another index: without statistics one is as good
	SELECT CASE WHEN count(*) FILTER (WHERE s.sends) = 1
			THEN min(s.value_norm) FILTER (WHERE s.sends) END AS sender
	FROM (
		SELECT x.value_norm, x.role = 'from' AND x.kind = 'handle' AS sends
		FROM public.artifact_participants x
		WHERE x.user_id = $1::uuid AND x.artifact_id = h.id
		OFFSET 0
	) s
) p
ORDER BY h.id, h.nth
