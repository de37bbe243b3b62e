-- It is done: the row is the receipt.
-- $1 uuid, $2 uuid  user, erasure
-- $3 jsonb          what stays, by the reason
UPDATE sluice.erasures e
SET finished_at = sluice.clock(), kept = $3::jsonb
WHERE e.user_id = $1::uuid AND e.id = $2::uuid
