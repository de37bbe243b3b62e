-- Leaving: what is erased of whom, who rests, and what an export may read.
BEGIN;
\ir support/helpers.sql
\ir support/fixture.sql
SELECT * FROM no_plan();
SELECT tap.fixture_mailbox(tap.a()), tap.fixture_mailbox(tap.b()),
	tap.fixture_member(tap.a()), tap.fixture_member(tap.b()) \gset ignored_

CREATE FUNCTION tap.left_of(full_name text, u uuid) RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
	n bigint;
BEGIN
	EXECUTE format('SELECT count(*) FROM %s WHERE user_id = $1', full_name) INTO n USING u;
	RETURN n;
END
$$;
-- Every row of a user, as one text.
CREATE FUNCTION tap.all_of(u uuid) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
	t text;
	part text;
	whole text := '';
BEGIN
	FOR t IN SELECT full_name FROM tap.user_relations ORDER BY full_name LOOP
		EXECUTE format('SELECT md5(coalesce(string_agg(x::text, ''|'' ORDER BY x::text), '''')) '
			'FROM %s x WHERE user_id = $1', t) INTO part USING u;
		whole := whole || t || part;
	END LOOP;
	RETURN whole;
END
$$;
-- A table of the application that looks like one of ours is none.
CREATE TABLE public.app_notes (id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
	user_id uuid NOT NULL, note text);
INSERT INTO public.app_notes (user_id, note) VALUES (tap.a(), 'mine');
CREATE TEMPORARY TABLE other AS SELECT tap.all_of(tap.b()) AS before;

SELECT is((SELECT string_agg(r.full_name, ' ' ORDER BY r.full_name)
		FROM tap.user_relations r
		JOIN pg_class c ON c.oid = r.full_name::regclass AND c.relkind = 'r'
		WHERE r.full_name <> 'public.app_notes'),
	(SELECT string_agg(format('%s.%s', n.nspname, c.relname), ' '
			ORDER BY format('%s.%s', n.nspname, c.relname))
		FROM sluice.tables_of_users() u
		JOIN pg_class c ON c.oid = u.relation JOIN pg_namespace n ON n.oid = c.relnamespace),
	'tables_of_users: every table with user_id, and none of the application');
SELECT ok(NOT EXISTS (
		SELECT FROM pg_constraint k
		JOIN sluice.tables_of_users() child ON child.relation = k.conrelid
		JOIN sluice.tables_of_users() parent ON parent.relation = k.confrelid
		WHERE k.contype = 'f' AND k.conrelid <> k.confrelid AND child.depth <= parent.depth),
	'tables_of_users: children are deeper than parents');

-- In chunks, of the one who acts.
SELECT is(tap.act('sluice_gateway', NULL, 'SELECT * FROM sluice.erase_rows(10)'), '42501',
	'erase_rows: nobody is erased without an identity');
SELECT is(tap.ask('sluice_gateway', tap.a(), 'SELECT sum(erased) FROM sluice.erase_rows(3)'), '3',
	'erase_rows: as many as were wanted');
SELECT is(tap.act('sluice_gateway', tap.a(), 'SELECT * FROM sluice.erase_rows(1000000)', true) ~ '^ok:',
	true, 'erase_rows: all of it');
SELECT is(tap.ask('sluice_gateway', tap.a(), 'SELECT count(*) FROM sluice.erase_rows(10)'), '0',
	'erase_rows: then there is nothing more');
SELECT is(tap.left_of(full_name, tap.a()), 0::bigint, 'erased: ' || full_name)
FROM tap.user_relations
WHERE full_name NOT IN ('sluice.erasures', 'sluice.revocations', 'sluice.secret_audit_logs',
	'public.app_notes')
ORDER BY full_name;
SELECT is(tap.left_of('sluice.revocations', tap.a()), 2::bigint,
	'the token of the grant waits for its revocation');
SELECT is(tap.left_of('sluice.suppressions', tap.a()), 0::bigint,
	'no identity is remembered as deleted by hand');
SELECT is((SELECT count(*) FROM public.app_notes), 1::bigint, 'rows of the application stay');
SELECT is(tap.all_of(tap.b()), (SELECT before FROM other), 'not a row of the other user changed');
SELECT is(tap.act(r.role, tap.a(), 'SELECT sluice.erase_rows(1)'), '42501', r.role || ' may not')
FROM (VALUES ('anon'), ('authenticated'), ('service_role'), ('sluice_operator')) AS r (role);

CREATE FUNCTION tap.ours() RETURNS boolean LANGUAGE sql AS
	$$ SELECT coalesce(obj_description('auth.users'::regclass, 'pg_class') LIKE 'sluice:%', false) $$;
SELECT is(tap.ask('sluice_gateway', tap.a(), 'SELECT sluice.erase_user()'),
	CASE WHEN tap.ours() THEN 'erased' ELSE 'left' END,
	'erase_user: the row goes on plain PostgreSQL, and is the application''s elsewhere');
SELECT is(tap.ask('sluice_gateway', '99999999-0000-4000-8000-000000000001', 'SELECT sluice.erase_user()'),
	'absent', 'erase_user: somebody who is gone');

-- Without a refresh token the access token is what is revoked; one a grant.
DELETE FROM sluice.revocations;
INSERT INTO sluice.user_secrets (user_id, grant_id, purpose, ciphertext, iv, key_id)
SELECT user_id, id, 'access_token', decode(repeat('ef', 32), 'hex'),
	decode(repeat('22', 12), 'hex'), 'k1' FROM sluice.grants WHERE user_id = tap.b();
SELECT is(tap.act('sluice_gateway', tap.b(), 'DELETE FROM sluice.grants', true), 'ok:1', 'a grant is deleted');
SELECT results_eq('SELECT purpose FROM sluice.revocations', 'VALUES (''refresh_token''::text)',
	'its refresh token is to be revoked, and that alone');

-- Who rests.
INSERT INTO auth.users (id, email, is_sso_user, banned_until, deleted_at, created_at) VALUES
	('c0000000-0000-4000-8000-000000000001', 'gone@example.com', false, NULL, now(), now()),
	('c0000000-0000-4000-8000-000000000002', 'banned@example.com', false, now() + interval '1 day', NULL, now());
SELECT is(tap.ask('sluice_gateway', NULL, format('SELECT sluice.user_rests(%L)', w.id)), w.rests,
	'user_rests: ' || w.what)
FROM (VALUES (tap.b()::text, 'false', 'a user who is there'),
	('c0000000-0000-4000-8000-000000000001', 'true', 'deleted softly'),
	('99999999-0000-4000-8000-000000000001', 'true', 'nobody')) AS w (id, rests, what);
SELECT is(tap.ask('sluice_operator', NULL, 'SELECT string_agg(id::text, '' '') FROM sluice.resting_users()'),
	'c0000000-0000-4000-8000-000000000001', 'resting_users: those deleted softly');
SELECT is(tap.ask('sluice_operator', NULL,
	format('SELECT max(id || '' '' || state) FROM sluice.find_leaver(%L)', w.who)), w.got,
	'find_leaver: ' || w.what)
FROM (VALUES (' B@example.com', tap.b() || ' there', 'by address'),
	('gone@example.com', 'c0000000-0000-4000-8000-000000000001 resting', 'deleted softly'),
	('banned@example.com', 'c0000000-0000-4000-8000-000000000002 resting', 'banned'),
	('nobody@example.com', NULL, 'unknown')) AS w (who, got, what);
INSERT INTO sluice.erasures (user_id, finished_at) VALUES ('99999999-0000-4000-8000-000000000001', now());
SELECT is(tap.ask('sluice_operator', NULL,
	'SELECT state FROM sluice.find_leaver(''99999999-0000-4000-8000-000000000001'')'), 'gone',
	'find_leaver: only a receipt is left');

-- Tombstones.
SELECT is(sluice.tombstone_days(w.settings::jsonb), w.days, 'tombstone_days: ' || w.settings)
FROM (VALUES ('{}', 30), ('{"tombstone_retention": 7}', 7), ('{"tombstone_retention": "90"}', 90),
	('{"tombstone_retention": 0}', 1), ('{"tombstone_retention": "soon"}', 30)) AS w (settings, days);
SELECT is(tap.ask('sluice_operator', NULL, 'SELECT count(*) FROM sluice.old_tombstones(10)'), '0',
	'old_tombstones: none yet');
UPDATE public.artifacts SET deleted_at = now() - interval '29 days' WHERE user_id = tap.b();
SELECT is(tap.ask('sluice_operator', NULL, 'SELECT count(*) FROM sluice.old_tombstones(10)'), '0',
	'old_tombstones: none of 29 days');
UPDATE public.artifacts SET deleted_at = now() - interval '31 days' WHERE user_id = tap.b();
SELECT is(tap.ask('sluice_operator', NULL, 'SELECT count(*) FROM sluice.old_tombstones(10)'), '1',
	'old_tombstones: an account with one of 31 days');
UPDATE public.artifacts SET map_version = -1 WHERE user_id = tap.b();
SELECT is(tap.ask('sluice_operator', NULL, 'SELECT count(*) FROM sluice.old_tombstones(10)'), '0',
	'old_tombstones: one that has lost its content is done');

-- One open erasure of one account, or of all.
SELECT is(tap.act('sluice_gateway', tap.b(), format(
	'INSERT INTO sluice.erasures (user_id) VALUES (%L)', tap.b()), true), 'ok:1', 'an erasure begins');
SELECT is(tap.act('sluice_gateway', tap.b(), format(
	'INSERT INTO sluice.erasures (user_id) VALUES (%L)', tap.b())), '23505', 'once at a time');
SELECT is(sluice.add_counts('{"a": 1, "b": 2}', '{"b": 3, "c": 0}'), '{"a": 1, "b": 5}'::jsonb, 'counts add up');

SELECT * FROM finish();
ROLLBACK;
