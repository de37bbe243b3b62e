-- Shared by every test file, inside its transaction: nothing stays.
-- Session: the owner of the migrations. Users A and B, and how to act as one.
\set QUIET 1
SET LOCAL client_min_messages = warning;
SET LOCAL search_path = tap;

CREATE FUNCTION tap.a() RETURNS uuid LANGUAGE sql IMMUTABLE
	AS $$ SELECT 'aaaaaaaa-0000-4000-8000-000000000001'::uuid $$;
CREATE FUNCTION tap.b() RETURNS uuid LANGUAGE sql IMMUTABLE
	AS $$ SELECT 'bbbbbbbb-0000-4000-8000-000000000002'::uuid $$;

-- Runs one statement as a role under an identity (NULL: none) and answers
-- 'ok:<rows>' or the SQLSTATE. keep: whether its effects stay.
CREATE FUNCTION tap.act(act_role text, who uuid, stmt text, keep boolean DEFAULT false)
RETURNS text LANGUAGE plpgsql AS $$
DECLARE
	n bigint;
	claims text := CASE WHEN who IS NULL THEN ''
		ELSE json_build_object('sub', who, 'role', act_role)::text END;
	before_role text := current_setting('role');
	before_path text := current_setting('search_path');
BEGIN
	BEGIN
		PERFORM set_config('request.jwt.claims', claims, true),
			set_config('search_path', '', true),
			set_config('role', act_role, true);
		EXECUTE stmt;
		GET DIAGNOSTICS n = ROW_COUNT;
		PERFORM set_config('role', before_role, true),
			set_config('search_path', before_path, true),
			set_config('request.jwt.claims', '', true);
		IF NOT keep THEN
			RAISE EXCEPTION USING ERRCODE = 'TAP00';
		END IF;
	EXCEPTION
		WHEN SQLSTATE 'TAP00' THEN
			NULL;
		WHEN OTHERS THEN
			RETURN SQLSTATE;
	END;
	RETURN 'ok:' || n;
END
$$;

-- One number from a query run as a role; NULL when refused.
CREATE FUNCTION tap.ask(act_role text, who uuid, query text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
	answer text;
BEGIN
	BEGIN
		PERFORM set_config('request.jwt.claims', CASE WHEN who IS NULL THEN ''
				ELSE json_build_object('sub', who, 'role', act_role)::text END, true),
			set_config('search_path', '', true),
			set_config('role', act_role, true);
		EXECUTE query INTO answer;
		RAISE EXCEPTION USING ERRCODE = 'TAP00';
	EXCEPTION
		WHEN SQLSTATE 'TAP00' THEN
			RETURN answer;
		WHEN OTHERS THEN
			RETURN SQLSTATE;
	END;
END
$$;

-- Every table and view that belongs to users, from the catalogue.
CREATE VIEW tap.user_relations AS
SELECT c.oid::regclass AS rel, n.nspname AS schema, c.relname AS name,
	format('%I.%I', n.nspname, c.relname) AS full_name, c.relkind = 'v' AS is_view
FROM pg_catalog.pg_class c
JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
WHERE n.nspname IN ('public', 'sluice') AND c.relkind IN ('r', 'p', 'v', 'm')
	AND EXISTS (SELECT FROM pg_catalog.pg_attribute a
		WHERE a.attrelid = c.oid AND a.attname = 'user_id' AND NOT a.attisdropped);
