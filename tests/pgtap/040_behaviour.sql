-- What triggers and functions do, fired by each role that fires them.
BEGIN;
\ir support/helpers.sql
\ir support/fixture.sql
SELECT * FROM no_plan();

-- People cannot write what providers and the gateway own.
SELECT is(tap.act('authenticated', tap.a(), w.stmt), '42501', 'people do not: ' || w.stmt)
FROM (VALUES
	('UPDATE public.artifacts SET title = ''x'''),
	('UPDATE public.artifacts SET ai_parsing_status = ''completed'''),
	('DELETE FROM public.artifacts'),
	('UPDATE public.artifact_participants SET name = ''x'''),
	('UPDATE public.artifact_processing_config SET enabled = false'),
	('UPDATE public.contacts SET is_self_contact = true'),
	('UPDATE public.contacts SET source = ''x'''),
	('UPDATE public.contacts SET origin = ''{}'''),
	('UPDATE public.contact_emails SET source = ''manual'''),
	('UPDATE public.user_integrations SET status = ''connected'''),
	('UPDATE public.user_integrations SET grant_id = NULL'),
	('DELETE FROM public.user_integrations'),
	('UPDATE public.sync_state SET cursor = NULL'),
	('DELETE FROM public.sync_logs'),
	('DELETE FROM public.sync_items'),
	('SELECT * FROM sluice.user_secrets'),
	('SELECT * FROM sluice.grants'),
	('SELECT * FROM sluice.schedule'),
	('SELECT sluice.find_user(''a@example.com'')'),
	('SELECT sluice.suppression_hash(NULL, ''email'', ''x'')')
) AS w (stmt);
SELECT is(tap.act(w.act_role, tap.a(), w.stmt), '42501', w.act_role || ' does not: ' || w.stmt)
FROM (VALUES
	('service_role', 'UPDATE public.artifacts SET title = ''x'''),
	('service_role', 'UPDATE public.user_integrations SET settings = ''{}'''),
	('service_role', 'SELECT * FROM sluice.user_secrets'),
	('sluice_gateway', 'SELECT * FROM auth.users'),
	('sluice_gateway', 'SELECT * FROM sluice.settings_private'),
	('sluice_gateway', 'DELETE FROM sluice.secret_audit_logs'),
	('sluice_gateway', 'UPDATE sluice.secret_audit_logs SET event = ''x'''),
	('sluice_gateway', 'DELETE FROM sluice.suppressions'),
	('sluice_gateway', 'CREATE TABLE public.x ()'),
	('sluice_gateway', 'CREATE TABLE sluice.x ()'),
	('sluice_gateway', 'SELECT sluice.add_user(''x@example.com'')'),
	('sluice_gateway', 'UPDATE sluice.sys_table_migrations SET checksum = ''x'''),
	('sluice_operator', 'SELECT raw FROM public.sync_items'),
	('sluice_operator', 'SELECT ciphertext FROM sluice.revocations'),
	('sluice_operator', 'SELECT ciphertext FROM sluice.user_secrets'),
	('sluice_operator', 'SELECT account_subject FROM sluice.grants'),
	('sluice_operator', 'UPDATE sluice.schedule SET fence = 0')
) AS w (act_role, stmt);
SELECT is(tap.act('authenticated', tap.a(), w.stmt), w.want, 'people do: ' || w.stmt)
FROM (VALUES
	('SELECT * FROM public.artifact_processing_config', 'ok:5'),
	('UPDATE public.contacts SET notes = ''x'', company = ''y''', 'ok:1'),
	('UPDATE public.loops SET status = ''done''', 'ok:1'),
	('UPDATE public.suggestions SET status = ''dismissed''', 'ok:1'),
	('UPDATE public.user_integrations SET sync_interval_s = 59', '23514'),
	('UPDATE public.user_integrations SET settings = ''[]''', '23514'),
	(format('UPDATE public.user_integrations SET settings = jsonb_build_object(''k'', repeat(''x'', %s))',
		16384), '23514')
) AS w (stmt, want);

-- updated_at follows (now() stands still in a transaction: start earlier).
ALTER TABLE public.contacts DISABLE TRIGGER USER;
UPDATE public.contacts SET updated_at = 'yesterday';
ALTER TABLE public.contacts ENABLE TRIGGER USER;
SELECT is(tap.act('authenticated', tap.a(),
	'UPDATE public.contacts SET notes = ''x''', true), 'ok:1', 'a person updates');
