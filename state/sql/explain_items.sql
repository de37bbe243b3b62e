-- What is stored under an id: the rows, what became of them, who took part and
-- which runs wrote them. Never contents.
-- $1 uuid    user
-- $2 text    as asked: the provider's id, an id across accounts, an alias
-- $3 uuid    the same as an artifact's id, or NULL
-- $4 text    the provider's id of the series, if $2 may name an instance
-- $5 bigint  how many at most
-- $6 timestamptz  slot of that instance
-- $7 text[]  which kind of stream brings which type, as CONNECTOR/TYPE/KIND
-- Result: doc (JSON), total (rows that match); series before their exceptions
WITH hit AS (
	SELECT h.id, min(h.rank) AS rank
	FROM (
		SELECT a.id, 1 AS rank
		FROM public.artifacts a
		WHERE a.user_id = $1::uuid AND a.id = $3::uuid
		UNION ALL
		SELECT a.id, 2
		FROM public.artifacts a
		WHERE a.user_id = $1::uuid AND a.source_id = $2::text
		UNION ALL
		SELECT a.id, 3
		FROM public.artifacts a
		WHERE a.user_id = $1::uuid AND a.external_uid = $2::text
		UNION ALL
		SELECT l.artifact_id, 4
		FROM public.artifact_aliases l
		WHERE l.user_id = $1::uuid AND l.alias = $2::text
		UNION ALL
		SELECT a.id, 5
		FROM public.artifacts a
		WHERE a.user_id = $1::uuid AND a.source_id = $4::text
			AND a.parent_source_id IS NULL
			AND NOT EXISTS (
				SELECT FROM public.artifacts x
				WHERE x.user_id = $1::uuid
					AND x.integration_id = a.integration_id
					AND x.stream_key = a.stream_key
					AND x.source_id = $2::text)
	) h
	GROUP BY h.id
), chosen AS (
	SELECT h.rank, count(*) OVER () AS total, a.*
	FROM hit h
	JOIN public.artifacts a ON a.user_id = $1::uuid AND a.id = h.id
	ORDER BY h.rank, a.parent_source_id IS NOT NULL,
		coalesce(a.original_start_at, a.occurred_at), a.id
	LIMIT $5::bigint
)
SELECT c.total, jsonb_build_object(
	'id', c.id,
	'matched_by', CASE c.rank WHEN 1 THEN 'id' WHEN 2 THEN 'source_id'
		WHEN 3 THEN 'external_uid' WHEN 4 THEN 'alias' ELSE 'instance' END,
	'provider', i.provider,
	'account', i.account,
	'account_status', i.status,
	'settings', i.settings,
	'stream', jsonb_build_object('kind', s.kind, 'key', c.stream_key,
		'title', s.title, 'state', s.state, 'enabled', s.enabled,
		'disabled_reason', s.disabled_reason, 'checked_at', s.checked_at),
	'type', c.type,
	'source_id', c.source_id,
	'external_uid', c.external_uid,
	'aliases', (
		SELECT coalesce(jsonb_agg(x.alias ORDER BY x.alias), '[]')
		FROM public.artifact_aliases x
		WHERE x.user_id = $1::uuid AND x.artifact_id = c.id
			AND x.alias_kind NOT IN ('key', 'weak')),
	'state', CASE WHEN c.deleted_at IS NULL THEN 'stored'
		ELSE 'tombstoned' END,
	'deleted_at', c.deleted_at,
	'deleted_reason', c.deleted_reason,
	'held_back', c.deleted_at IS NULL AND s.sweep_state = 'held'
		AND (s.scope_from IS NULL OR c.reach_at > s.scope_from)
		AND c.synced_at < s.walk_started_at
		AND NOT EXISTS (
			SELECT FROM sluice.seen x
			WHERE x.user_id = $1::uuid AND x.stream_id = s.id
				AND x.generation = s.generation
				AND x.source_id = c.source_id),
	'title', c.title,
	'occurred_at', c.occurred_at,
	'ends_at', c.ends_at,
	'all_day', c.all_day,
	'start_date', c.start_date,
	'end_date', c.end_date,
	'time_zone', c.time_zone,
	'source_version', c.source_version,
	'map_version', c.map_version,
	'created_at', c.created_at,
	'synced_at', c.synced_at,
	'parsing', c.ai_parsing_status,
	'labels', to_jsonb(c.labels),
	'notes', CASE WHEN jsonb_typeof(c.metadata -> 'notes') = 'array'
		THEN c.metadata -> 'notes' ELSE '[]' END,
	'content_bytes', octet_length(c.content),
	'participants_incomplete', c.participants_incomplete,
	'participants', p.list,
	'series', CASE
		WHEN c.parent_source_id IS NOT NULL THEN jsonb_build_object(
			'role', coalesce(c.metadata ->> 'recurrence_kind', 'exception'),
			'parent_source_id', c.parent_source_id,
			'parent_id', m.id,
			'parent_title', m.title,
			'parent_deleted_at', m.deleted_at,
			'original_start_at', c.original_start_at,
			'original_start_date', c.original_start_date)
		WHEN e.list IS NOT NULL OR g.artifact_id IS NOT NULL
			OR c.metadata ? 'recurrence'
		THEN jsonb_build_object(
			'role', 'master',
			'rule', c.metadata -> 'recurrence',
			'reach_at', c.reach_at,
			'exceptions', coalesce(e.list, '[]'),
			'expansion', CASE WHEN g.artifact_id IS NOT NULL
				THEN jsonb_build_object(
				'how', g.expansion,
				'reason', g.reason,
				'occurrences', g.occurrences,
				'cut', g.cut,
				'window_from_at', g.expanded_from,
				'window_to_at', g.expanded_to,
				'zones_version', g.zones_version,
				'next_at', (
					SELECT min(o.starts_at)
					FROM public.calendar_occurrences o
					WHERE o.user_id = $1::uuid
						AND o.artifact_id = c.id
						AND o.starts_at > sluice.clock())) END,
			'asked', CASE WHEN c.rank = 5 THEN jsonb_build_object(
				'slot_at', $6::timestamptz,
				'is_instance', EXISTS (
					SELECT FROM public.calendar_occurrences o
					WHERE o.user_id = $1::uuid
						AND o.artifact_id = c.id
						AND o.starts_at = $6::timestamptz),
				'is_in_window', coalesce(
					$6::timestamptz >= g.expanded_from
					AND $6::timestamptz < g.expanded_to,
					false)) END) END,
	'runs', coalesce(r.list, '[]')) AS doc
