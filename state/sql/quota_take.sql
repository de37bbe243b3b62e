-- A chunk of a client's quota.
-- $1 uuid    OAuth client
-- $2 text    API: connector name
-- $3 double  units a minute as published; 0 = no limit
-- $4 bigint, $5 bigint  units: at least, at most
-- $6 boolean for walks
-- $7 integer of a minute walks get so many per cent
-- Result: units, for_us
SELECT q.units, q.for_us
FROM sluice.take_quota($1::uuid, $2::text, $3::double precision, $4::bigint,
	$5::bigint, $6::boolean, $7::integer) q
