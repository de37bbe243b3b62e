-- The table that was read is through.
CLOSE sluice_export
