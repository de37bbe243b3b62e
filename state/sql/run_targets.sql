-- Integrations that match, without claiming; as sluice_operator. Those of users
-- that the application has deleted softly rest.
-- $1 uuid     user; NULL = all
-- $2 text     connector name; NULL = all
-- $3 boolean  only what is due and free, oldest first; due is what becomes so
--             in a tenth of its interval or ten seconds: cron is not exact
-- $4 bigint   most rows
-- Result: integration_id, user_id, provider, account, status, consent (what was
-- connected, NULL = nothing)
SELECT i.id AS integration_id, i.user_id, i.provider, i.account, i.status,
	g.purpose AS consent
FROM public.user_integrations i
JOIN sluice.schedule c ON c.user_id = i.user_id AND c.integration_id = i.id
LEFT JOIN sluice.grants g ON g.user_id = i.user_id AND g.id = i.grant_id
WHERE ($1::uuid IS NULL OR i.user_id = $1::uuid)
	AND i.user_id NOT IN (SELECT r.id FROM sluice.resting_users() AS r (id))
	AND ($2::text IS NULL OR i.provider = $2::text)
	AND (NOT $3::boolean OR (
		c.enabled AND c.parked_at IS NULL
		AND c.next_run_at <= sluice.clock() + least(interval '10 s',
			make_interval(secs => i.sync_interval_s / 10.0))
		AND (c.not_before IS NULL OR c.not_before <= sluice.clock())
		AND (c.lease_until IS NULL OR c.lease_until <= sluice.clock())))
ORDER BY c.next_run_at, i.id
LIMIT $4::bigint