SELECT results_eq('SELECT user_id, updated_at = now() FROM public.contacts ORDER BY user_id',
	$$ VALUES (tap.a(), true), (tap.b(), false) $$, 'updated_at of that row alone follows');

-- Suppression: what a person deletes stays away.
CREATE FUNCTION tap.suppressed(u uuid, kind text, norm text) RETURNS boolean LANGUAGE sql AS $$
	SELECT tap.ask('sluice_gateway', u, format(
		'SELECT EXISTS (SELECT 1 FROM sluice.suppressions s WHERE s.user_id = %L'
		' AND s.identity_hash = sluice.suppression_hash(%L, %L, %L))', u, u, kind, norm))::boolean
$$;
SELECT ok(NOT tap.suppressed(tap.a(), 'email', 'x@example.com'), 'not suppressed at first');
SELECT isnt(sluice.suppression_hash(tap.a(), 'email', 'x'),
	sluice.suppression_hash(tap.b(), 'email', 'x'), 'the hash depends on the user');
SELECT isnt(sluice.suppression_hash(tap.a(), 'email', 'x'),
	sluice.suppression_hash(tap.a(), 'handle', 'x'), 'the hash depends on the kind');

SELECT is(tap.act('sluice_gateway', tap.a(), 'DELETE FROM public.contact_emails', true), 'ok:1',
	'the gateway deletes an address');
SELECT ok(NOT tap.suppressed(tap.a(), 'email', 'x@example.com'),
	'what the gateway deletes is not suppressed');
SELECT is(tap.act('sluice_gateway', tap.a(), format(
	'INSERT INTO public.contact_emails (user_id, contact_id, address, address_norm, source)'
	' SELECT %L, id, ''X@example.com'', ''x@example.com'', ''google_calendar'''
	' FROM public.contacts', tap.a()), true), 'ok:1', 'and makes it again');

SELECT is(tap.act('authenticated', tap.a(), 'DELETE FROM public.contacts', true), 'ok:1',
	'a person deletes a contact');
SELECT ok(tap.suppressed(tap.a(), 'email', 'x@example.com'), 'its address is suppressed');
SELECT ok(tap.suppressed(tap.a(), 'handle', 'urn:x'), 'its handle is suppressed');
SELECT ok(NOT tap.suppressed(tap.b(), 'email', 'x@example.com'), 'for that user alone');
SELECT is((SELECT count(*) FROM public.loops WHERE user_id = tap.a()), 0::bigint,
	'its loops went with it');

SELECT is(tap.act('authenticated', tap.a(), format(
	'INSERT INTO public.contacts (user_id, display_name) VALUES (%L, ''Again'')', tap.a()), true),
	'ok:1', 'the person enters the contact again');
SELECT is(tap.act('authenticated', tap.a(), format(
	'INSERT INTO public.contact_emails (user_id, contact_id, address)'
	' SELECT %L, id, '' X@Example.com '' FROM public.contacts', tap.a()), true), 'ok:1',
	'with the address, as written');
SELECT is((SELECT address_norm FROM public.contact_emails WHERE user_id = tap.a()),
	'x@example.com', 'the normalised form was filled in');
SELECT ok(NOT tap.suppressed(tap.a(), 'email', 'x@example.com'), 'which frees it');
SELECT ok(tap.suppressed(tap.a(), 'handle', 'urn:x'), 'and nothing else');
SELECT is(tap.act('authenticated', tap.a(), format(
	'INSERT INTO public.contact_handles (user_id, contact_id, kind, value)'
	' SELECT %L, id, ''profile_url'', w.value FROM public.contacts,'
	' (VALUES ('' https://WWW.l.example/in/J%%C3%%B6rg/?x=y ''), ('' @Ann '')) AS w (value)', tap.a()),
	true), 'ok:2', 'and with handles, as written');
SELECT results_eq('SELECT value_norm FROM public.contact_handles WHERE user_id = tap.a() ORDER BY 1',
	$$ VALUES ('@ann'), (U&'l.example/in/j\00f6rg') $$, 'whose normalised forms were filled in');

