-- There is more of it: whoever comes next goes on.
-- $1 text  subject
UPDATE sluice.retention r
SET next_at = sluice.clock()
WHERE r.subject = $1::text
