-- What a cron line asks first: may it go home? Each thing that is to be done says no.
BEGIN;
\ir support/helpers.sql
\ir support/fixture.sql
SELECT * FROM no_plan();

CREATE FUNCTION tap.idle() RETURNS text LANGUAGE plpgsql AS $$
DECLARE
	answer boolean;
BEGIN
	PERFORM set_config('role', 'sluice_gateway', true);
	answer := sluice.is_idle('{gmail,google_calendar}', 'h', 'k1', 10000000);
	PERFORM set_config('role', 'none', true);
	RETURN answer;
END
$$;
-- Is it idle after this? Undone again.
CREATE FUNCTION tap.after(change text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
	answer text;
BEGIN
	BEGIN
		EXECUTE change;
		answer := tap.idle();
		RAISE EXCEPTION USING ERRCODE = 'TAP01';
	EXCEPTION WHEN SQLSTATE 'TAP01' THEN
		RETURN answer;
	END;
END
$$;
CREATE FUNCTION tap.row_after(change text) RETURNS text LANGUAGE sql AS $$
	SELECT tap.after('UPDATE sluice.schedule SET ' || change || ' WHERE user_id = tap.a()')
$$;

UPDATE sluice.schedule SET next_run_at = now() + interval '1 hour', backfill_at = NULL,
	enabled = true, solo = false, parked_at = NULL, lease_until = NULL, lease_owner = NULL;
UPDATE sluice.retention SET next_at = now() + interval '1 hour';
UPDATE sluice.user_secrets SET key_id = 'k1';
UPDATE sluice.oauth_clients SET secret_key_id = 'k1';
DELETE FROM sluice.revocations;
SELECT is(tap.idle(), 'true', 'nothing is due');

SELECT is(tap.row_after('next_run_at = now()'), 'false', 'changes');
SELECT is(tap.row_after($$next_run_at = '-infinity'$$), 'false', 'a new account');
SELECT is(tap.row_after($$next_run_at = now() + interval '9 s'$$), 'false', 'what will be due so soon');
SELECT is(tap.row_after($$next_run_at = now() + interval '11 s'$$), 'true', 'not what is later');
SELECT is(tap.row_after($$next_run_at = now(), provider = 'other'$$), 'true',
	'nor what is of a connector that was not asked for');
SELECT is(tap.row_after('next_run_at = now(), enabled = false'), 'true', 'or paused');
SELECT is(tap.row_after('next_run_at = now(), parked_at = now()'), 'true', 'or parked');
SELECT is(tap.row_after($$next_run_at = now() + interval '47 days'$$), 'false',
	'what a wrong clock set far ahead');
SELECT is(tap.row_after('backfill_at = now()'), 'false', 'a walk');
SELECT is(tap.row_after($$backfill_at = now() + interval '1 hour'$$), 'true', 'one that rests');
SELECT is(tap.row_after($$backfill_at = now() + interval '47 days'$$), 'false', 'one set far ahead');
SELECT is(tap.row_after('solo = true'), 'true', 'one that runs alone, later');
SELECT is(tap.row_after('solo = true, next_run_at = now()'), 'false', 'now');
SELECT is(tap.row_after('solo = true, backfill_at = now()'), 'false', 'or its walk now');
SELECT is(tap.row_after($$solo = true, next_run_at = now() + interval '47 days'$$), 'false',
	'or set far ahead');

-- Leases.
SELECT is(tap.row_after($$next_run_at = now(), lease_until = now() + interval '60 s',
	lease_owner = '{"host":"g"}'$$), 'true', 'what another host works on is in good hands');
SELECT is(tap.row_after($$lease_until = now() + interval '60 s', lease_owner = '{"host":"h"}'$$),
	'false', 'on this host its owner may be dead');
SELECT is(tap.row_after($$lease_until = now(), lease_owner = '{"host":"g"}'$$), 'false',
	'a lease that lapsed');
SELECT is(tap.row_after($$lease_until = now() + interval '25 hours', lease_owner = '{"host":"g"}'$$),
	'false', 'one that a wrong clock made');
SELECT is(tap.row_after('left_run_id = gen_random_uuid()'), 'false', 'the log row of a run that died');

-- Upkeep, and keys.
SELECT is(tap.after($$UPDATE sluice.retention SET next_at = now() WHERE subject = 'logs'$$), 'false',
	'something to be thrown away');
SELECT is(tap.after($$UPDATE sluice.retention SET next_at = now() + interval '1 year'
	WHERE subject = 'logs'$$), 'false', 'also after a clock that was ahead');
INSERT INTO sluice.revocations (user_id, grant_id, secret_id, provider, purpose, ciphertext, iv,
	key_id, next_try_at)
VALUES (tap.a(), gen_random_uuid(), gen_random_uuid(), 'google', 'refresh_token',
	decode(repeat('00', 32), 'hex'), decode(repeat('00', 12), 'hex'), 'k1', now() + interval '1 hour');
SELECT is(tap.idle(), 'true', 'a token that is revoked later');
SELECT is(tap.after('UPDATE sluice.revocations SET next_try_at = now()'), 'false', 'now');
SELECT is(tap.after($$UPDATE sluice.revocations SET key_id = 'k0'$$), 'false',
	'one that is sealed under another key');
SELECT is(tap.after($$UPDATE sluice.oauth_clients SET secret_key_id = 'k2'$$), 'false',
	'a client that is');
SELECT ok((SELECT count(*) > 0 FROM sluice.user_secrets), 'there are tokens');
SELECT is(tap.after($$UPDATE sluice.user_secrets SET key_id = 'k0'$$), 'false', 'tokens that are');
SELECT is(tap.after($$UPDATE sluice.user_secrets SET key_id = 'k2'$$), 'false', 'before or behind');

SELECT * FROM finish();
ROLLBACK;
