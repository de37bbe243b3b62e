-- public.request_resync: who may ask, for whom, and how often.
BEGIN;
\ir support/helpers.sql
\ir support/fixture.sql
SELECT * FROM no_plan();
SELECT tap.fixture_mailbox(tap.a()), tap.fixture_mailbox(tap.b()) \gset ignored_

-- What a call answers, as text; what it did stays.
CREATE FUNCTION tap.request(who uuid, args text DEFAULT '') RETURNS text LANGUAGE plpgsql AS $$
DECLARE
	answer text;
	before_path text := current_setting('search_path');
BEGIN
	PERFORM set_config('request.jwt.claims',
			json_build_object('sub', who, 'role', 'authenticated')::text, true),
		set_config('search_path', '', true), set_config('role', 'authenticated', true);
	EXECUTE format('SELECT string_agg(concat_ws('':'', r.provider, r.accepted, r.reason), '' '''
		' ORDER BY r.provider) FROM public.request_resync(%s) r', args) INTO answer;
	PERFORM set_config('role', 'none', true), set_config('search_path', before_path, true),
		set_config('request.jwt.claims', '', true);
	RETURN answer;
END
$$;
CREATE FUNCTION tap.numbers(who uuid) RETURNS text LANGUAGE sql AS $$
	SELECT string_agg(c.provider || ':' || c.resync_no, ' ' ORDER BY c.provider)
	FROM sluice.schedule c WHERE c.user_id = who
$$;
CREATE FUNCTION tap.integration_of(who uuid, name text) RETURNS uuid LANGUAGE sql AS $$
	SELECT i.id FROM public.user_integrations i WHERE i.user_id = who AND i.provider = name
$$;
UPDATE sluice.schedule SET next_run_at = now() + interval '1 hour';

-- Who may.
SELECT is(tap.act('anon', NULL, 'SELECT * FROM public.request_resync()'), '42501', 'anon may not');
SELECT is(tap.act('service_role', tap.a(), 'SELECT * FROM public.request_resync()'), '42501',
	'the application''s server may not');
SELECT is(tap.act('sluice_operator', NULL, 'SELECT * FROM public.request_resync()'), '42501',
	'the operator may not');
SELECT is(tap.act('authenticated', tap.a(), 'SELECT * FROM sluice.request_resync(NULL, NULL)'), '42501',
	'nobody looks into the private schema');
SELECT is(tap.act('authenticated', tap.a(),
	format('SELECT * FROM sluice.resync_accounts(%L, NULL, NULL, ''0'', true)', tap.b())), '42501',
	'and not for another one');
SELECT is(tap.act('authenticated', NULL, 'SELECT * FROM public.request_resync()'), 'ok:0',
	'without an identity there is no account');
SELECT is(tap.numbers(tap.a()) || ' ' || tap.numbers(tap.b()),
	'gmail:0 google_calendar:0 gmail:0 google_calendar:0', 'nothing was asked for by all that');

-- For oneself alone.
SELECT is(tap.request(tap.a()), 'gmail:t google_calendar:t', 'all of one''s own accounts');
SELECT is(tap.numbers(tap.a()), 'gmail:1 google_calendar:1', 'are asked for');
SELECT is(tap.numbers(tap.b()), 'gmail:0 google_calendar:0', 'another user''s are not');
SELECT is((SELECT count(*) FROM sluice.schedule c WHERE c.user_id = tap.a()
		AND c.next_run_at = '-infinity' AND c.resync_requested_at = sluice.clock()
		AND NOT c.accept_deletions), 2::bigint, 'they are due at once, with no consent to deletions');
SELECT is((SELECT count(*) FROM sluice.schedule c WHERE c.user_id = tap.b()
		AND c.next_run_at > now()), 2::bigint, 'and another user''s when they were');
SELECT is(tap.request(tap.b(), format('only_integration => %L',
	tap.integration_of(tap.a(), 'gmail'))), NULL, 'an id of another user is none');
