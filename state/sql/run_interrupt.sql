-- Close the log row of a run that its owner left open; make one if none is.
-- $1 uuid         user
-- $2 uuid         integration
-- $3 uuid         the run left open
-- $4 text         its trigger
-- $5 timestamptz  when it started
-- $6 text         its host
INSERT INTO public.sync_logs AS l (id, user_id, integration_id, provider,
	account, trigger, mode, status, started_at, finished_at, host)
SELECT $3::uuid, i.user_id, i.id, i.provider, i.account,
	coalesce($4::text, 'schedule'), 'incremental', 'interrupted',
	coalesce($5::timestamptz, sluice.clock()), sluice.clock(), $6::text
FROM public.user_integrations i
WHERE i.user_id = $1::uuid AND i.id = $2::uuid
ON CONFLICT (id) DO UPDATE
SET status = 'interrupted', finished_at = excluded.finished_at,
	duration_ms = greatest(0, (extract(epoch FROM
		excluded.finished_at - l.started_at) * 1000)::bigint)
WHERE l.status = 'running'
