-- Begin to read a table of the acting user.
-- $1 text  its name
SELECT sluice.open_export($1::regclass, 'sluice_export')
