-- The next rows of the table that is read.
-- Result: line (JSON)
FETCH 16 FROM sluice_export
