-- Users who have something sealed under a key, in order.
-- $1 text  key id
-- $2 uuid  after this one; NULL = from the first
-- $3 int   most rows
-- Result: id uuid
SELECT u AS id FROM sluice.sealed_users($1::text, $2::uuid, $3::integer) AS u
