-- Does an account that runs alone wait until this process is idle?
-- $1 text  the process
-- Result: waits
SELECT sluice.wait_for_solo($1::text) AS waits
