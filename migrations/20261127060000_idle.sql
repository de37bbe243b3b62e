-- Is there anything to do? Asked by a cron line, which mostly finds nothing. It
-- is one statement, of SQL alone: in a new session what is asked costs less than
-- asking. (row_security: sluice migrate has it off, and what it creates is read
-- then.)

CREATE FUNCTION sluice.is_idle(connectors text[], this_host text, key text, ahead_us bigint)
RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = '' SET enable_seqscan = off
	SET jit = off SET row_security = on AS $fn$
	SELECT NOT EXISTS (
			SELECT FROM sluice.schedule s
			WHERE s.lease_until <= c.t)
		AND NOT EXISTS (
			SELECT FROM sluice.schedule s
			WHERE s.lease_until > c.t + interval '1 day')
		AND NOT EXISTS ( -- is its owner alive? this cannot tell
			SELECT FROM sluice.schedule s
			WHERE s.lease_owner ->> 'host' = this_host AND s.lease_until IS NOT NULL)
		AND NOT EXISTS (
			SELECT FROM sluice.schedule s
			WHERE s.left_run_id IS NOT NULL)
		AND NOT EXISTS (
			SELECT FROM sluice.schedule s
			WHERE s.solo AND s.enabled AND s.parked_at IS NULL AND s.lease_until IS NULL
				AND (least(s.next_run_at, s.backfill_at) <= c.until
					OR s.next_run_at > c.far))
		-- OFFSET 0: one probe each; else all that is due would be read into a hash
		AND NOT EXISTS (
			SELECT FROM unnest(connectors) AS p (name)
			WHERE EXISTS (
					SELECT FROM sluice.schedule s
					WHERE s.provider = p.name AND s.enabled AND s.parked_at IS NULL
						AND NOT s.solo AND s.lease_until IS NULL
						AND s.next_run_at <= c.until
					OFFSET 0)
				OR EXISTS (
					SELECT FROM sluice.schedule s
					WHERE s.provider = p.name AND s.enabled AND s.parked_at IS NULL
						AND NOT s.solo AND s.lease_until IS NULL
						AND s.next_run_at > c.far
					OFFSET 0)
				OR EXISTS (
					SELECT FROM sluice.schedule s
					WHERE s.provider = p.name AND s.enabled AND s.parked_at IS NULL
						AND NOT s.solo AND s.lease_until IS NULL
						AND s.backfill_at IS NOT NULL AND s.backfill_at <= c.until
					OFFSET 0)
				OR EXISTS (
					SELECT FROM sluice.schedule s
					WHERE s.provider = p.name AND s.enabled AND s.parked_at IS NULL
						AND NOT s.solo AND s.lease_until IS NULL
						AND s.backfill_at IS NOT NULL AND s.backfill_at > c.far
					OFFSET 0))
		AND NOT EXISTS (
			SELECT FROM sluice.retention r
			WHERE r.next_at <= c.t OR r.next_at > c.t + interval '2 hours')
		AND NOT EXISTS (SELECT FROM sluice.revocations r WHERE r.next_try_at <= c.t)
		AND NOT EXISTS (SELECT FROM sluice.oauth_clients o WHERE o.secret_key_id <> key)
		AND NOT EXISTS (SELECT FROM sluice.user_secrets u WHERE u.key_id < key)
		AND NOT EXISTS (SELECT FROM sluice.user_secrets u WHERE u.key_id > key)
		AND NOT EXISTS (SELECT FROM sluice.revocations r WHERE r.key_id <> key)
	FROM (
		SELECT n.t, n.t + make_interval(secs => ahead_us / 1e6) AS until,
			n.t + interval '46 days' AS far -- as keep_schedule has it
		FROM (SELECT sluice.clock() AS t OFFSET 0) n
		OFFSET 0
	) c
$fn$;
COMMENT ON FUNCTION sluice.is_idle(text[], text, text, bigint) IS
	'Nothing of these connectors is due, or will be so soon; nothing is left that lapse_leases, '
	'keep_schedule, the retention or the revocations would find, and nothing is sealed under any '
	'other key. False may be said too often; true may not.';
CALL sluice.protect_function('sluice.is_idle(text[], text, text, bigint)', 'sluice_gateway');

INSERT INTO sluice.sys_table_migrations (version, name)
VALUES ('20261127060000', 'idle') ON CONFLICT DO NOTHING;