SELECT is(tap.act('authenticated', tap.a(),
	'UPDATE public.contact_emails SET address = '' <mailto:Y@Example.com>''',
	true), 'ok:1', 'a person corrects an address');
SELECT is((SELECT address_norm FROM public.contact_emails WHERE user_id = tap.a()),
	'y@example.com', 'the normalised form follows it');
SELECT ok(tap.suppressed(tap.a(), 'email', 'x@example.com')
	AND NOT tap.suppressed(tap.a(), 'email', 'y@example.com'),
	'the old form is suppressed, the new one free');

-- An address that a connector writes frees nothing.
SELECT is(tap.act('sluice_gateway', tap.a(), format(
	'INSERT INTO public.contact_emails (user_id, contact_id, address, address_norm, source)'
	' SELECT %L, id, ''x@example.com'', ''x@example.com'', ''google_calendar'''
	' FROM public.contacts', tap.a()), true), 'ok:1', 'the gateway is not stopped by a trigger');
SELECT ok(tap.suppressed(tap.a(), 'email', 'x@example.com'), 'nor does it free what it writes');

-- The service and the owner count as people too.
SELECT is(tap.act('service_role', NULL, format(
	'DELETE FROM public.contact_emails WHERE user_id = %L AND address_norm = ''y@example.com''',
	tap.a()), true), 'ok:1', 'the application deletes an address');
SELECT ok(tap.suppressed(tap.a(), 'email', 'y@example.com'), 'it is suppressed');
SELECT is(tap.act('service_role', NULL, format(
	'INSERT INTO public.contact_emails (user_id, contact_id, address)'
	' SELECT %L, id, ''y@example.com'' FROM public.contacts WHERE user_id = %L',
	tap.a(), tap.a()), true), 'ok:1', 'and enters it again');
SELECT ok(NOT tap.suppressed(tap.a(), 'email', 'y@example.com'), 'it is free');

SELECT is(tap.act('service_role', NULL, format(
	'UPDATE public.contacts SET is_self_contact = true WHERE id = (SELECT id'
	' FROM public.contacts WHERE user_id = %L ORDER BY is_self_contact DESC LIMIT 1)',
	tap.a()), true), 'ok:1', 'the application says who the user is');
SELECT ok(tap.act('authenticated', tap.a(), 'DELETE FROM public.contacts', true) LIKE 'ok:%',
	'a person deletes all contacts');
SELECT is((SELECT count(*) FROM public.contacts WHERE user_id = tap.a() AND is_self_contact),
	1::bigint, 'the own one stays: what an own address is rests on it');

-- One self contact a user.
INSERT INTO public.contacts (user_id, is_self_contact) VALUES (tap.b(), true);
SELECT throws_ok(format('INSERT INTO public.contacts (user_id, is_self_contact) VALUES (%L, true)',
	tap.a()), '23505', NULL, 'no second self contact');

-- Parsing status.
CREATE FUNCTION tap.status_of(source text) RETURNS text LANGUAGE sql AS $$
	SELECT ai_parsing_status FROM public.artifacts WHERE user_id = tap.a() AND source_id = source
$$;
CREATE FUNCTION tap.put(source text, title text, extra text DEFAULT 'NULL') RETURNS text LANGUAGE sql AS $$
	SELECT tap.act('sluice_gateway', tap.a(), format(
		'INSERT INTO public.artifacts (user_id, integration_id, stream_key, source_id, type,'
		' occurred_at, title, content_hash, deleted_at)'
		' SELECT i.user_id, i.id, ''cal'', %L, ''calendar_event'', now(), %L,'
		' sha256(convert_to(coalesce(%L, ''''), ''UTF8'')), %s FROM public.user_integrations i'
		' ON CONFLICT (user_id, integration_id, stream_key, source_id) DO UPDATE'
		' SET title = EXCLUDED.title, content_hash = EXCLUDED.content_hash,'
		' deleted_at = EXCLUDED.deleted_at', source, title, title, extra), true)
$$;
SELECT is(tap.put('p1', 'Lunch'), 'ok:1', 'the gateway stores an artifact');
SELECT is(tap.status_of('p1'), 'pending', 'a complete artifact is pending');
SELECT is(tap.put('p2', NULL), 'ok:1', 'one without a title');
SELECT is(tap.status_of('p2'), 'skipped', 'a required field missing: skipped');
SELECT is(tap.put('p3', ''), 'ok:1', 'one with an empty title');
SELECT is(tap.status_of('p3'), 'skipped', 'a required field empty: skipped');
SELECT is(tap.put('p4', 'Gone', 'now()'), 'ok:1', 'one that arrives deleted');
SELECT is(tap.status_of('p4'), 'skipped', 'deleted: skipped');
SELECT is(tap.act('service_role', NULL,
	'UPDATE public.artifacts SET ai_parsing_status = ''completed''', true), 'ok:8',
	'the application sets the status of all users'' artifacts');
