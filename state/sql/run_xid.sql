-- What became of a transaction whose COMMIT was not answered.
-- $1 xid8  the transaction
-- Result: fate: committed, aborted, in progress; NULL = too old to know
SELECT pg_xact_status($1::xid8) AS fate
