-- It could not be revoked: why, and when to try again.
-- $1 uuid, $2 uuid  user, revocation
-- $3 text           why
-- $4 bigint         microseconds from now
UPDATE sluice.revocations r
SET last_error = $3::text,
	next_try_at = sluice.clock() + make_interval(secs => $4::bigint / 1e6)
WHERE r.user_id = $1::uuid AND r.id = $2::uuid
