-- House rules, read from the catalogue: one row a fault. 010_catalogue.sql
-- wants none, and proves with a bad table that each rule can speak.

-- Without row security, by name and for the reason in the table's comment.
CREATE FUNCTION tap.exempt_from_rls(schema name, rel name) RETURNS boolean
LANGUAGE sql IMMUTABLE AS $$
	SELECT schema = 'sluice'
		AND (rel IN ('schedule', 'sys_table_migrations', 'oauth_clients', 'master_keys',
			'retention') OR rel LIKE 'quota\_%')
$$;

CREATE VIEW tap.house AS
SELECT c.oid, c.relname, n.nspname, format('%I.%I', n.nspname, c.relname) AS full_name,
	c.relkind, c.relowner, c.relacl, c.relrowsecurity, c.relforcerowsecurity, c.reloptions
FROM pg_catalog.pg_class c
JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
WHERE n.nspname IN ('public', 'sluice') AND c.relkind IN ('r', 'p', 'v', 'm', 'S')
	AND NOT EXISTS (SELECT FROM pg_catalog.pg_depend d
		WHERE d.classid = 'pg_catalog.pg_class'::regclass AND d.objid = c.oid
			AND d.deptype = 'e');

CREATE VIEW tap.house_columns AS
SELECT h.full_name, h.oid, a.attname, a.attnum, a.atttypid, a.attnotnull, a.atthasdef
FROM tap.house h
JOIN pg_catalog.pg_attribute a ON a.attrelid = h.oid AND a.attnum > 0 AND NOT a.attisdropped
WHERE h.relkind IN ('r', 'p');

CREATE VIEW tap.house_functions AS
SELECT p.oid, n.nspname, p.oid::regprocedure::text AS full_name, p.prosecdef, p.proacl,
	p.proconfig, p.proowner
FROM pg_catalog.pg_proc p
JOIN pg_catalog.pg_namespace n ON n.oid = p.pronamespace
WHERE n.nspname IN ('public', 'sluice')
	AND p.proname <> 'rls_auto_enable' -- of the layout, not ours
	AND NOT EXISTS (SELECT FROM pg_catalog.pg_depend d
		WHERE d.classid = 'pg_catalog.pg_proc'::regclass AND d.objid = p.oid AND d.deptype = 'e');

CREATE VIEW tap.house_policies AS
SELECT h.full_name, h.oid, p.polname, r.role_oid,
	CASE WHEN r.role_oid = 0 THEN 'PUBLIC' ELSE pg_catalog.pg_get_userbyid(r.role_oid)::text END AS role,
	a.action, p.polpermissive
FROM tap.house h
JOIN pg_catalog.pg_policy p ON p.polrelid = h.oid
CROSS JOIN LATERAL unnest(p.polroles) AS r (role_oid)
CROSS JOIN LATERAL unnest(CASE p.polcmd WHEN '*' THEN '{r,a,w,d}'::"char"[]
	ELSE ARRAY[p.polcmd] END) AS a (action);

CREATE FUNCTION tap.house_faults() RETURNS TABLE (rule text, object text)
LANGUAGE sql STABLE AS $$
	SELECT 'row security is not enabled and forced', full_name FROM tap.house
	WHERE relkind IN ('r', 'p') AND NOT (relrowsecurity AND relforcerowsecurity)
		AND NOT tap.exempt_from_rls(nspname, relname)
UNION ALL
	SELECT 'exempt from row security, but has it', full_name FROM tap.house
	WHERE relkind IN ('r', 'p') AND relrowsecurity
		AND tap.exempt_from_rls(nspname, relname)
UNION ALL
	SELECT 'a policy is for PUBLIC', full_name || ' ' || polname
	FROM tap.house_policies WHERE role_oid = 0
UNION ALL
	SELECT 'a policy is not one per action and role', full_name || ' ' || role
	FROM tap.house_policies WHERE polpermissive
	GROUP BY full_name, role, action HAVING count(*) > 1
UNION ALL
	SELECT 'a policy covers ALL actions', h.full_name || ' ' || p.polname
	FROM tap.house h JOIN pg_catalog.pg_policy p ON p.polrelid = h.oid AND p.polcmd = '*'
UNION ALL
	SELECT 'the owner has no policy for every action', h.full_name
	FROM tap.house h
	WHERE h.relkind IN ('r', 'p') AND NOT tap.exempt_from_rls(h.nspname, h.relname)
		AND (SELECT count(DISTINCT p.action) FROM tap.house_policies p
			WHERE p.oid = h.oid AND p.role_oid = h.relowner) < 4
