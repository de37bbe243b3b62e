-- A user's accounts: where something was looked for, and what is not looked at.
-- $1 uuid  user
-- Result: id, provider, account, settings (JSON), doc (JSON)
SELECT i.id, i.provider, i.account, i.settings, jsonb_build_object(
	'provider', i.provider,
	'account', i.account,
	'status', i.status,
	'status_reason', i.status_reason,
	'checked_at', s.checked_at,
	'streams', s.streams,
	'off', s.off,
	'unfinished', s.unfinished,
	'failing', s.failing) AS doc
FROM public.user_integrations i
CROSS JOIN LATERAL (
	SELECT count(*) AS streams, max(x.checked_at) AS checked_at,
		coalesce(jsonb_agg(jsonb_build_object('key', x.key,
			'title', x.title, 'state', x.state,
			'chosen', x.enabled_choice IS NOT NULL,
			'reason', x.disabled_reason) ORDER BY x.key)
			FILTER (WHERE NOT x.enabled OR x.state = 'closed'), '[]')
			AS off,
		coalesce(jsonb_agg(jsonb_build_object('key', x.key,
			'title', x.title, 'state', x.state) ORDER BY x.key)
			FILTER (WHERE x.enabled AND x.state IN ('new', 'walking')),
			'[]') AS unfinished,
		coalesce(jsonb_agg(jsonb_build_object('key', x.key,
			'title', x.title, 'error', x.last_error_text,
			'error_at', x.last_error_at) ORDER BY x.key)
			FILTER (WHERE x.enabled AND x.failures > 0
				AND x.state <> 'closed'), '[]') AS failing
	FROM public.sync_state x
	WHERE x.user_id = $1::uuid AND x.integration_id = i.id
) s
WHERE i.user_id = $1::uuid
ORDER BY i.provider, i.account, i.id
