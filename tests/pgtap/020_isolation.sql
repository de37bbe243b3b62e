-- Two users, every table and view of users found in the catalogue, every
-- action: nobody crosses.
BEGIN;
\ir support/helpers.sql
\ir support/fixture.sql
SELECT * FROM no_plan();
SELECT tap.fixture_mailbox(tap.a()), tap.fixture_mailbox(tap.b()),
	tap.fixture_member(tap.a()), tap.fixture_member(tap.b()) \gset ignored_

-- The fixture must know every table: a new one without rows makes this red.
CREATE FUNCTION tap.rows_of(full_name text, u uuid) RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
	n bigint;
BEGIN
	EXECUTE format('SELECT count(*) FROM %s WHERE user_id = $1', full_name) INTO n USING u;
	RETURN n;
END
$$;
SELECT cmp_ok(least(tap.rows_of(full_name, tap.a()), tap.rows_of(full_name, tap.b())),
	'>=', 1::bigint, 'the owner sees rows of both users in ' || full_name)
FROM tap.user_relations ORDER BY full_name;

-- Who reads what, where rows are reachable at all. Everything else about
-- grants is in 030_privileges.sql.
CREATE FUNCTION tap.reads(act_role text, full_name text) RETURNS boolean LANGUAGE sql STABLE AS $$
	SELECT has_schema_privilege(act_role, split_part(full_name, '.', 1), 'USAGE')
		AND has_any_column_privilege(act_role, full_name, 'SELECT')
$$;

CREATE FUNCTION tap.seen(act_role text, who uuid, full_name text, of_user uuid)
RETURNS text LANGUAGE sql AS $$
	SELECT tap.ask(act_role, who,
		format('SELECT count(*) FROM %s WHERE user_id = %L', full_name, of_user))
$$;

-- schedule is exempt from row security (ids and times only): the gateway
-- claims from it before it knows the user.
CREATE VIEW tap.targets AS
SELECT r.*, x.act_role
FROM tap.user_relations r
CROSS JOIN (VALUES ('authenticated'), ('sluice_gateway')) AS x (act_role)
WHERE r.full_name <> 'sluice.schedule' OR x.act_role = 'authenticated';

SELECT is(tap.seen(act_role, tap.a(), full_name, tap.b()),
	CASE WHEN tap.reads(act_role, full_name) THEN '0' ELSE '42501' END,
	format('%s A selects nothing of B in %s', act_role, full_name))
FROM tap.targets ORDER BY act_role, full_name;

SELECT isnt(tap.seen(act_role, tap.a(), full_name, tap.a()), '0',
	format('%s A selects its own in %s', act_role, full_name))
FROM tap.targets WHERE tap.reads(act_role, full_name) ORDER BY act_role, full_name;

SELECT is(tap.ask(act_role, NULL, format('SELECT count(*) FROM %s', full_name)),
	CASE WHEN tap.reads(act_role, full_name) THEN '0' ELSE '42501' END,
	format('%s without identity selects nothing in %s', act_role, full_name))
FROM tap.targets ORDER BY act_role, full_name;

SELECT is(tap.ask('anon', u.who, format('SELECT count(*) FROM %s', full_name)), '42501',
	format('anon%s is refused %s', CASE WHEN u.who IS NULL THEN '' ELSE ' with a sub' END,
		full_name))
FROM tap.user_relations CROSS JOIN (VALUES (NULL), (tap.a())) AS u (who)
ORDER BY full_name;

-- Insert a copy of somebody's row under a new id, in the columns that the
-- role may give. Policies are checked before uniqueness: 42501 is a refusal,
-- 23505 would have been let in.
CREATE FUNCTION tap.insert_copy(act_role text, who uuid, full_name text, of_user uuid)
RETURNS text LANGUAGE plpgsql AS $$
DECLARE
	cols text;
	doc jsonb;
