-- The lints of Supabase's advisor that catalogue and schema can trip, in our
-- own words: one row a finding. Not here: those about statistics (0005, 0020),
-- extensions' versions (0022), queues, storage and GraphQL (0019, 0025-0027),
-- and the purely informative 0012.
SET LOCAL pgrst.db_schemas = 'public';

CREATE FUNCTION tap.api_schema(schema name) RETURNS boolean LANGUAGE sql STABLE AS $$
	SELECT schema::text = ANY (string_to_array(
		replace(current_setting('pgrst.db_schemas'), ' ', ''), ','))
$$;
CREATE FUNCTION tap.api_readable(rel oid) RETURNS boolean LANGUAGE sql STABLE AS $$
	SELECT has_table_privilege('anon', rel, 'SELECT')
		OR has_table_privilege('authenticated', rel, 'SELECT')
$$;

CREATE VIEW tap.lint_relations AS
SELECT c.oid, c.relname, n.nspname, c.relkind, c.relrowsecurity, c.reloptions,
	format('%I.%I', n.nspname, c.relname) AS full_name
FROM pg_catalog.pg_class c
JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
WHERE n.nspname NOT LIKE 'pg\_%' AND n.nspname NOT IN ('information_schema', 'tap', 'auth',
		'cron', 'extensions', 'graphql', 'graphql_public', 'net', 'pgbouncer', 'realtime',
		'storage', 'supabase_functions', 'supabase_migrations', 'vault')
	AND NOT EXISTS (SELECT FROM pg_catalog.pg_depend d
		WHERE d.classid = 'pg_catalog.pg_class'::regclass AND d.objid = c.oid AND d.deptype = 'e');

CREATE VIEW tap.lint_policies AS
SELECT r.full_name, r.oid, r.relrowsecurity, p.polname, p.polpermissive, p.polroles, p.polcmd,
	coalesce(pg_get_expr(p.polqual, p.polrelid), '') AS qual,
	coalesce(pg_get_expr(p.polwithcheck, p.polrelid), '') AS with_check,
	p.polqual IS NULL AS no_qual
FROM tap.lint_relations r JOIN pg_catalog.pg_policy p ON p.polrelid = r.oid;

CREATE FUNCTION tap.lints() RETURNS TABLE (lint text, object text) LANGUAGE sql STABLE AS $$
	SELECT '0001_unindexed_foreign_keys', r.full_name || ' ' || k.conname
	FROM tap.lint_relations r
	JOIN pg_catalog.pg_constraint k ON k.conrelid = r.oid AND k.contype = 'f'
	WHERE NOT EXISTS (SELECT FROM pg_catalog.pg_index i
		WHERE i.indrelid = r.oid AND i.indisvalid
			AND (i.indkey::int2[])[0:cardinality(k.conkey) - 1] = k.conkey)
UNION ALL
	SELECT DISTINCT '0002_auth_users_exposed', r.full_name
	FROM tap.lint_relations r
	JOIN pg_catalog.pg_rewrite w ON w.ev_class = r.oid
	JOIN pg_catalog.pg_depend d ON d.classid = 'pg_catalog.pg_rewrite'::regclass
		AND d.objid = w.oid AND d.refobjid = 'auth.users'::regclass
	WHERE r.relkind IN ('v', 'm') AND tap.api_schema(r.nspname) AND tap.api_readable(r.oid)
		AND coalesce(r.reloptions::text ~ 'security_invoker=(on|true|1)', false) IS NOT TRUE
UNION ALL
	SELECT '0003_auth_rls_initplan', full_name || ' ' || polname
	FROM tap.lint_policies
	WHERE relrowsecurity AND EXISTS (SELECT
		FROM unnest(ARRAY[lower(qual), lower(with_check)]) AS e (text)
		WHERE regexp_replace(e.text,
			'select +(auth\.(uid|jwt|role|email)\(\)|current_setting\()', '', 'g')
			~ '(auth\.(uid|jwt|role|email)\(\)|current_setting\()')
UNION ALL
	SELECT '0004_no_primary_key', full_name FROM tap.lint_relations r
	WHERE relkind = 'r' AND NOT EXISTS (SELECT FROM pg_catalog.pg_index i
		WHERE i.indrelid = r.oid AND i.indisprimary)
UNION ALL
	SELECT '0006_multiple_permissive_policies', p.full_name || ' ' || r.rolname || ' ' || a.action::text
	FROM tap.lint_policies p
	JOIN pg_catalog.pg_roles r ON (r.oid = ANY (p.polroles) OR p.polroles = '{0}')
		AND r.rolname NOT LIKE 'pg\_%' AND r.rolname NOT LIKE 'supabase%admin'
		AND NOT r.rolbypassrls
	CROSS JOIN (VALUES ('r'::"char"), ('a'), ('w'), ('d')) AS a (action)
	WHERE p.polpermissive AND p.relrowsecurity AND p.polcmd IN ('*', a.action)
	GROUP BY p.full_name, r.rolname, a.action HAVING count(*) > 1