SELECT is(tap.request(tap.b(), $$only_provider => 'gmail'$$), 'gmail:t', 'those of a connector');
SELECT is(tap.request(tap.b(), format('only_integration => %L',
	tap.integration_of(tap.b(), 'google_calendar'))), 'google_calendar:t', 'a single one');
SELECT is(tap.request(tap.b(), $$'outlook'$$), NULL, 'a connector that one does not have');

-- How often.
UPDATE sluice.schedule SET next_run_at = now() + interval '1 hour';
SELECT is(tap.request(tap.a()), 'gmail:f:too_soon google_calendar:f:too_soon',
	'asked again within the minute: said');
SELECT is(tap.numbers(tap.a()), 'gmail:1 google_calendar:1', 'and nothing changes');
SELECT is((SELECT count(*) FROM sluice.schedule c WHERE c.user_id = tap.a()
	AND c.next_run_at > now()), 2::bigint, 'the next run neither');
SELECT is(tap.ask('authenticated', tap.a(),
	'SELECT count(*) FROM public.request_resync() r WHERE r.requested_at = now()'), '2',
	'told is when the one was asked that counts');
SET LOCAL sluice.clock_offset = '59 seconds';
SELECT is(tap.request(tap.a(), $$'gmail'$$), 'gmail:f:too_soon', 'still not after 59 s');
SET LOCAL sluice.clock_offset = '60 seconds';
SELECT is(tap.request(tap.a(), $$'gmail'$$), 'gmail:t', 'after a minute it is');
SET LOCAL sluice.clock_offset = '30 seconds';
SELECT is(tap.request(tap.a(), $$'gmail'$$), 'gmail:f:too_soon', 'a clock that is behind a little');
SET LOCAL sluice.clock_offset = '-1 day';
SELECT is(tap.request(tap.a(), $$'gmail'$$), 'gmail:t', 'one that was set back does not shut out for a day');
SET LOCAL sluice.clock_offset = '1 day';

-- What cannot run is said, and is not asked for.
CREATE TEMP TABLE states AS
SELECT * FROM (VALUES ('connected', NULL), ('error', NULL), ('needs_reauth', 'needs_reauth'),
	('paused', 'paused'), ('disconnected', 'disconnected'), ('archive', 'archive')) v (status, reason);
CREATE FUNCTION tap.in_state(s text) RETURNS text LANGUAGE plpgsql AS $$
BEGIN
	UPDATE public.user_integrations SET status = s WHERE user_id = tap.a() AND provider = 'gmail';
	UPDATE sluice.schedule SET resync_requested_at = NULL, resync_no = 0;
	RETURN tap.request(tap.a(), '''gmail''') || ' ' || tap.numbers(tap.a());
END
$$;
SELECT is(tap.in_state(s.status), CASE WHEN s.reason IS NULL THEN 'gmail:t gmail:1 google_calendar:0'
	ELSE 'gmail:f:' || s.reason || ' gmail:0 google_calendar:0' END, 'an account that is ' || s.status)
FROM states s;
SELECT tap.in_state('connected') \gset ignored_
UPDATE sluice.schedule SET parked_at = now(), resync_requested_at = NULL;
SELECT is(tap.request(tap.a(), $$'gmail'$$), 'gmail:f:parked', 'one that is parked');
UPDATE sluice.schedule SET parked_at = NULL;
UPDATE auth.users SET deleted_at = now() WHERE id = tap.a();
SELECT is(tap.request(tap.a(), $$'gmail'$$), 'gmail:f:user_deleted', 'a user who is deleted');

-- The hint: ids and nothing else. A notification leaves with COMMIT, so what
-- is told is read from the source.
SELECT matches((SELECT p.prosrc FROM pg_catalog.pg_proc p
		WHERE p.oid = 'sluice.resync_accounts(uuid,text,uuid,interval,boolean)'::regprocedure),
	$$pg_notify\('sluice', t\.id::text\)$$, 'the hint is the id of the integration');

SELECT * FROM finish();
ROLLBACK;
