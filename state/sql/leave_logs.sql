-- Nothing runs of these accounts any more: open log rows are closed.
-- $1 uuid    user
-- $2 uuid[]  integrations
UPDATE public.sync_logs l
SET status = 'interrupted', finished_at = sluice.clock(),
	duration_ms = greatest(0, (extract(epoch FROM
		sluice.clock() - l.started_at) * 1000)::bigint)
WHERE l.user_id = $1::uuid AND l.integration_id = ANY ($2::uuid[])
	AND l.status = 'running'
