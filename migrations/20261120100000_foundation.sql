-- Roles, the private schema, identity helpers and the migration journal.
--
-- Works as it is under psql, Supabase's migration tool and `sluice migrate`:
-- plain SQL, no BEGIN/COMMIT/COPY, safe where Supabase already owns auth.users
-- and the API roles.

-- Roles belong to the cluster, not to the database: created if absent, never
-- dropped. A gateway that could bypass row security would void every policy,
-- so an existing role with that power stops the migration.
DO $do$
DECLARE
	wanted text;
	member_word text := 'MEMBER';
	grant_words text := '';
BEGIN
	-- From PostgreSQL 16 on the creator of a role may administer it, but may
	-- not become it: that needs a grant of its own.
	IF current_setting('server_version_num')::integer >= 160000 THEN
		member_word := 'SET';
		grant_words := ' WITH INHERIT FALSE, SET TRUE';
	END IF;
	FOREACH wanted IN ARRAY ARRAY['sluice_gateway', 'sluice_operator'] LOOP
		IF NOT EXISTS (SELECT FROM pg_catalog.pg_roles WHERE rolname = wanted) THEN
			BEGIN
				EXECUTE format('CREATE ROLE %I NOLOGIN NOINHERIT', wanted);
			EXCEPTION WHEN duplicate_object OR unique_violation THEN
				NULL; -- another database of the cluster was faster
			END;
		END IF;
		IF EXISTS (SELECT FROM pg_catalog.pg_roles
				WHERE rolname = wanted AND (rolsuper OR rolbypassrls)) THEN
			RAISE EXCEPTION 'role % must be bound by row level security', wanted
				USING HINT = format(
					'ALTER ROLE %I NOSUPERUSER NOBYPASSRLS, as a superuser', wanted);
		END IF;
		IF NOT pg_has_role(current_user, wanted, member_word) THEN
			EXECUTE format('GRANT %I TO CURRENT_USER%s', wanted, grant_words);
		END IF;
	END LOOP;
END
$do$;

-- Where nobody brings auth.users (plain PostgreSQL), a compatible schema auth
-- and the API roles. The comment marks what is ours: the reversal and
-- sluice.add_user() go by it. On Supabase this block does nothing.
DO $do$
DECLARE
	wanted text;
	may_bypass boolean;
BEGIN
	IF to_regclass('auth.users') IS NOT NULL THEN
		RETURN;
	END IF;

	SELECT r.rolsuper OR (r.rolbypassrls
			AND current_setting('server_version_num')::integer >= 160000)
		INTO may_bypass
		FROM pg_catalog.pg_roles r WHERE r.rolname = current_user;
	FOREACH wanted IN ARRAY ARRAY['anon', 'authenticated', 'service_role'] LOOP
		IF NOT EXISTS (SELECT FROM pg_catalog.pg_roles WHERE rolname = wanted) THEN
			BEGIN
				EXECUTE format('CREATE ROLE %I NOLOGIN%s', wanted,
					CASE WHEN wanted = 'service_role' AND may_bypass
						THEN ' BYPASSRLS' ELSE '' END);
			EXCEPTION WHEN duplicate_object OR unique_violation THEN
				NULL;
			END;
		END IF;
	END LOOP;

	IF to_regnamespace('auth') IS NULL THEN
		CREATE SCHEMA auth;
		COMMENT ON SCHEMA auth IS
			'sluice: stands in for Supabase''s schema of the same name';
	END IF;
	GRANT USAGE ON SCHEMA auth TO anon, authenticated, service_role;

	CREATE TABLE auth.users (
		id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
		email varchar(255),
		phone text UNIQUE,
		aud varchar(255) DEFAULT 'authenticated',
		role varchar(255) DEFAULT 'authenticated',
		raw_app_meta_data jsonb DEFAULT '{}',
		raw_user_meta_data jsonb DEFAULT '{}',
		is_sso_user boolean NOT NULL DEFAULT false,
		is_anonymous boolean NOT NULL DEFAULT false,
		email_confirmed_at timestamptz,
		last_sign_in_at timestamptz,
		banned_until timestamptz,
		deleted_at timestamptz,
		created_at timestamptz DEFAULT now(),
		updated_at timestamptz DEFAULT now(),
		CHECK (octet_length(phone) <= 64)
	);
	COMMENT ON TABLE auth.users IS
		'sluice: the users of this installation, in the shape of Supabase''s auth.users';
	CREATE UNIQUE INDEX users_email_partial_key ON auth.users (email)
		WHERE is_sso_user = false;
	COMMENT ON INDEX auth.users_email_partial_key IS
		'sluice: an address belongs to one user, single sign-on apart';
	ALTER TABLE auth.users ENABLE ROW LEVEL SECURITY;
	REVOKE ALL ON auth.users
		FROM PUBLIC, anon, authenticated, service_role, sluice_gateway, sluice_operator;

	CREATE FUNCTION auth.uid() RETURNS uuid LANGUAGE sql STABLE AS $fn$
		SELECT coalesce(
			nullif(current_setting('request.jwt.claim.sub', true), ''),
			nullif(current_setting('request.jwt.claims', true), '')::jsonb ->> 'sub'
		)::uuid
	$fn$;
	CREATE FUNCTION auth.role() RETURNS text LANGUAGE sql STABLE AS $fn$
		SELECT coalesce(
			nullif(current_setting('request.jwt.claim.role', true), ''),
			nullif(current_setting('request.jwt.claims', true), '')::jsonb ->> 'role'
		)
	$fn$;
	CREATE FUNCTION auth.email() RETURNS text LANGUAGE sql STABLE AS $fn$
		SELECT coalesce(
			nullif(current_setting('request.jwt.claim.email', true), ''),
			nullif(current_setting('request.jwt.claims', true), '')::jsonb ->> 'email'
		)
	$fn$;
	CREATE FUNCTION auth.jwt() RETURNS jsonb LANGUAGE sql STABLE AS $fn$
		SELECT coalesce(
			nullif(current_setting('request.jwt.claim', true), ''),
			nullif(current_setting('request.jwt.claims', true), '')
		)::jsonb
	$fn$;
	COMMENT ON FUNCTION auth.uid() IS 'sluice: the user of the request, NULL without one';
	COMMENT ON FUNCTION auth.role() IS 'sluice: the role claim of the request';
	COMMENT ON FUNCTION auth.email() IS 'sluice: the e-mail claim of the request';
	COMMENT ON FUNCTION auth.jwt() IS 'sluice: all claims of the request';
