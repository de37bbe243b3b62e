-- Leases of dead owners lapse: of each host only it knows who is. What else
-- nobody looks after is looked after by one process at a time.
-- $1 text[]  connectors
-- $2 text[]  owners that are dead (JSON)
-- Result: lapsed, kept (false: another process is at it)
SELECT l.lapsed, k.kept
FROM sluice.lapse_leases($2::text[]::jsonb[]) AS l (lapsed)
CROSS JOIN LATERAL sluice.keep_fleet($1::text[]) AS k (kept)
