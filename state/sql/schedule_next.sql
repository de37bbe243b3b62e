-- How long until more is due.
-- $1 text[], $2 integer[]  connectors, and room for each
-- $3 integer               room for backfills
-- $4 boolean               nothing is under way
-- Result: wait_us; NULL = nothing is scheduled
SELECT sluice.next_due($1::text[], $2::integer[], $3::integer, $4::boolean)
	AS wait_us
