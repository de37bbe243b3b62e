-- Subjects whose turn it is; for an hour they are ours. Further away than that
-- is what a clock that was ahead left.
-- Result: subject
UPDATE sluice.retention r
SET next_at = sluice.clock() + interval '1 hour'
WHERE r.next_at <= sluice.clock()
	OR r.next_at > sluice.clock() + interval '2 hours'
RETURNING r.subject