END
$do$;

-- The private schema: never exposed through an API.
CREATE SCHEMA sluice;
COMMENT ON SCHEMA sluice IS
	'Private part of the sync gateway: secrets, schedule, helpers. Never expose it.';
REVOKE ALL ON SCHEMA sluice FROM PUBLIC, anon, authenticated, service_role;
GRANT USAGE ON SCHEMA sluice TO sluice_gateway, sluice_operator;
GRANT USAGE ON SCHEMA public TO sluice_gateway, sluice_operator;

-- Protection: one call a table, view or function states everything about who
-- may touch it, whatever default privileges the database has.

CREATE PROCEDURE sluice.protect_function(fn regprocedure, grantees text DEFAULT '')
LANGUAGE plpgsql SET search_path = '' AS $fn$
BEGIN
	EXECUTE format('REVOKE ALL ON ROUTINE %s FROM PUBLIC, anon, authenticated,'
		' service_role, sluice_gateway, sluice_operator', fn);
	IF grantees <> '' THEN
		EXECUTE format('GRANT EXECUTE ON ROUTINE %s TO %s', fn, grantees);
	END IF;
END
$fn$;
COMMENT ON PROCEDURE sluice.protect_function(regprocedure, text) IS
	'Takes a function from everybody and grants EXECUTE to the roles listed.';

CREATE PROCEDURE sluice.protect_view(rel regclass, grantees text)
LANGUAGE plpgsql SET search_path = '' AS $fn$
BEGIN
	EXECUTE format('REVOKE ALL ON %s FROM PUBLIC, anon, authenticated,'
		' service_role, sluice_gateway, sluice_operator', rel);
	EXECUTE format('GRANT SELECT ON %s TO %s', rel, grantees);
END
$fn$;
COMMENT ON PROCEDURE sluice.protect_view(regclass, text) IS
	'Takes a view from everybody and grants SELECT to the roles listed.';

CREATE PROCEDURE sluice.protect_table(
	rel regclass,
	people text DEFAULT '',
	server text DEFAULT '',
	gateway text DEFAULT '',
	operator text DEFAULT '',
	mine text DEFAULT 'user_id = (SELECT auth.uid())',
	rls boolean DEFAULT true)
LANGUAGE plpgsql SET search_path = '' AS $fn$
DECLARE
	who record;
	action text;
	seq regclass;
	rule text;