UNION ALL
	SELECT DISTINCT '0007_policy_exists_rls_disabled', full_name
	FROM tap.lint_policies WHERE NOT relrowsecurity
UNION ALL
	SELECT '0008_rls_enabled_no_policy', full_name FROM tap.lint_relations r
	WHERE relkind = 'r' AND relrowsecurity
		AND NOT EXISTS (SELECT FROM tap.lint_policies p WHERE p.oid = r.oid)
UNION ALL
	SELECT '0009_duplicate_index', r.full_name || ' '
		|| string_agg(c.relname, ' ' ORDER BY c.relname)
	FROM tap.lint_relations r
	JOIN pg_catalog.pg_index i ON i.indrelid = r.oid
	JOIN pg_catalog.pg_class c ON c.oid = i.indexrelid
	GROUP BY r.full_name, replace(pg_get_indexdef(i.indexrelid), c.relname, '')
	HAVING count(*) > 1
UNION ALL
	SELECT '0010_security_definer_view', full_name FROM tap.lint_relations
	WHERE relkind = 'v' AND tap.api_schema(nspname) AND tap.api_readable(oid)
		AND coalesce(reloptions::text ~ 'security_invoker=(on|true|1)', false) IS NOT TRUE
UNION ALL
	SELECT '0011_function_search_path_mutable', p.oid::regprocedure::text
	FROM pg_catalog.pg_proc p JOIN pg_catalog.pg_namespace n ON n.oid = p.pronamespace
	WHERE n.nspname IN ('public', 'sluice')
		AND NOT EXISTS (SELECT FROM unnest(p.proconfig) c WHERE c LIKE 'search\_path=%')
UNION ALL
	SELECT '0013_rls_disabled_in_public', full_name FROM tap.lint_relations
	WHERE relkind = 'r' AND NOT relrowsecurity
		AND tap.api_schema(nspname) AND tap.api_readable(oid)
UNION ALL
	SELECT '0014_extension_in_public', e.extname
	FROM pg_catalog.pg_extension e
	WHERE e.extname <> 'plpgsql' AND e.extnamespace = 'public'::regnamespace
UNION ALL
	SELECT '0015_rls_references_user_metadata', full_name || ' ' || polname
	FROM tap.lint_policies WHERE qual || with_check ~ 'user_metadata'
UNION ALL
	SELECT '0016_materialized_view_in_api', full_name FROM tap.lint_relations
	WHERE relkind = 'm' AND tap.api_schema(nspname) AND tap.api_readable(oid)
UNION ALL
	SELECT '0018_unsupported_reg_types', r.full_name || '.' || a.attname
	FROM tap.lint_relations r JOIN pg_catalog.pg_attribute a ON a.attrelid = r.oid
	WHERE r.relkind = 'r' AND a.attnum > 0 AND NOT a.attisdropped
		AND a.atttypid::regtype::text IN ('regproc', 'regprocedure', 'regoper', 'regoperator',
			'regconfig', 'regdictionary', 'regnamespace', 'regcollation')
UNION ALL
	SELECT '0021_fkey_to_auth_unique', r.full_name || ' ' || k.conname
	FROM tap.lint_relations r
	JOIN pg_catalog.pg_constraint k ON k.conrelid = r.oid AND k.contype = 'f'
	JOIN pg_catalog.pg_class f ON f.oid = k.confrelid AND f.relnamespace = 'auth'::regnamespace
	JOIN pg_catalog.pg_index i ON i.indexrelid = k.conindid AND NOT i.indisprimary
UNION ALL
	SELECT '0023_sensitive_columns_exposed', r.full_name || '.' || a.attname
	FROM tap.lint_relations r JOIN pg_catalog.pg_attribute a ON a.attrelid = r.oid
	WHERE r.relkind = 'r' AND NOT r.relrowsecurity
		AND tap.api_schema(r.nspname) AND tap.api_readable(r.oid)
		AND a.attname ~ '^(token|secret|password|api_key|access_token|refresh_token|session_id|otp|iban)$'
UNION ALL
	SELECT '0024_rls_policy_always_true', p.full_name || ' ' || p.polname
	FROM tap.lint_policies p
	WHERE p.relrowsecurity AND p.polpermissive
		AND (p.polroles && ARRAY[0::oid, 'anon'::regrole::oid, 'authenticated'::regrole::oid])
		AND ((p.polcmd IN ('w', 'd', '*') AND (p.no_qual OR p.qual = 'true'))
			OR (p.polcmd IN ('a', 'w', '*') AND p.with_check = 'true'))
UNION ALL
	SELECT '0028_0029_security_definer_function_executable', p.oid::regprocedure::text
	FROM pg_catalog.pg_proc p JOIN pg_catalog.pg_namespace n ON n.oid = p.pronamespace
	WHERE p.prosecdef AND tap.api_schema(n.nspname)
		AND (has_function_privilege('anon', p.oid, 'EXECUTE')
			OR has_function_privilege('authenticated', p.oid, 'EXECUTE'))
$$;