FROM chosen c
JOIN public.user_integrations i
	ON i.user_id = $1::uuid AND i.id = c.integration_id
LEFT JOIN LATERAL (
	SELECT x.*
	FROM public.sync_state x
	WHERE x.user_id = $1::uuid AND x.integration_id = c.integration_id
		AND x.key = c.stream_key
	ORDER BY i.provider || '/' || c.type || '/' || x.kind = ANY ($7::text[]) DESC,
		x.opened_by IS NULL, x.kind
	LIMIT 1
) s ON true
LEFT JOIN public.calendar_series g
	ON g.user_id = $1::uuid AND g.artifact_id = c.id
LEFT JOIN public.artifacts m ON m.user_id = $1::uuid
	AND m.integration_id = c.integration_id
	AND m.stream_key = c.stream_key AND m.source_id = c.parent_source_id
CROSS JOIN LATERAL (
	SELECT coalesce(jsonb_agg(jsonb_build_object(
		'role', x.role, 'kind', x.kind, 'value', x.value,
		'norm', x.value_norm, 'name', x.name, 'response', x.response,
		'is_person', x.is_person, 'is_self', x.is_self,
		'optional', x.optional,
		'contact_id', coalesce(y.contact_id, z.contact_id))
		ORDER BY x.position), '[]') AS list
	FROM public.artifact_participants x
	LEFT JOIN public.contact_emails y ON y.user_id = $1::uuid
		AND x.kind = 'email' AND y.address_norm = x.value_norm
	LEFT JOIN LATERAL (
		SELECT h.contact_id
		FROM public.contact_handles h
		WHERE h.user_id = $1::uuid AND x.kind = 'handle'
			AND h.value_norm = x.value_norm
		LIMIT 1
	) z ON true
	WHERE x.user_id = $1::uuid AND x.artifact_id = c.id
) p
CROSS JOIN LATERAL (
	SELECT jsonb_agg(jsonb_build_object('id', x.id,
		'source_id', x.source_id,
		'role', coalesce(x.metadata ->> 'recurrence_kind', 'exception'),
		'original_start_at', x.original_start_at,
		'original_start_date', x.original_start_date,
		'occurred_at', x.occurred_at, 'deleted_at', x.deleted_at,
		'deleted_reason', x.deleted_reason)
		ORDER BY x.original_start_at, x.source_id) AS list
	FROM public.artifacts x
	WHERE x.user_id = $1::uuid AND x.integration_id = c.integration_id
		AND x.stream_key = c.stream_key
		AND x.parent_source_id = c.source_id
) e
CROSS JOIN LATERAL (
	SELECT jsonb_agg(jsonb_build_object('id', l.id,
		'trigger', l.trigger, 'mode', l.mode, 'status', l.status,
		'started_at', l.started_at, 'finished_at', l.finished_at,
		'wrote', CASE WHEN l.first AND l.last THEN 'both'
			WHEN l.first THEN 'first' ELSE 'last' END)
		ORDER BY l.started_at) AS list
	FROM (
		SELECT x.*,
			-- the server's clock, as created_at: a run's own, by which it
			-- ends, is some milliseconds behind it
			c.created_at BETWEEN x.created_at AND x.updated_at AS first,
			c.synced_at BETWEEN x.started_at
				AND coalesce(x.finished_at, 'infinity') AS last
		FROM public.sync_logs x
		WHERE x.user_id = $1::uuid
			AND x.integration_id = c.integration_id
			AND x.created + x.updated + x.deleted > 0
	) l
	WHERE l.first OR l.last
) r
ORDER BY c.rank, c.parent_source_id IS NOT NULL,
	coalesce(c.original_start_at, c.occurred_at), c.id