BEGIN
	EXECUTE format('REVOKE ALL ON %s FROM PUBLIC, anon, authenticated,'
		' service_role, sluice_gateway, sluice_operator', rel);
	FOR seq IN
		SELECT d.objid::regclass
		FROM pg_catalog.pg_depend d
		JOIN pg_catalog.pg_class c ON c.oid = d.objid AND c.relkind = 'S'
		WHERE d.classid = 'pg_catalog.pg_class'::regclass
			AND d.refobjid = rel AND d.deptype IN ('a', 'i')
	LOOP
		EXECUTE format('REVOKE ALL ON SEQUENCE %s FROM PUBLIC, anon,'
			' authenticated, service_role, sluice_gateway, sluice_operator', seq);
	END LOOP;
	IF rls THEN
		EXECUTE format('ALTER TABLE %s ENABLE ROW LEVEL SECURITY', rel);
		EXECUTE format('ALTER TABLE %s FORCE ROW LEVEL SECURITY', rel);
	END IF;

	FOR who IN
		SELECT *
		FROM (VALUES
			('users', 'authenticated', people, mine),
			('server', 'service_role', server, 'true'),
			('gateway', 'sluice_gateway', gateway, mine),
			('operator', 'sluice_operator', operator, 'true'),
			('owner', current_user::text, 'select, insert, update, delete', 'true')
		) AS v (prefix, role, privileges, predicate)
		WHERE v.privileges <> ''
	LOOP
		IF who.prefix <> 'owner' THEN
			EXECUTE format('GRANT %s ON %s TO %I', who.privileges, rel, who.role);
		END IF;
		CONTINUE WHEN NOT rls;
		FOREACH action IN ARRAY ARRAY['select', 'insert', 'update', 'delete'] LOOP
			-- The words outside the column lists are the actions.
			CONTINUE WHEN regexp_replace(who.privileges, '[(][^)]*[)]', '', 'g')
				!~* ('[[:<:]]' || action || '[[:>:]]');
			rule := CASE action
				WHEN 'insert' THEN format('WITH CHECK (%s)', who.predicate)
				WHEN 'update' THEN format('USING (%1$s) WITH CHECK (%1$s)', who.predicate)
				ELSE format('USING (%s)', who.predicate)
			END;
			EXECUTE format('CREATE POLICY %I ON %s FOR %s TO %I %s',
				who.prefix || '_' || action, rel, action, who.role, rule);
		END LOOP;
	END LOOP;

	EXECUTE format('CREATE TRIGGER touch_updated_at BEFORE UPDATE ON %s'
		' FOR EACH ROW EXECUTE FUNCTION sluice.touch_updated_at()', rel);
END
$fn$;
COMMENT ON PROCEDURE sluice.protect_table(regclass, text, text, text, text, text, boolean) IS
	'Forces row level security on a table and states every grant and policy. Each text is a '
	'GRANT list (columns allowed): people = authenticated, server = service_role (the '
	'application''s own server), gateway and operator = sluice''s roles. People and the gateway '
	'are held to the predicate "mine". The owner gets a policy of its own, because FORCE binds '
	'it too and zero rows would go unnoticed.';

CREATE FUNCTION sluice.touch_updated_at() RETURNS trigger
LANGUAGE plpgsql SET search_path = '' AS $fn$
BEGIN
	NEW.updated_at := now();
	RETURN NEW;
END
$fn$;
COMMENT ON FUNCTION sluice.touch_updated_at() IS 'Trigger: keeps updated_at.';

CALL sluice.protect_function('sluice.protect_function(regprocedure, text)');
CALL sluice.protect_function('sluice.protect_view(regclass, text)');
CALL sluice.protect_function(
	'sluice.protect_table(regclass, text, text, text, text, text, boolean)');
CALL sluice.protect_function('sluice.touch_updated_at()');

-- The journal.
CREATE TABLE sluice.sys_table_migrations (
	version text PRIMARY KEY CHECK (version ~ '^[0-9]{14}$' AND octet_length(version) <= 14),
	name text NOT NULL,
	checksum text,
	applied_at timestamptz NOT NULL DEFAULT now(),
	duration_ms bigint,
	created_at timestamptz NOT NULL DEFAULT now(),
	updated_at timestamptz NOT NULL DEFAULT now()
);
COMMENT ON TABLE sluice.sys_table_migrations IS
	'Migrations applied. Each records itself; `sluice migrate` adds checksum and duration.';
COMMENT ON COLUMN sluice.sys_table_migrations.checksum IS
	'Of the file as applied; NULL when psql or another tool applied it.';
CALL sluice.protect_table('sluice.sys_table_migrations',
	gateway => 'select', operator => 'select', rls => false);

-- Time and identity.
CREATE FUNCTION sluice.clock() RETURNS timestamptz
LANGUAGE sql STABLE PARALLEL SAFE SET search_path = '' AS $fn$
	SELECT now() + coalesce(
		nullif(current_setting('sluice.clock_offset', true), '')::interval, '0')
$fn$;
COMMENT ON FUNCTION sluice.clock() IS
	'The time of sluice: now(), plus the setting sluice.clock_offset (an interval) in tests.';
