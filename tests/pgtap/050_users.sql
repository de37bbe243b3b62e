-- Users: finding, adding, listing; and what goes when one goes.
BEGIN;
\ir support/helpers.sql
\ir support/fixture.sql
SELECT * FROM no_plan();
SELECT tap.fixture_mailbox(tap.a()), tap.fixture_mailbox(tap.b()),
	tap.fixture_member(tap.a()), tap.fixture_member(tap.b()) \gset ignored_

INSERT INTO auth.users (id, email, is_sso_user, banned_until, deleted_at, created_at) VALUES
	('c0000000-0000-4000-8000-000000000001', 'gone@example.com', false, NULL, now(), now()),
	('c0000000-0000-4000-8000-000000000002', 'banned@example.com', false, now() + interval '1 day', NULL, now()),
	('c0000000-0000-4000-8000-000000000003', 'was-banned@example.com', false, now() - interval '1 day', NULL, now()),
	('c0000000-0000-4000-8000-000000000004', 'twin@example.com', true, NULL, NULL, now()),
	('c0000000-0000-4000-8000-000000000005', 'twin@example.com', true, NULL, NULL, now());

SELECT is(tap.ask('sluice_operator', NULL, format('SELECT sluice.find_user(%L)', w.who)), w.id,
	'find_user: ' || w.what)
FROM (VALUES
	('a@example.com', tap.a()::text, 'by address'),
	('  A@Example.COM ', tap.a()::text, 'in any case, with blanks'),
	(tap.b()::text, tap.b()::text, 'by id'),
	(upper(tap.b()::text), tap.b()::text, 'by id in any case'),
	('nobody@example.com', NULL, 'unknown'),
	('not a user', NULL, 'neither id nor address'),
	('%@%', NULL, 'no pattern'),
	('gone@example.com', NULL, 'deleted'),
	('c0000000-0000-4000-8000-000000000001', NULL, 'deleted, by id'),
	('banned@example.com', NULL, 'banned'),
	('was-banned@example.com', 'c0000000-0000-4000-8000-000000000003', 'no longer banned'),
	('twin@example.com', '21000', 'an address of two single sign-on users is an error'),
	('c0000000-0000-4000-8000-000000000004', 'c0000000-0000-4000-8000-000000000004', 'one of them by id')
) AS w (who, id, what);
SELECT is(tap.ask('sluice_gateway', NULL, 'SELECT sluice.find_user(''a@example.com'')'),
	tap.a()::text, 'the gateway finds users too');
SELECT is(tap.ask(r.role, tap.a(), 'SELECT sluice.find_user(''a@example.com'')'), '42501',
	r.role || ' does not')
FROM (VALUES ('anon'), ('authenticated'), ('service_role')) AS r (role);

SELECT is(tap.ask('sluice_operator', NULL,
	'SELECT string_agg(email, '' '' ORDER BY email) FROM sluice.list_users()'
	' WHERE email IN (''a@example.com'', ''b@example.com'', ''gone@example.com'')'),
	'a@example.com b@example.com', 'list_users: all that are not deleted');

CREATE FUNCTION tap.ours() RETURNS boolean LANGUAGE sql AS
	$$ SELECT coalesce(obj_description('auth.users'::regclass, 'pg_class') LIKE 'sluice:%', false) $$;
SELECT is(tap.act('sluice_operator', NULL, 'SELECT sluice.add_user('' New@Example.com '')', true),
	CASE WHEN tap.ours() THEN 'ok:1' ELSE '55000' END,
	'add_user: on plain PostgreSQL; elsewhere it says why not');
SELECT is((SELECT count(*) FROM auth.users WHERE email = 'new@example.com'),
	CASE WHEN tap.ours() THEN 1 ELSE 0 END::bigint, 'add_user: the address in lower case');
SELECT is(tap.act('sluice_operator', NULL, 'SELECT sluice.add_user(''NEW@example.com'')'),
	CASE WHEN tap.ours() THEN '23505' ELSE '55000' END, 'add_user: not twice');
SELECT is(tap.act('sluice_operator', NULL, 'SELECT sluice.add_user(''nobody'')'),
	CASE WHEN tap.ours() THEN '22023' ELSE '55000' END, 'add_user: an address it must be');

-- A soft delete keeps everything; a real one takes everything of that user,
-- suppresses nothing, and leaves the sealed refresh token for revocation and a
-- row in the audit log that says so.
DELETE FROM sluice.revocations;
DELETE FROM sluice.secret_audit_logs;
DELETE FROM sluice.erasures;
SELECT lives_ok(format('DELETE FROM auth.users WHERE id = %L', tap.a()), 'a user is deleted');
CREATE FUNCTION tap.left_of(full_name text, u uuid) RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
	n bigint;
BEGIN
	EXECUTE format('SELECT count(*) FROM %s WHERE user_id = $1', full_name) INTO n USING u;
	RETURN n;
END
$$;
SELECT is(tap.left_of(full_name, tap.a()),
	CASE WHEN full_name IN ('sluice.revocations', 'sluice.secret_audit_logs') THEN 1 ELSE 0 END::bigint,
	'after deleting the user: ' || full_name)
FROM tap.user_relations ORDER BY full_name;
SELECT cmp_ok(tap.left_of(full_name, tap.b()), '>=', 1::bigint, 'the other user stays in ' || full_name)
FROM tap.user_relations
WHERE full_name NOT IN ('sluice.revocations', 'sluice.secret_audit_logs', 'sluice.erasures') ORDER BY full_name;
SELECT is(tap.act('sluice_gateway', tap.a(), 'DELETE FROM sluice.revocations'), 'ok:1',
	'the gateway finishes the revocation under the former identity');
SELECT is(tap.act('sluice_gateway', tap.b(), 'DELETE FROM sluice.revocations'), 'ok:0',
	'and under no other');
SELECT lives_ok(format('DELETE FROM sluice.grants WHERE user_id = %L', tap.b()),
	'a grant of a living user is deleted');
SELECT is(tap.left_of('sluice.revocations', tap.b()), 1::bigint,
	'that leaves its token for revocation, too');
SELECT results_eq(format('SELECT grant_id IS NULL FROM public.user_integrations WHERE user_id = %L AND provider = ''google_calendar''',
	tap.b()), 'VALUES (true)', 'its integration stays without a grant');

SELECT * FROM finish();
ROLLBACK;