BEGIN
	SELECT string_agg(quote_ident(a.attname), ', ') INTO cols
	FROM pg_catalog.pg_attribute a
	WHERE a.attrelid = full_name::regclass AND a.attnum > 0 AND NOT a.attisdropped
		AND a.attgenerated = ''
		AND has_column_privilege(act_role, full_name, a.attname, 'INSERT');
	IF cols IS NULL THEN -- no column at all: still try
		cols := 'user_id';
	END IF;
	EXECUTE format('SELECT to_jsonb(t) FROM %s t WHERE user_id = $1 LIMIT 1', full_name)
		INTO doc USING of_user;
	IF full_name <> 'public.sync_logs' AND doc ? 'id' AND doc ->> 'id' ~ '-' THEN
		doc := doc || jsonb_build_object('id', gen_random_uuid());
	END IF;
	RETURN tap.act(act_role, who, format(
		'INSERT INTO %1$s (%2$s) OVERRIDING SYSTEM VALUE'
		' SELECT %2$s FROM jsonb_populate_record(NULL::%1$s, %3$L)', full_name, cols, doc));
END
$$;

CREATE FUNCTION tap.writes(act_role text, full_name text, action text)
RETURNS boolean LANGUAGE sql STABLE AS $$
	SELECT has_schema_privilege(act_role, split_part(full_name, '.', 1), 'USAGE')
		AND CASE action
			WHEN 'DELETE' THEN has_table_privilege(act_role, full_name, action)
			ELSE has_any_column_privilege(act_role, full_name, action) END
$$;

SELECT is(tap.insert_copy(act_role, tap.a(), full_name, tap.b()), '42501',
	format('%s A does not insert for B into %s', act_role, full_name))
FROM tap.targets WHERE NOT is_view ORDER BY act_role, full_name;

SELECT is(tap.insert_copy(act_role, NULL, full_name, tap.b()), '42501',
	format('%s without identity does not insert into %s', act_role, full_name))
FROM tap.targets WHERE NOT is_view ORDER BY act_role, full_name;

SELECT isnt(tap.insert_copy(act_role, tap.a(), full_name, tap.a()), '42501',
	format('%s A inserts its own into %s', act_role, full_name))
FROM tap.targets WHERE NOT is_view AND tap.writes(act_role, full_name, 'INSERT')
ORDER BY act_role, full_name;

-- Update whatever column the role may update (or user_id, to be refused).
CREATE FUNCTION tap.update_rows(act_role text, who uuid, full_name text, of_user uuid)
RETURNS text LANGUAGE plpgsql AS $$
DECLARE
	col text;
BEGIN
	SELECT a.attname INTO col
	FROM pg_catalog.pg_attribute a
	WHERE a.attrelid = full_name::regclass AND a.attnum > 0 AND NOT a.attisdropped
		AND a.attgenerated = '' AND a.attidentity = ''
		AND has_column_privilege(act_role, full_name, a.attname, 'UPDATE')
	ORDER BY a.attname = 'created_at' DESC, a.attnum LIMIT 1;
	RETURN tap.act(act_role, who, format('UPDATE %1$s SET %2$I = %2$I%3$s', full_name,
		coalesce(col, 'user_id'),
		CASE WHEN of_user IS NULL THEN '' ELSE format(' WHERE user_id = %L', of_user) END));
END
$$;

SELECT is(tap.update_rows(act_role, tap.a(), full_name, tap.b()),
	CASE WHEN tap.writes(act_role, full_name, 'UPDATE') THEN 'ok:0' ELSE '42501' END,
	format('%s A updates nothing of B in %s', act_role, full_name))
FROM tap.targets WHERE NOT is_view ORDER BY act_role, full_name;

SELECT is(tap.update_rows(act_role, NULL, full_name, NULL),
	CASE WHEN tap.writes(act_role, full_name, 'UPDATE') THEN 'ok:0' ELSE '42501' END,
	format('%s without identity updates nothing in %s', act_role, full_name))
FROM tap.targets WHERE NOT is_view ORDER BY act_role, full_name;

SELECT is(tap.update_rows(act_role, tap.a(), full_name, NULL),
	'ok:' || tap.rows_of(full_name, tap.a()),
	format('%s A updates its own, and only its own, in %s', act_role, full_name))
FROM tap.targets WHERE NOT is_view AND tap.writes(act_role, full_name, 'UPDATE')
ORDER BY act_role, full_name;

SELECT is(tap.act(act_role, tap.a(),
		format('UPDATE %s SET user_id = %L WHERE user_id = %L', full_name, tap.b(), tap.a())),
	'42501', format('%s A gives no row to B in %s', act_role, full_name))
