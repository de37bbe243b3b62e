-- One process alone refreshes a grant's tokens: take the lease, or keep it.
-- $1 uuid, $2 uuid  user, grant
-- $3 bigint         version of the tokens that are to be refreshed
-- $4 text           owner
-- $5 text           an owner whose process is gone, or NULL
-- $6 bigint         microseconds that the lease lasts
-- Affected: 0 when somebody else has it, or there are newer tokens.
UPDATE sluice.grants g
SET refresh_lease_until = sluice.clock() + make_interval(secs => $6::bigint / 1e6),
	refresh_lease_owner = $4::text
WHERE g.user_id = $1::uuid AND g.id = $2::uuid AND g.status = 'active'
	AND g.version = $3::bigint
	AND (g.refresh_lease_until IS NULL
		OR g.refresh_lease_until <= sluice.clock()
		OR g.refresh_lease_owner IN ($4::text, $5::text))
