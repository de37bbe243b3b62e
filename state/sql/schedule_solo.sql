-- Does an account that runs alone wait until this process is idle?
-- $1 text    the process
-- $2 text[]  connectors that it runs
-- Result: waits
SELECT sluice.wait_for_solo($1::text, $2::text[]) AS waits
