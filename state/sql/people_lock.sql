-- Whoever writes a user's people goes alone; until the transaction ends.
-- $1 uuid  user
SELECT pg_advisory_xact_lock(
	hashtextextended('sluice.people:' || $1::uuid::text, 0))
