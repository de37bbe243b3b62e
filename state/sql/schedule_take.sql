-- Lease what is due, in a batch.
-- $1 text[], $2 integer[]  connectors, and room for each
-- $3 integer               room for all
-- $4 integer               of it for backfills, at most
-- $5 text                  an account that runs alone: first, last, no
-- $6 jsonb                 owner: host, boot_id, pid, started
-- $7 bigint                microseconds that the lease lasts
-- $8 bigint                what will be due so many microseconds later is due
-- Result: integration_id, user_id, provider, account, consent, status, run_id,
-- fence, lane, trigger, alone
SELECT t.integration_id, t.user_id, t.provider, t.account, t.consent, t.status,
	t.run_id, t.fence, t.lane, t.trigger, t.alone
FROM sluice.take_due($1::text[], $2::integer[], $3::integer, $4::integer,
	$5::text, $6::jsonb, $7::bigint, $8::bigint) t
