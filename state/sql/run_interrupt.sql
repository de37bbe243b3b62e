-- Close the log row of a run that its owner left open; make one if none is.
-- $1 uuid         user
-- $2 uuid         integration
-- $3 uuid         the run left open
-- $4 text         its trigger
-- $5 timestamptz  when it started
-- $6 text         its host
SELECT sluice.interrupt_run($1::uuid, $2::uuid, $3::uuid, $4::text,
	$5::timestamptz, $6::text)
