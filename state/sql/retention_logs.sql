-- Some of what is kept no longer goes; see sluice.expire_logs.
-- $1 bigint  at most
-- Result: gone
SELECT sluice.expire_logs($1::integer) AS gone
