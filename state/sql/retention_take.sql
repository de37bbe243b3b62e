-- Subjects whose turn it is; for an hour they are ours.
-- Result: subject
UPDATE sluice.retention r
SET next_at = sluice.clock() + interval '1 hour'
WHERE r.next_at <= sluice.clock()
RETURNING r.subject
