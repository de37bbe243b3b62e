-- Some of what is kept no longer goes; see sluice.expire_filtered.
-- $1 bigint  at most
-- Result: gone
SELECT sluice.expire_filtered($1::integer) AS gone
