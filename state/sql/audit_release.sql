-- Give an audit's lease back, with what it left of the user's quota, and nothing
-- else.
-- $1 uuid, $2 uuid, $3 bigint  user, integration, fence
-- $4 bigint, $5 timestamptz    left of the quota, and when; NULL = keep
UPDATE sluice.schedule c
SET lease_until = NULL, lease_owner = NULL,
	bucket_units = CASE WHEN $5::timestamptz IS NULL THEN c.bucket_units
		ELSE $4::bigint END,
	bucket_at = coalesce($5::timestamptz, c.bucket_at)
WHERE c.integration_id = $2::uuid AND c.user_id = $1::uuid
	AND c.fence = $3::bigint
