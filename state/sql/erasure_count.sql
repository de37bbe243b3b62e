-- Add to what an erasure has erased.
-- $1 uuid, $2 uuid  user, erasure
-- $3 jsonb          rows by table
UPDATE sluice.erasures e
SET counts = sluice.add_counts(e.counts, $3::jsonb)
WHERE e.user_id = $1::uuid AND e.id = $2::uuid