CALL sluice.protect_function('sluice.clock()',
	'authenticated, service_role, sluice_gateway, sluice_operator');

CREATE FUNCTION sluice.uid() RETURNS uuid
LANGUAGE sql STABLE PARALLEL SAFE SET search_path = '' AS $fn$
	SELECT coalesce(
		nullif(current_setting('request.jwt.claim.sub', true), ''),
		nullif(current_setting('request.jwt.claims', true), '')::jsonb ->> 'sub'
	)::uuid
$fn$;
COMMENT ON FUNCTION sluice.uid() IS
	'The same as auth.uid(), for code that roles without USAGE on schema auth run.';
CALL sluice.protect_function('sluice.uid()', 'service_role, sluice_gateway, sluice_operator');

CREATE FUNCTION sluice.acting_role() RETURNS text
LANGUAGE sql STABLE PARALLEL SAFE SET search_path = '' AS $fn$
	SELECT coalesce(nullif(current_setting('role', true), 'none'), session_user::text)
$fn$;
COMMENT ON FUNCTION sluice.acting_role() IS
	'The role a statement was issued under, also inside definer functions and cascades, where '
	'current_user is the owner.';
CALL sluice.protect_function('sluice.acting_role()');

-- Users. Definer functions: neither role may read auth.users itself.
CREATE FUNCTION sluice.find_user(who text) RETURNS uuid
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = '' AS $fn$
DECLARE
	found uuid[];
BEGIN
	IF who ~ '@' THEN
		SELECT array_agg(u.id) INTO found
		FROM auth.users u
		WHERE lower(u.email) = lower(btrim(who))
			AND u.deleted_at IS NULL
			AND (u.banned_until IS NULL OR u.banned_until <= now());
	ELSIF btrim(who) ~* '^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$' THEN
		SELECT array_agg(u.id) INTO found
		FROM auth.users u
		WHERE u.id = btrim(who)::uuid
			AND u.deleted_at IS NULL
			AND (u.banned_until IS NULL OR u.banned_until <= now());
	END IF;
	IF cardinality(found) > 1 THEN
		RAISE EXCEPTION '% users have the address %', cardinality(found), who
			USING ERRCODE = 'cardinality_violation',
				HINT = 'Name the user by id.';
	END IF;
	RETURN found[1];
END
$fn$;
COMMENT ON FUNCTION sluice.find_user(text) IS
	'A user by id or address; NULL when unknown, deleted or banned.';
CALL sluice.protect_function('sluice.find_user(text)', 'sluice_gateway, sluice_operator');

CREATE FUNCTION sluice.add_user(address text) RETURNS uuid
LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' AS $fn$
DECLARE
	wanted text := lower(btrim(address));
	made uuid;
BEGIN
	IF (obj_description('auth.users'::regclass, 'pg_class') LIKE 'sluice:%') IS NOT TRUE THEN
		RAISE EXCEPTION 'the users of this database are not managed by sluice'
			USING ERRCODE = 'object_not_in_prerequisite_state',
				HINT = 'Create the user in Supabase (dashboard or auth API).';
	END IF;
	IF wanted IS NULL OR wanted !~ '^[^@[:space:]]+@[^@[:space:]]+$' OR length(wanted) > 255 THEN
		RAISE EXCEPTION 'not an e-mail address: %', address
			USING ERRCODE = 'invalid_parameter_value';
	END IF;
	INSERT INTO auth.users (email) VALUES (wanted)
	ON CONFLICT (email) WHERE is_sso_user = false DO NOTHING
	RETURNING id INTO made;
	IF made IS NULL THEN
		RAISE EXCEPTION 'a user with the address % exists already', wanted
			USING ERRCODE = 'unique_violation';
	END IF;
	RETURN made;
END
$fn$;
COMMENT ON FUNCTION sluice.add_user(text) IS
	'Adds a user of a plain PostgreSQL installation and returns the id.';
CALL sluice.protect_function('sluice.add_user(text)', 'sluice_operator');

CREATE FUNCTION sluice.list_users()
RETURNS TABLE (id uuid, email text, created_at timestamptz)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = '' AS $fn$
	SELECT u.id, u.email::text, u.created_at
	FROM auth.users u
	WHERE u.deleted_at IS NULL
	ORDER BY u.created_at, u.id
$fn$;
COMMENT ON FUNCTION sluice.list_users() IS 'All users that are not deleted, for the operator.';
CALL sluice.protect_function('sluice.list_users()', 'sluice_operator');

INSERT INTO sluice.sys_table_migrations (version, name)
VALUES ('20261120100000', 'foundation') ON CONFLICT DO NOTHING;
