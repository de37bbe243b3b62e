-- A warning about the grant's end is due once a day.
-- $1 uuid, $2 uuid  user, grant
-- Affected: 1 when it is due now.
UPDATE sluice.grants g
SET warned_at = sluice.clock()
WHERE g.user_id = $1::uuid AND g.id = $2::uuid
	AND (g.warned_at IS NULL
		OR g.warned_at <= sluice.clock() - interval '1 day')