UNION ALL
	-- A grant without a policy lets nothing through, a policy without a grant
	-- is dead: either is a mistake.
	SELECT 'a grant has no policy', h.full_name || ' ' || g.role || ' ' || g.action
	FROM tap.house h
	CROSS JOIN (VALUES ('authenticated'), ('service_role'), ('sluice_gateway'),
		('sluice_operator')) AS r (role)
	CROSS JOIN LATERAL (VALUES
		('r'::"char", 'SELECT'), ('a', 'INSERT'), ('w', 'UPDATE')) AS x (action, word)
	CROSS JOIN LATERAL (SELECT r.role, x.word AS action) g
	WHERE h.relkind IN ('r', 'p') AND h.relrowsecurity
		AND pg_catalog.has_any_column_privilege(r.role, h.oid, x.word)
		AND NOT EXISTS (SELECT FROM tap.house_policies p
			WHERE p.oid = h.oid AND p.role = r.role AND p.action = x.action)
UNION ALL
	SELECT 'a policy has no grant', p.full_name || ' ' || p.polname
	FROM tap.house_policies p
	WHERE p.role IN ('authenticated', 'service_role', 'sluice_gateway', 'sluice_operator')
		AND NOT CASE p.action
			WHEN 'r' THEN pg_catalog.has_any_column_privilege(p.role, p.oid, 'SELECT')
			WHEN 'a' THEN pg_catalog.has_any_column_privilege(p.role, p.oid, 'INSERT')
			WHEN 'w' THEN pg_catalog.has_any_column_privilege(p.role, p.oid, 'UPDATE')
			ELSE pg_catalog.has_table_privilege(p.role, p.oid, 'DELETE') END
UNION ALL
	SELECT 'grants are not stated', full_name FROM tap.house WHERE relacl IS NULL
UNION ALL
	SELECT 'PUBLIC, anon or a stranger has a grant',
		h.full_name || ' ' || coalesce(r.rolname, 'PUBLIC')
	FROM tap.house h
	CROSS JOIN LATERAL pg_catalog.aclexplode(h.relacl) a
	LEFT JOIN pg_catalog.pg_roles r ON r.oid = a.grantee
	WHERE a.grantee <> h.relowner AND (r.rolname IS NULL OR r.rolname NOT IN
		('authenticated', 'service_role', 'sluice_gateway', 'sluice_operator'))
UNION ALL
	SELECT 'somebody may TRUNCATE, REFERENCE or add triggers', h.full_name || ' ' || r.rolname
	FROM tap.house h
	CROSS JOIN LATERAL pg_catalog.aclexplode(h.relacl) a
	JOIN pg_catalog.pg_roles r ON r.oid = a.grantee
	WHERE a.grantee <> h.relowner
		AND a.privilege_type IN ('TRUNCATE', 'REFERENCES', 'TRIGGER')
UNION ALL
	SELECT 'no comment', full_name FROM tap.house
	WHERE relkind IN ('r', 'p', 'v', 'm')
		AND pg_catalog.obj_description(oid, 'pg_class') IS NULL
UNION ALL
	SELECT 'a function has no comment', full_name FROM tap.house_functions
	WHERE pg_catalog.obj_description(oid, 'pg_proc') IS NULL
UNION ALL
	SELECT 'created_at or updated_at is not timestamptz not null default now()',
		h.full_name || ' ' || w.word
	FROM tap.house h CROSS JOIN (VALUES ('created_at'), ('updated_at')) AS w (word)
	WHERE h.relkind IN ('r', 'p') AND NOT EXISTS (
		SELECT FROM tap.house_columns c
		JOIN pg_catalog.pg_attrdef d ON d.adrelid = c.oid AND d.adnum = c.attnum
		WHERE c.oid = h.oid AND c.attname = w.word AND c.attnotnull
			AND c.atttypid = 'timestamptz'::regtype
			AND pg_catalog.pg_get_expr(d.adbin, d.adrelid) = 'now()')
UNION ALL
	SELECT 'updated_at has no trigger', h.full_name FROM tap.house h
	WHERE h.relkind IN ('r', 'p') AND NOT EXISTS (
		SELECT FROM pg_catalog.pg_trigger t
		WHERE t.tgrelid = h.oid AND t.tgfoid = 'sluice.touch_updated_at()'::regprocedure)
UNION ALL
	-- A user who came after they were taken would have no rows by them.
	SELECT 'a user_id has statistics', h.full_name
	FROM tap.house h
	JOIN pg_catalog.pg_attribute a ON a.attrelid = h.oid AND a.attname = 'user_id'
	WHERE h.relkind IN ('r', 'p') AND coalesce(a.attstattarget, -1) <> 0 -- NULL since 17: the default
UNION ALL
	SELECT 'no primary key', h.full_name FROM tap.house h
	WHERE h.relkind IN ('r', 'p') AND NOT EXISTS (
		SELECT FROM pg_catalog.pg_index i WHERE i.indrelid = h.oid AND i.indisprimary)