FROM tap.targets WHERE NOT is_view ORDER BY act_role, full_name;

SELECT is(tap.act(act_role, tap.a(),
		format('DELETE FROM %s WHERE user_id = %L', full_name, tap.b())),
	CASE WHEN tap.writes(act_role, full_name, 'DELETE') THEN 'ok:0' ELSE '42501' END,
	format('%s A deletes nothing of B in %s', act_role, full_name))
FROM tap.targets WHERE NOT is_view ORDER BY act_role, full_name;

SELECT is(tap.act(act_role, NULL, format('DELETE FROM %s', full_name)),
	CASE WHEN tap.writes(act_role, full_name, 'DELETE') THEN 'ok:0' ELSE '42501' END,
	format('%s without identity deletes nothing in %s', act_role, full_name))
FROM tap.targets WHERE NOT is_view ORDER BY act_role, full_name;

SELECT is(tap.act(act_role, tap.a(), format('DELETE FROM %s', full_name)),
	'ok:' || tap.rows_of(full_name, tap.a()),
	format('%s A deletes its own, and only its own, in %s', act_role, full_name))
FROM tap.targets WHERE NOT is_view AND tap.writes(act_role, full_name, 'DELETE')
ORDER BY act_role, full_name;

SELECT is(tap.act(x.act_role, tap.a(), format('TRUNCATE %s CASCADE', full_name)), '42501',
	format('%s does not truncate %s', x.act_role, full_name))
FROM tap.user_relations
CROSS JOIN (VALUES ('anon'), ('authenticated'), ('service_role'), ('sluice_gateway'),
	('sluice_operator')) AS x (act_role)
WHERE NOT is_view ORDER BY full_name, x.act_role;

-- The operator and the application's server see all users, where at all.
SELECT is(tap.ask(x.act_role, NULL,
		format('SELECT count(DISTINCT user_id) FROM %s WHERE user_id IN (%L, %L)',
			full_name, tap.a(), tap.b())),
	CASE WHEN tap.reads(x.act_role, full_name) THEN '2' ELSE '42501' END,
	format('%s reads all users or nobody in %s', x.act_role, full_name))
FROM tap.user_relations
CROSS JOIN (VALUES ('service_role'), ('sluice_operator')) AS x (act_role)
ORDER BY full_name, x.act_role;

-- A claim is an identity only while its transaction lasts: the empty string
-- that stays behind is nobody, and a sub that is no uuid is an error.
SELECT is(tap.ask('sluice_gateway', NULL, 'SELECT sluice.uid() IS NULL'), 'true',
	'an empty claim is nobody');

-- A row of A's points to no row of B's.
SELECT is(tap.act('sluice_gateway', tap.a(), format(
	'INSERT INTO public.artifacts (user_id, integration_id, stream_key, source_id, type, content_hash)'
	' VALUES (%L, %L, %L, %L, %L, sha256(%L))', tap.a(),
	(SELECT id FROM public.user_integrations WHERE user_id = tap.b() AND provider = 'google_calendar'),
	'cal', 'new', 'calendar_event', 'x')), '23503', 'no artifact of A in an integration of B');
SELECT is(tap.act('authenticated', tap.a(), format(
	'INSERT INTO public.contact_emails (user_id, contact_id, address) VALUES (%L, %L, %L)',
	tap.a(), (SELECT id FROM public.contacts WHERE user_id = tap.b()), 'new@example.com')),
	'23503', 'no address of A at a contact of B');
-- And the same outer identity is no conflict between users.
SELECT is(tap.rows_of('public.contact_emails', tap.a())
	+ tap.rows_of('public.contact_emails', tap.b()), 2::bigint,
	'two users may know the same address');

-- A table that nobody told the fixture about would have been noticed.
CREATE TABLE public.newcomer (id uuid PRIMARY KEY, user_id uuid NOT NULL);
SELECT is((SELECT count(*) FROM tap.user_relations r WHERE r.name = 'newcomer'
	AND least(tap.rows_of(full_name, tap.a()), tap.rows_of(full_name, tap.b())) = 0), 1::bigint,
	'a new table of users without rows is found');

SELECT * FROM finish();
ROLLBACK;