SELECT is(tap.put('p1', 'Lunch'), 'ok:1', 'the same again');
SELECT is(tap.status_of('p1'), 'completed', 'an unchanged hash leaves the status');
SELECT is(tap.put('p1', 'Dinner'), 'ok:1', 'changed');
SELECT is(tap.status_of('p1'), 'pending', 'a changed hash sets it back');
SELECT is(tap.put('p1', 'Dinner', 'now()'), 'ok:1', 'deleted as it was');
SELECT is(tap.status_of('p1'), 'skipped', 'what waited is skipped');
SELECT is(tap.put('p1', 'Dinner'), 'ok:1', 'restored as it was');
SELECT is(tap.status_of('p1'), 'pending', 'and waits again');
UPDATE public.artifact_processing_config SET enabled = false;
SELECT is(tap.put('p5', 'Lunch'), 'ok:1', 'an artifact of a disabled type');
SELECT is(tap.status_of('p5'), 'skipped', 'is skipped');
SELECT throws_ok('UPDATE public.artifact_processing_config SET required_fields = ''{nonsense}''',
	'23514', NULL, 'required_fields names columns only');
UPDATE public.artifact_processing_config SET enabled = true;
-- PostgreSQL 18 tells a RESTRICT from a missing parent.
SELECT throws_ok('DELETE FROM public.artifact_processing_config',
	CASE WHEN current_setting('server_version_num')::integer < 180000 THEN '23503' ELSE '23001' END,
	NULL, 'a type in use is not deleted');

-- Schedule.
CREATE VIEW tap.plan AS SELECT s.* FROM sluice.schedule s WHERE s.user_id = tap.a();
SELECT results_eq('SELECT provider, enabled, next_run_at FROM tap.plan',
	$$ VALUES ('google_calendar', true, timestamptz '-infinity') $$,
	'an integration is scheduled, before all others');
UPDATE sluice.schedule SET next_run_at = now() + interval '1 hour';
SELECT is(tap.act('authenticated', tap.a(),
	'UPDATE public.user_integrations SET sync_interval_s = 7200', true), 'ok:1',
	'a person lengthens the interval');
SELECT is((SELECT next_run_at FROM tap.plan), now() + interval '1 hour', 'the next run stays');
SELECT is(tap.act('authenticated', tap.a(),
	'UPDATE public.user_integrations SET sync_interval_s = 60', true), 'ok:1',
	'a person shortens it');
SELECT is((SELECT next_run_at FROM tap.plan), now() + interval '1 minute', 'the next run comes forward');
SELECT is((SELECT next_run_at FROM sluice.schedule WHERE user_id = tap.b()),
	now() + interval '1 hour', 'of that user alone');
SELECT is(tap.act('sluice_gateway', tap.a(),
	'UPDATE public.user_integrations SET status = ''needs_reauth''', true), 'ok:1',
	'the gateway needs consent');
SELECT ok(NOT (SELECT enabled FROM tap.plan), 'the schedule is off');
SELECT is(tap.act('sluice_gateway', tap.a(),
	'UPDATE public.user_integrations SET status = ''connected''', true), 'ok:1', 'connected again');
SELECT ok((SELECT enabled AND next_run_at = now() FROM tap.plan), 'the schedule is on and due');
SELECT is(tap.act('sluice_gateway', tap.a(), format(
	'INSERT INTO public.user_integrations (user_id, provider, account, account_subject, status)'
	' VALUES (%L, ''linkedin'', ''x'', ''archive'', ''archive'')', tap.a()), true), 'ok:1',
	'the gateway adds an archive');
