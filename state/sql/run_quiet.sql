-- The end of a run that found nothing, with its last page of each stream.
-- $1 uuid, $2 uuid, $3 bigint, $4 uuid  user, integration, fence, run
-- $5 text, $6 text                trigger, mode
-- $7 timestamptz, $8 timestamptz  started, finished
-- $9 requests, $10 retries, $11 bytes, $12 fetched, $13 unchanged, $14 pages
-- $15 timestamptz   next run; NULL = by the interval
-- $16 boolean       a resync that was asked for is done
-- $17 timestamptz   the provider's deadline; NULL = none
-- $18 bigint, $19 timestamptz  left of the user's quota, and when; NULL = keep
-- $20 timestamptz   a slice of the walks that are left; NULL = none is left
-- $21 boolean       the run left them to the other lane: what is planned stays
-- $22 uuid[], $23 text[]  streams, and the key of their artifacts
-- $24 text[], $25 text[]  cursor and shown, JSON; NULL = keep
-- $26 text[]        fingerprint; NULL = keep
-- $27 text          what the settings say about contacts
-- Result: outcome: done; lost; busy (there is more to do, and nothing was done)
SELECT sluice.end_quiet_run($1::uuid, $2::uuid, $3::bigint, $4::uuid, $5::text,
	$6::text, $7::timestamptz, $8::timestamptz, $9::integer, $10::integer,
	$11::bigint, $12::bigint, $13::bigint, $14::integer, $15::timestamptz,
	$16::boolean, $17::timestamptz, $18::bigint, $19::timestamptz,
	$20::timestamptz, $21::boolean, $22::uuid[], $23::text[], $24::text[],
	$25::text[], $26::text[], $27::text) AS outcome
