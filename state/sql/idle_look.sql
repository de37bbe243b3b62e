-- Is there nothing to do, and all sealed under one key?
-- $1 text[]  connectors
-- $2 text    this host, as owners of leases name it
-- $3 text    the key's id
-- $4 bigint  what will be due so many microseconds later is due
-- Result: idle
SELECT sluice.is_idle($1::text[], $2::text, $3::text, $4::bigint) AS idle
