-- The fleet's schedule and quotas, as the gateway without an identity.
BEGIN;
\ir support/helpers.sql
\ir support/fixture.sql
SELECT * FROM no_plan();

-- One value as the gateway, without an identity; what was done stays.
CREATE FUNCTION tap.done(query text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
	answer text;
	before_path text := current_setting('search_path');
BEGIN
	PERFORM set_config('request.jwt.claims', '', true), set_config('search_path', '', true),
		set_config('role', 'sluice_gateway', true);
	EXECUTE query INTO answer;
	PERFORM set_config('role', 'none', true), set_config('search_path', before_path, true);
	RETURN answer;
END
$$;
CREATE FUNCTION tap.take(runs integer, solo text DEFAULT 'no') RETURNS text LANGUAGE sql AS $$
	SELECT tap.done(format('SELECT count(*) || coalesce('' '' || string_agg(concat_ws('':'',
			k.provider, k.lane, k.trigger, k.account, k.consent), '' '' ORDER BY k.user_id), '''')
		FROM sluice.take_due(ARRAY[''gmail'', ''google_calendar''], ARRAY[%1$s, %1$s], %1$s, %1$s,
			%2$L, ''{"host":"h","boot_id":"b","pid":1,"started":1}'', 60000000, 0) k', runs, solo))
$$;
CREATE VIEW tap.plan AS SELECT s.* FROM sluice.schedule s WHERE s.user_id = tap.a();

-- New accounts.
SELECT is(tap.take(4), '2 google_calendar:backfill:schedule:x@example.com:google_calendar '
	'google_calendar:backfill:schedule:x@example.com:google_calendar',
	'new accounts are taken, of all users');
SELECT ok((SELECT bool_and(c.lease_until = now() + interval '60 s' AND c.next_run_at = now()
	AND c.run_id IS NOT NULL AND c.fence = 1 AND NOT c.run_begun)
	FROM sluice.schedule c), 'and leased');
SELECT is(tap.take(4), '0', 'what is leased is not due');

-- A lease that lapses before anything began.
SET LOCAL sluice.clock_offset = '61 s';
SELECT is(left(tap.take(1), 1), '1', 'a lease that lapsed is due');
SELECT is((SELECT count(*) FROM sluice.schedule WHERE solo OR left_run_id IS NOT NULL), 0::bigint,
	'nobody is charged for a run that had not begun');
SELECT is((SELECT count(*) FROM public.sync_logs WHERE status = 'interrupted'), 0::bigint,
	'and there was none');

-- One that had begun.
UPDATE sluice.schedule SET lease_until = NULL, lease_owner = NULL, run_id = NULL,
	next_run_at = sluice.clock() + interval '1 hour', backfill_at = NULL;
UPDATE sluice.schedule SET next_run_at = sluice.clock() WHERE user_id = tap.a();
SELECT is(tap.take(4), '1 google_calendar:changes:schedule:x@example.com:google_calendar',
	'changes');
UPDATE sluice.schedule SET run_begun = true WHERE user_id = tap.a();
SET LOCAL sluice.clock_offset = '122 s';
SELECT is(tap.take(4), '0', 'a run that died waits until it can run alone');
SELECT ok((SELECT solo AND charges = 0 AND left_host = 'h' FROM tap.plan), 'and is not charged');
SELECT is(tap.done($$SELECT sluice.keep_schedule('{google_calendar}')$$),
	'', 'upkeep');
SELECT is((SELECT count(*) FROM public.sync_logs l WHERE l.status = 'interrupted'
	AND l.host = 'h' AND l.user_id = tap.a()), 1::bigint, 'its row says that it was interrupted');
CREATE FUNCTION tap.dies_alone(n integer) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
	said text;
BEGIN
	PERFORM set_config('sluice.clock_offset', 200 + n * 100 || ' s', true);
	said := tap.take(4, 'first');
	UPDATE sluice.schedule SET run_begun = true WHERE lease_until IS NOT NULL;
	PERFORM set_config('sluice.clock_offset', 261 + n * 100 || ' s', true);
	PERFORM tap.done('SELECT sluice.lapse_leases(NULL)');
	RETURN left(said, 1) || (SELECT format(' %s %s', charges, parked_at IS NOT NULL) FROM tap.plan);
END
$$;
SELECT is(tap.dies_alone(1), '1 1 f', 'it dies alone');
SELECT is(tap.dies_alone(2), '1 2 f', 'and again');
SELECT is(tap.dies_alone(3), '1 3 t', 'the third time parks it');
SELECT is(tap.take(4, 'first'), '0', 'then it is not taken');
CREATE FUNCTION tap.waits(who text, connector text) RETURNS text LANGUAGE sql AS $$
	SELECT tap.done(format('SELECT sluice.wait_for_solo(%L, ARRAY[%L])', who, connector))
$$;
-- 0: now, for a process with nothing under way.
CREATE FUNCTION tap.due(connector text, room integer) RETURNS text LANGUAGE sql AS $$
	SELECT tap.done(format('SELECT sluice.next_due(ARRAY[%L], ARRAY[%s], 4, true)', connector,
		room))
$$;
SELECT is(tap.waits('p', 'google_calendar'), 'false', 'nobody waits for it');

-- A busy process waits for one that has been due for two minutes.
UPDATE sluice.schedule SET parked_at = NULL, charges = 0, next_run_at = sluice.clock()
WHERE user_id = tap.a();
SELECT is(tap.waits('p', 'google_calendar'), 'false', 'not yet');
UPDATE sluice.schedule SET next_run_at = sluice.clock() - interval '2 minutes'
WHERE user_id = tap.a();
SELECT is(tap.waits('o', 'gmail'), 'false', 'nor one that does not run it');
SELECT is(tap.waits('p', 'google_calendar'), 'true', 'asked');
SELECT is((SELECT solo_for FROM tap.plan), 'p', 'the process that asks first');
SELECT is(tap.waits('q', 'google_calendar'), 'false', 'no other one waits');
SELECT is(tap.due('google_calendar', 1), '0', 'it is due now');
SELECT isnt(tap.due('gmail', 1), '0', 'for who runs it');
SELECT isnt(tap.due('google_calendar', 0), '0', 'and has room');
UPDATE sluice.schedule SET not_before = sluice.clock() + interval '1 hour' WHERE user_id = tap.a();
SELECT isnt(tap.due('google_calendar', 1), '0', 'unless its provider wants to wait');
UPDATE sluice.schedule SET not_before = NULL WHERE user_id = tap.a();
UPDATE auth.users SET deleted_at = now() WHERE id = tap.a();
SELECT isnt(tap.due('google_calendar', 1), '0', 'or its user rests');
UPDATE auth.users SET deleted_at = NULL WHERE id = tap.a();
SELECT is(tap.take(4, 'no'), '0', 'it is not taken beside others');
SELECT is(tap.take(4, 'last'), '1 google_calendar:changes:schedule:x@example.com:google_calendar',
	'it is, by whoever is idle');
SELECT ok((SELECT run_alone FROM tap.plan), 'alone');

-- Users that rest, deadlines, clocks.
UPDATE sluice.schedule SET lease_until = NULL, solo = false, run_begun = false,
	next_run_at = sluice.clock(), not_before = NULL;
UPDATE auth.users SET deleted_at = now() WHERE id = tap.b();
UPDATE sluice.schedule SET not_before = sluice.clock() + interval '1 hour' WHERE user_id = tap.a();
SELECT is(tap.take(4), '0', 'neither a user that rests nor one whose provider wants to wait');
SELECT tap.done($$SELECT sluice.keep_schedule('{google_calendar}')$$)
	\gset ignored_
SELECT is((SELECT count(*) FROM sluice.schedule
	WHERE next_run_at = sluice.clock() + interval '1 hour'), 2::bigint, 'they step aside');
INSERT INTO public.user_integrations (user_id, provider, account, account_subject)
VALUES (tap.b(), 'google_calendar', 'second', 'second');
UPDATE sluice.schedule SET next_run_at = sluice.clock() + interval '5 hours', not_before = NULL,
	backfill_at = sluice.clock() - CASE user_id WHEN tap.b() THEN interval '1 hour'
		ELSE interval '1 minute' END;
SELECT is(tap.take(1), '0', 'those that rest stand before a walk that is left');
SELECT tap.done($$SELECT sluice.keep_schedule('{google_calendar}')$$)
	\gset ignored_
SELECT is(tap.take(1), '1 google_calendar:backfill:schedule:x@example.com:google_calendar',
	'of the walks that are left they step aside, too');
UPDATE sluice.schedule SET lease_until = NULL, lease_owner = NULL, run_id = NULL,
	backfill_at = NULL;
DELETE FROM public.user_integrations WHERE account = 'second';
UPDATE sluice.schedule SET next_run_at = sluice.clock() + interval '1 year',
	not_before = sluice.clock() + interval '1 year' WHERE user_id = tap.a();
SELECT tap.done($$SELECT sluice.keep_schedule('{google_calendar}')$$)
	\gset ignored_
SELECT is(tap.take(4), '1 google_calendar:changes:schedule:x@example.com:google_calendar',
	'times that a wrong clock set are brought back');
SELECT is(tap.ask('sluice_gateway', NULL, $$SELECT sluice.next_due('{google_calendar}', '{1}', 1,
	true)$$), '60000000', 'the next thing to look at is the end of the lease');

-- Few new ones of one user go before the others'; those that are not pulled do
-- not count.
INSERT INTO public.user_integrations (user_id, provider, account, account_subject, status)
SELECT tap.a(), 'linkedin', n::text, n::text, 'archive' FROM generate_series(1, 4) n;
INSERT INTO public.user_integrations (user_id, provider, account, account_subject)
SELECT tap.a(), 'gmail', n::text, n::text FROM generate_series(1, 10) n;
SELECT is((SELECT count(*) FROM tap.plan WHERE enabled AND next_run_at = '-infinity'), 4::bigint,
	'four accounts of a user are the newest');
SELECT is((SELECT count(*) FROM tap.plan WHERE enabled AND next_run_at < '2000-01-01'), 10::bigint,
	'all are new');

-- Of a batch of four, two are new, or four when nothing else is due; and never
-- more than there is room for.
UPDATE auth.users SET deleted_at = NULL;
INSERT INTO public.user_integrations (user_id, provider, account, account_subject)
SELECT tap.b(), 'google_calendar', n::text, n::text FROM generate_series(1, 5) n;
UPDATE sluice.schedule SET lease_until = NULL, not_before = NULL,
	next_run_at = CASE WHEN provider = 'gmail' THEN '-infinity'::timestamptz
		ELSE sluice.clock() + interval '1 hour' END;
UPDATE sluice.schedule c SET next_run_at = sluice.clock() - interval '1 hour'
FROM public.user_integrations i
WHERE i.id = c.integration_id AND i.user_id = tap.b() AND i.account <> 'x@example.com';
CREATE FUNCTION tap.lanes() RETURNS text LANGUAGE sql AS $$
	SELECT regexp_replace(tap.take(4), ':schedule:[^ ]*', '', 'g')
$$;
SELECT is(tap.lanes(), '4 gmail:backfill gmail:backfill google_calendar:changes google_calendar:changes',
	'two new ones, and two that wait for changes');
SELECT is(tap.lanes(), '4 gmail:backfill gmail:backfill google_calendar:changes google_calendar:changes',
	'again');
SELECT is(tap.lanes(), '4 gmail:backfill gmail:backfill gmail:backfill google_calendar:changes',
	'one waits for changes: three new ones');

-- A client's quota.
CREATE FUNCTION tap.quota(few bigint, many bigint, walks boolean) RETURNS text LANGUAGE sql AS $$
	SELECT tap.done(format('SELECT concat_ws('' '', q.units, q.for_us) FROM
		sluice.take_quota(''0c000000-0000-4000-8000-000000000000'', ''gmail'', 600, %s, %s, %L, 80) q',
		few, many, walks))
$$;
CREATE FUNCTION tap.at(second numeric) RETURNS void LANGUAGE sql AS $$
	SELECT set_config('sluice.clock_offset', (date_trunc('minute', now()) - now()
		+ make_interval(secs => second))::text, true)
$$;
SELECT tap.at(60) \gset ignored_
SELECT is(tap.quota(1, 30, false), '30 60000000', 'a chunk');
SELECT is(tap.quota(1, 100, false), '30 60000000', 'at once no more than a tenth of a minute');
SELECT is(tap.quota(10, 30, false), '0 1000000', 'then as the minute goes by');
SELECT is(tap.quota(1, 30, true), '0 100000', 'also for walks');
SELECT tap.at(90) \gset ignored_
SELECT is(tap.quota(1, 600, true), '288 30000000', 'walks get four fifths of it');
SELECT is(tap.quota(1, 600, false), '12 30000000', 'changes what is left');
SELECT tap.at(119) \gset ignored_
SELECT is(tap.quota(1, 600, false), '240 1000000', 'the whole of a minute');
SELECT is(tap.quota(1, 600, false), '0 1000000', 'and no more');
SELECT is((SELECT units || ' ' || backfill_units FROM sluice.quota_usage), '600 288', 'all is counted');
INSERT INTO sluice.quota_limits (api, since, client_per_minute) VALUES
	('gmail', '2026-01-01', 1200), ('gmail', '2126-01-01', 1);
SELECT is(tap.quota(1, 2000, false), '600 1000000', 'an installation with a limit of its own');
INSERT INTO sluice.quota_limits (api, since, client_per_day) VALUES ('gmail', '2026-02-01', 1250);
SELECT tap.at(179) \gset ignored_
SELECT is(tap.quota(1, 2000, false), '50 1000000', 'with one for a day');
SELECT is(tap.quota(1, 2000, false), '0 86341000000', 'waits until some of it is a day old');
INSERT INTO sluice.quota_blocks VALUES ('0c000000-0000-4000-8000-000000000000', 'gmail',
	sluice.clock() + interval '1 hour');
SELECT is(tap.quota(1, 30, false), '0 3600000000', 'a deadline for all');
UPDATE sluice.quota_blocks SET blocked_until = sluice.clock() + interval '1 year';
DELETE FROM sluice.quota_limits;
SELECT tap.at(239) \gset ignored_
SELECT is(tap.quota(1, 30, false), '30 1000000', 'but not one of a wrong clock');
SELECT is(tap.quota(601, 601, false), '0 1000000', 'a call dearer than a minute waits for the next');
SELECT tap.at(300) \gset ignored_
SELECT is(tap.quota(481, 481, true), '481 60000000', '... and has it, also one dearer than what walks get');
SELECT is(tap.quota(601, 601, false), '0 60000000', '... for itself');
SELECT tap.at(239 + 25 * 3600) \gset ignored_
SELECT is(tap.ask('sluice_gateway', NULL, 'SELECT sluice.keep_quota()'), '3', 'old minutes go');

SELECT * FROM finish();
ROLLBACK;
