-- The acting user's own row, without secrets; no row when it is gone.
-- Result: line (JSON)
SELECT u.line::text AS line
FROM sluice.export_user() AS u (line)
WHERE u.line IS NOT NULL