SELECT is((SELECT count(*) FROM tap.plan WHERE enabled), 1::bigint, 'an archive is not scheduled');
SELECT is(tap.act('sluice_gateway', NULL, 'SELECT FROM sluice.schedule WHERE enabled'
	' ORDER BY next_run_at FOR UPDATE SKIP LOCKED'), 'ok:2',
	'the gateway claims across users, before it has an identity');
SELECT set_config('sluice.clock_offset', '2 hours', true) AS ignored \gset
SELECT is(sluice.clock(), now() + interval '2 hours', 'moved by the setting');
SELECT set_config('sluice.clock_offset', '', true) AS ignored \gset
SELECT is(sluice.clock(), now(), 'an empty setting is none');

-- Views.
SELECT is(tap.ask('authenticated', tap.b(),
	'SELECT last_interaction_at = now() - interval ''1 day'' FROM public.contact_last_interactions'),
	'true', 'the last interaction comes by the address');
INSERT INTO public.artifact_participants (artifact_id, user_id, position, kind, value, value_norm, role)
SELECT a.id, a.user_id, 0, 'email', 'x@example.com', 'x@example.com', 'attendee'
FROM public.artifacts a WHERE a.user_id = tap.b() AND a.source_id = 'weekly';
INSERT INTO public.calendar_occurrences (user_id, artifact_id, starts_at, ends_at)
SELECT a.user_id, a.id, now() + n * interval '1 hour', now() + n * interval '1 hour'
FROM public.artifacts a CROSS JOIN (VALUES (-1), (1)) AS x (n)
WHERE a.user_id = tap.b() AND a.source_id = 'weekly';
SELECT is(tap.ask('authenticated', tap.b(),
	'SELECT last_interaction_at = now() - interval ''1 hour'' FROM public.contact_last_interactions'),
	'true', 'a series counts by its last occurrence that has begun');
DELETE FROM public.calendar_occurrences WHERE user_id = tap.b() AND starts_at > now() - interval '2 days';
DELETE FROM public.artifact_participants p USING public.artifacts a
WHERE a.id = p.artifact_id AND a.user_id = tap.b() AND a.source_id = 'weekly';
UPDATE public.artifacts SET occurred_at = now() + interval '1 day' WHERE user_id = tap.b();
SELECT is(tap.ask('authenticated', tap.b(), 'SELECT count(*) FROM public.contact_last_interactions'),
	'0', 'what is to come is no interaction yet');
SELECT results_eq($$ SELECT calendar_id, title, is_primary, is_selected FROM public.calendar_sync_state
	WHERE user_id = tap.b() $$, $$ VALUES ('cal', 'Cal', true, false) $$,
	'a calendar''s columns come typed from shown');

-- A mailbox: what it follows and what it still lists are one row.
SELECT tap.fixture_mailbox(tap.b()) \gset ignored_
UPDATE public.sync_state s SET state = x.state, shown = x.shown::jsonb, pending = x.pending::jsonb,
	coverage_from = x.coverage
FROM public.user_integrations i CROSS JOIN (VALUES
	('changes', 'live', '{"history":"18446744073709551615","email":"b@example.com",'
		'"labels":{"L1":"Work"},"messages_total":200}', '[{"id":"n"}]', NULL),
	('backfill', 'walking', '{"listed":50,"estimate":200,"oldest":"2020-01-31T08:00:00Z"}',
		'[{"id":"a"},{"id":"b"}]', timestamptz '2020-01-01Z')) AS x (kind, state, shown, pending,
	coverage)
WHERE i.user_id = tap.b() AND i.provider = 'gmail' AND s.integration_id = i.id
	AND s.kind = x.kind;
SELECT results_eq($$ SELECT email, history_id, messages_total, labels, state, backfill_state,
		backfill_listed, backfill_estimate, backfill_progress, backfill_oldest_at,
		messages_waiting, coverage_from
	FROM public.gmail_sync_state WHERE user_id = tap.b() $$,
	$$ VALUES ('b@example.com', 18446744073709551615::numeric(20), 200::bigint,
		'{"L1":"Work"}'::jsonb, 'live', 'walking', 50::bigint, 200::bigint,
		0.25::double precision, timestamptz '2020-01-31 08:00Z', 3, timestamptz '2020-01-01Z') $$,
	'a mailbox''s columns come typed from shown');
