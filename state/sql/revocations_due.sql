-- Tokens that are to be revoked; as sluice_operator.
-- $1 uuid    user; NULL = all
-- $2 boolean  also those whose time has not come
-- $3 bigint  at most
-- Result: id, user_id, provider
SELECT r.id, r.user_id, r.provider
FROM sluice.revocations r
WHERE ($1::uuid IS NULL OR r.user_id = $1::uuid)
	AND ($2::boolean OR r.next_try_at <= sluice.clock())
ORDER BY r.next_try_at, r.id
LIMIT $3::bigint