UNION ALL
	-- Bounded: a CHECK of its bytes, or of the very values.
	SELECT DISTINCT 'an indexed text is not bounded', c.full_name || '.' || c.attname
	FROM tap.house_columns c
	JOIN pg_catalog.pg_index i ON i.indrelid = c.oid AND c.attnum = ANY (i.indkey::int2[])
	WHERE c.atttypid IN ('text'::regtype, 'varchar'::regtype)
		AND NOT EXISTS (SELECT FROM pg_catalog.pg_constraint k
			WHERE k.conrelid = c.oid AND k.contype = 'c'
				AND (pg_catalog.pg_get_constraintdef(k.oid)
						LIKE '%octet_length(' || quote_ident(c.attname) || ')%'
					OR pg_catalog.pg_get_constraintdef(k.oid)
						LIKE 'CHECK ((' || quote_ident(c.attname) || ' = ANY (ARRAY[%'))
UNION ALL
	SELECT 'a foreign key has no index in its column order', h.full_name || ' ' || k.conname
	FROM tap.house h
	JOIN pg_catalog.pg_constraint k ON k.conrelid = h.oid AND k.contype = 'f'
	WHERE NOT EXISTS (SELECT FROM pg_catalog.pg_index i
		WHERE i.indrelid = h.oid AND i.indisvalid AND i.indpred IS NULL
			AND (i.indkey::int2[])[0:cardinality(k.conkey) - 1] = k.conkey)
UNION ALL
	SELECT 'a foreign key between tables of users leaves user_id out',
		h.full_name || ' ' || k.conname
	FROM tap.house h
	JOIN pg_catalog.pg_constraint k ON k.conrelid = h.oid AND k.contype = 'f'
	JOIN tap.house_columns mine ON mine.oid = k.conrelid AND mine.attname = 'user_id'
	JOIN tap.house_columns theirs ON theirs.oid = k.confrelid AND theirs.attname = 'user_id'
	WHERE NOT EXISTS (SELECT FROM unnest(k.conkey, k.confkey) AS p (a, b)
		WHERE p.a = mine.attnum AND p.b = theirs.attnum)
UNION ALL
	SELECT 'a table of users has user_id without a foreign key', h.full_name
	FROM tap.house h
	JOIN tap.house_columns c ON c.oid = h.oid AND c.attname = 'user_id'
	WHERE NOT EXISTS (SELECT FROM pg_catalog.pg_constraint k
			WHERE k.conrelid = h.oid AND k.contype = 'f' AND c.attnum = ANY (k.conkey))
		-- These outlive their user on purpose.
		AND h.full_name NOT IN ('sluice.secret_audit_logs', 'sluice.revocations',
			'sluice.erasures')
UNION ALL
	SELECT 'a foreign key does not say what deleting does', h.full_name || ' ' || k.conname
	FROM tap.house h
	JOIN pg_catalog.pg_constraint k ON k.conrelid = h.oid AND k.contype = 'f'
	WHERE k.confdeltype = 'a'
UNION ALL
	SELECT 'a function does not fix search_path', full_name FROM tap.house_functions
	WHERE NOT EXISTS (SELECT FROM unnest(proconfig) s WHERE s LIKE 'search\_path=%')
UNION ALL
	SELECT 'a definer function is in public', full_name FROM tap.house_functions
	WHERE prosecdef AND nspname = 'public'
UNION ALL
	SELECT 'a function is executable by PUBLIC or anon', f.full_name
	FROM tap.house_functions f
	CROSS JOIN LATERAL pg_catalog.aclexplode(
		coalesce(f.proacl, pg_catalog.acldefault('f', f.proowner))) a
	WHERE a.grantee = 0 OR a.grantee = 'anon'::regrole
UNION ALL
	SELECT 'a view runs as its owner', full_name FROM tap.house
	WHERE relkind = 'v'
		AND coalesce(reloptions @> '{security_invoker=true}', false) IS NOT TRUE
UNION ALL
	SELECT 'a materialized view', full_name FROM tap.house WHERE relkind = 'm'
UNION ALL
	SELECT 'an enum type', t.oid::regtype::text
	FROM pg_catalog.pg_type t JOIN pg_catalog.pg_namespace n ON n.oid = t.typnamespace
	WHERE t.typtype = 'e' AND n.nspname IN ('public', 'sluice')
UNION ALL
	SELECT 'somebody may use schema sluice', 'sluice ' || r.role
	FROM (VALUES ('anon'), ('authenticated'), ('service_role')) AS r (role)
	WHERE pg_catalog.has_schema_privilege(r.role, 'sluice', 'USAGE')
UNION ALL
	SELECT 'a role of the gateway is too strong', r.rolname
	FROM pg_catalog.pg_roles r
	WHERE r.rolname IN ('sluice_gateway', 'sluice_operator')
		AND (r.rolsuper OR r.rolbypassrls OR r.rolcreaterole OR r.rolcreatedb
			OR r.rolcanlogin OR r.rolinherit)
$$;
