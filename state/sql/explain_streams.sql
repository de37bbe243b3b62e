-- Streams of a user: those that an id names, and those where it waits.
-- $1 uuid  user
-- $2 text  a stream's key, or an item that a listing named
-- $3 uuid  the same as the stream's id, or NULL
-- Result: doc (JSON)
SELECT jsonb_build_object(
	'id', s.id,
	'matched_by', CASE WHEN s.id = $3::uuid THEN 'id'
		WHEN s.key = $2::text THEN 'key' ELSE 'pending' END,
	'provider', i.provider,
	'account', i.account,
	'account_status', i.status,
	'kind', s.kind,
	'key', s.key,
	'title', s.title,
	'state', s.state,
	'enabled', s.enabled,
	'chosen', s.enabled_choice IS NOT NULL,
	'disabled_reason', s.disabled_reason,
	'opened_at', s.created_at,
	'switched_at', s.switched_at,
	'walked_at', s.walked_at,
	'checked_at', s.checked_at,
	'changed_at', s.changed_at,
	'coverage_from', s.coverage_from,
	'not_before_at', s.not_before,
	'pending', coalesce(jsonb_array_length(s.pending), 0),
	'pending_deletions', s.pending_deletions,
	'failures', s.failures,
	'error', s.last_error_text,
	'error_at', s.last_error_at,
	'stored', n.live,
	'tombstoned', n.dead,
	'filtered', q.filtered,
	'quarantined', q.quarantined) AS doc
FROM public.sync_state s
JOIN public.user_integrations i
	ON i.user_id = $1::uuid AND i.id = s.integration_id
CROSS JOIN LATERAL (
	SELECT count(*) FILTER (WHERE a.deleted_at IS NULL) AS live,
		count(*) FILTER (WHERE a.deleted_at IS NOT NULL) AS dead
	FROM public.artifacts a
	WHERE a.user_id = $1::uuid AND a.integration_id = s.integration_id
		AND a.stream_key = s.key
) n
CROSS JOIN LATERAL (
	SELECT count(*) FILTER (WHERE x.state = 'filtered') AS filtered,
		count(*) FILTER (WHERE x.state = 'quarantined') AS quarantined
	FROM public.sync_items x
	WHERE x.user_id = $1::uuid AND x.integration_id = s.integration_id
		AND x.stream_kind = s.kind AND x.stream_key = s.key
) q
WHERE s.user_id = $1::uuid
	AND (s.id = $3::uuid OR s.key = $2::text
		OR s.pending @> jsonb_build_array(jsonb_build_object('id', $2::text)))
	AND $2::text <> ''
ORDER BY i.account, s.kind, s.key
