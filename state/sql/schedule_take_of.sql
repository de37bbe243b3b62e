-- Lease what is due of one user.
-- $1 uuid                  user
-- $2 text[], $3 integer[]  connectors, and room for each
-- $4 integer               room for all
-- $5 integer               of it for backfills, at most
-- $6 boolean               nothing is under way: one may run alone
-- $7 jsonb                 owner: host, boot_id, pid, started
-- $8 bigint                microseconds that the lease lasts
-- $9 bigint                what will be due so many microseconds later is due
-- Result: as schedule_take
SELECT t.integration_id, t.user_id, t.provider, t.account, t.consent, t.status,
	t.run_id, t.fence, t.lane, t.trigger, t.alone
FROM sluice.take_due_of($1::uuid, $2::text[], $3::integer[], $4::integer,
	$5::integer, $6::boolean, $7::jsonb, $8::bigint, $9::bigint) t
