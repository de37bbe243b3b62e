-- What a run starts from.
-- $1 uuid  user
-- $2 uuid  integration
-- Result: provider, account, settings, status, grant_id, interval_s, not_before
-- (NULL = none: no deadline is longer than a day, so one that is was set when
-- the clock was ahead), bucket_units, bucket_at (NULL = not known), connected_at,
-- failures (runs in a row)
SELECT i.provider, i.account, i.settings, i.status, i.grant_id,
	i.sync_interval_s AS interval_s,
	CASE WHEN c.not_before <= sluice.clock() + interval '2 days'
		THEN c.not_before END AS not_before,
	floor(c.bucket_units)::bigint AS bucket_units, c.bucket_at,
	i.connected_at, c.failures
FROM public.user_integrations i
JOIN sluice.schedule c ON c.user_id = i.user_id AND c.integration_id = i.id
WHERE i.user_id = $1::uuid AND i.id = $2::uuid