UPDATE public.sync_state s SET shown = '{"listed":"many","estimate":0,"oldest":"then","history":-1}'
FROM public.user_integrations i WHERE i.id = s.integration_id AND i.provider = 'gmail';
SELECT results_eq($$ SELECT history_id IS NULL, backfill_listed IS NULL, backfill_progress IS NULL,
		backfill_oldest_at IS NULL, labels FROM public.gmail_sync_state WHERE user_id = tap.b() $$,
	$$ VALUES (true, true, true, true, '{}'::jsonb) $$, 'what is not as it should be is absent');
DELETE FROM public.user_integrations WHERE user_id = tap.b() AND provider = 'gmail';

-- A member of LinkedIn: what is followed, and what waits, by road.
WITH made AS (
	INSERT INTO public.user_integrations (user_id, provider, account, account_subject)
	VALUES (tap.b(), 'linkedin', 'x@example.com', 'sub') RETURNING id
)
INSERT INTO public.sync_state (user_id, integration_id, kind, key, title, state, shown)
SELECT tap.b(), m.id, x.kind, x.key, x.kind, x.state, x.shown::jsonb
FROM made m CROSS JOIN (VALUES
	('changelog', '', 'live', '{"processed_to":"2026-11-20T10:00:00.5Z",'
		'"snapshots_at":"2026-11-19T10:00:00Z","snapshots_why":"scheduled"}'),
	('connections', '', 'live', '{"listed":5000,"waiting":null,"not_before":null,"tries":0}'),
	('inbox', '', 'walking', '{"waiting":"nothing yet","tries":2,'
		'"not_before":"2026-11-20T12:00:00Z"}'),
	('archive', 'ab', 'live', '{"listed":"many","tries":"x","processed_to":"then"}'))
	AS x (kind, key, state, shown);
SELECT results_eq($$ SELECT road, domain, rows_listed, waiting, empty_answers, asked_again_after,
		processed_to, snapshots_at, snapshots_why
	FROM public.linkedin_sync_tracking WHERE user_id = tap.b() ORDER BY domain $$,
	$$ VALUES ('archive', 'archive', NULL::bigint, NULL::text, NULL::integer, NULL::timestamptz,
			NULL::timestamptz, NULL::timestamptz, NULL::text),
		('changelog', 'changelog', NULL, NULL, NULL, NULL, '2026-11-20 10:00:00.5Z',
			'2026-11-19 10:00Z', 'scheduled'),
		('snapshot', 'connections', 5000, NULL, 0, NULL, NULL, NULL, NULL),
		('snapshot', 'inbox', NULL, 'nothing yet', 2, '2026-11-20 12:00Z', NULL, NULL, NULL) $$,
	'a member''s columns come typed from shown, and what is not as it should be is absent');
SELECT is(tap.ask('authenticated', tap.a(), 'SELECT count(*) FROM public.linkedin_sync_tracking'),
	'0', 'another user has no row there');
DELETE FROM public.user_integrations WHERE user_id = tap.b() AND provider = 'linkedin';

-- The agenda: single events, occurrences without exception, live exceptions.
INSERT INTO public.calendar_occurrences (user_id, artifact_id, starts_at, ends_at)
SELECT a.user_id, a.id, a.occurred_at + n * interval '7 days', a.ends_at + n * interval '7 days'
FROM public.artifacts a CROSS JOIN generate_series(1, 3) AS n
WHERE a.user_id = tap.a() AND a.source_id = 'weekly';
INSERT INTO public.artifacts (user_id, integration_id, stream_key, source_id, type,
	parent_source_id, original_start_at, occurred_at, title, content_hash, deleted_at,
	deleted_reason)
SELECT a.user_id, a.integration_id, x.key, x.id, a.type, 'weekly', a.occurred_at + x.slot,
	a.occurred_at + x.slot + interval '1 hour', x.id, a.content_hash, x.gone, x.why
FROM public.artifacts a CROSS JOIN (VALUES
	('cal', 'moved', interval '7 days', NULL::timestamptz, NULL),
	('cal', 'off', interval '14 days', now(), 'cancelled'),
	('cal', 'no slot of it', interval '15 days', NULL, NULL),
	('cal', 'taken back', interval '21 days', now(), 'not-listed'),
	('another', 'of another calendar', interval '21 days', NULL, NULL))
	AS x (key, id, slot, gone, why)
