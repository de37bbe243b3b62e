-- What a run starts from.
-- $1 uuid  user
-- $2 uuid  integration
-- Result: provider, account, settings, status, grant_id, interval_s
SELECT i.provider, i.account, i.settings, i.status, i.grant_id,
	i.sync_interval_s AS interval_s
FROM public.user_integrations i
WHERE i.user_id = $1::uuid AND i.id = $2::uuid
