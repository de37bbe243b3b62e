-- What a look that comes now may miss is written by this transaction, or by one
-- that came later.
-- Result: xid
SELECT pg_snapshot_xmin(pg_current_snapshot())::text::bigint AS xid
