-- Leases of dead owners lapse, and what else nobody looks after.
-- $1 text[]  connectors
-- $2 text[]  owners that are dead (JSON)
-- Result: lapsed
SELECT l.lapsed
FROM sluice.lapse_leases($2::text[]::jsonb[]) AS l (lapsed)
CROSS JOIN LATERAL sluice.keep_schedule($1::text[]) k
CROSS JOIN LATERAL sluice.keep_quota() q