WHERE a.user_id = tap.a() AND a.source_id = 'weekly';
SELECT results_eq($$ SELECT kind, title, count(*)::int FROM public.calendar_agenda
	WHERE user_id = tap.a() AND kind <> 'single' GROUP BY 1, 2 ORDER BY 1, 2 $$,
	$$ VALUES ('exception', 'moved', 1), ('exception', 'no slot of it', 1),
		('exception', 'of another calendar', 1), ('occurrence', 'Weekly', 2) $$,
	'an exception takes the place of its slot, in its own calendar, while it is listed');
SELECT is(tap.ask('authenticated', tap.b(), 'SELECT count(*) FROM public.calendar_agenda'), '2',
	'the agenda of another user is another one');
SELECT is(tap.act('sluice_gateway', tap.a(),
	'UPDATE public.artifacts SET deleted_at = now() WHERE source_id = ''weekly''', true),
	'ok:1', 'a master is deleted');
SELECT results_eq($$ SELECT expansion, occurrences, expanded_to::text,
		(SELECT count(*)::int FROM public.calendar_occurrences o WHERE o.user_id = c.user_id)
	FROM public.calendar_series c WHERE user_id = tap.a() $$,
	$$ VALUES ('gone', 0, NULL, 0) $$, 'with it go its occurrences');
SELECT is(tap.act('sluice_gateway', tap.a(),
	'UPDATE public.artifacts SET deleted_at = NULL WHERE source_id = ''weekly''', true), 'ok:1',
	'it lives again');
SELECT is((SELECT expansion FROM public.calendar_series WHERE user_id = tap.a()), 'due',
	'and is due');
SELECT is((SELECT count(*)::int FROM public.calendar_agenda WHERE user_id = tap.a()
	AND kind = 'series'), 1, 'until then it stands in the agenda once');
SELECT is((SELECT count(*)::int FROM public.calendar_occurrences WHERE user_id = tap.b()), 1,
	'another user''s occurrences stay');

-- Secrets: the checks refuse what is not sealed.
SELECT throws_ok(format('UPDATE sluice.user_secrets SET %s', w.change), '23514', NULL,
	'a secret is refused: ' || w.change)
FROM (VALUES ('iv = ''\x00'''), ('ciphertext = ''short'''), ('key_id = ''''')) AS w (change);
SELECT throws_ok(format('UPDATE %s SET %s = ''1//0gABCDEFGHIJKLMNOP-a-token-as-long-as-they-are''',
	w.rel, w.col), '23514', NULL, 'a token in clear is refused: ' || w.rel)
FROM (VALUES ('sluice.user_secrets', 'ciphertext'), ('sluice.revocations', 'ciphertext'),
	('sluice.oauth_clients', 'secret_ciphertext')) AS w (rel, col);
SELECT throws_ok('UPDATE sluice.revocations SET iv = (SELECT iv FROM sluice.revocations LIMIT 1)',
	'23505', NULL, 'no key uses an iv twice, among revocations either');
SELECT throws_ok('UPDATE sluice.oauth_clients SET secret_ciphertext = ''plain''', '23514', NULL,
	'a client secret is refused in clear');
SELECT throws_ok($$ INSERT INTO sluice.user_secrets (user_id, grant_id, purpose, ciphertext, iv, key_id)
	SELECT user_id, grant_id, 'access_token', ciphertext, iv, key_id FROM sluice.user_secrets $$,
	'23505', NULL, 'no key uses an iv twice');
SELECT is(tap.act('sluice_gateway', tap.a(), 'DELETE FROM sluice.user_secrets', true), 'ok:1',
	'a token is deleted');
SELECT results_eq($$ SELECT event, actor, detail FROM sluice.secret_audit_logs
	WHERE user_id = tap.a() AND event IN ('created', 'deleted') ORDER BY id $$,
	$$ VALUES ('created', 'database', 'refresh_token'), ('deleted', 'database', 'refresh_token') $$,
	'what comes and what goes is in the audit log');
SELECT is(tap.act('sluice_gateway', NULL,
	'INSERT INTO sluice.secret_audit_logs (event) VALUES (''client stored'')'), 'ok:1',
	'events of the installation are logged without an identity');

SELECT * FROM finish();
ROLLBACK;
