-- A user's accounts that a person may pause or resume, and how they are.
-- $1 uuid  user
-- $2 text  connector, or NULL for all
-- Result: id, connector, account, status, consent (what to connect to renew it),
-- parked, running
SELECT i.id, i.provider AS connector, i.account, i.status,
	coalesce(g.purpose, i.provider) AS consent,
	c.parked_at IS NOT NULL AS parked,
	coalesce(c.lease_until > sluice.clock(), false) AS running
FROM public.user_integrations i
JOIN sluice.schedule c ON c.user_id = i.user_id AND c.integration_id = i.id
LEFT JOIN sluice.grants g ON g.user_id = i.user_id AND g.id = i.grant_id
WHERE i.user_id = $1::uuid AND ($2::text IS NULL OR i.provider = $2)
ORDER BY i.account, i.provider, i.id
