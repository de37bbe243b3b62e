-- Masters of a stream that must be expanded.
-- $1 uuid, $2 uuid, $3 bigint  user, integration, fence
-- $4 uuid                      stream
-- $5 timestamptz               end of the window
-- $6 text                      edition of the zone rules
-- $7 bigint                    most rows
-- $8 timestamptz               now
-- Result: pending (of the stream, in each row), artifact_id (NULL = none is
-- due), source_id, occurred_at, ends_at, all_day, time_zone, recurrence (JSON
-- array). No row: the fence moved.
WITH held AS MATERIALIZED (
	SELECT c.fence
	FROM sluice.schedule c
	WHERE c.integration_id = $2::uuid AND c.user_id = $1::uuid
		AND c.fence = $3::bigint
	FOR SHARE
)
SELECT s.pending, d.artifact_id, d.source_id, d.occurred_at, d.ends_at,
	d.all_day, d.time_zone, d.recurrence
FROM held
JOIN public.sync_state s ON s.user_id = $1::uuid AND s.id = $4::uuid
LEFT JOIN LATERAL (
	SELECT c.artifact_id, a.source_id, a.occurred_at, a.ends_at, a.all_day,
		a.time_zone, array_to_json(c.recurrence) AS recurrence
	FROM public.calendar_series c
	JOIN public.artifacts a ON a.user_id = c.user_id AND a.id = c.artifact_id
	WHERE c.user_id = $1::uuid AND c.integration_id = $2::uuid
		AND c.stream_key = s.key AND c.expansion <> 'gone'
		AND (c.expanded_to IS NULL
			-- of what the provider did not tell: when to ask again
			OR c.expanded_to < CASE WHEN c.expansion = 'unexpanded'
					AND c.expanded_from IS NULL
				THEN $8::timestamptz ELSE $5::timestamptz END
			OR (c.expansion = 'local' AND c.zones_version <> $6::text))
	ORDER BY c.artifact_id
	LIMIT $7::bigint
) d ON true
