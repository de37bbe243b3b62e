-- Plan all prepared statements, as the role that runs them.
CREATE TEMP TABLE scans (name text, mode text, found text);
GRANT ALL ON scans TO sluice_gateway, sluice_operator;
CREATE FUNCTION pg_temp.sample(type regtype, nth integer) RETURNS text LANGUAGE sql AS $$
	SELECT CASE
		WHEN nth = 1 AND type = 'uuid'::regtype THEN quote_literal(md5('u5'))
		WHEN nth = 2 AND type = 'uuid'::regtype THEN quote_literal(md5('i5'))
		WHEN type = 'uuid'::regtype THEN quote_literal(md5('s15'))
		WHEN type IN ('integer'::regtype, 'bigint'::regtype, 'smallint'::regtype) THEN '1'
		WHEN type IN ('numeric'::regtype, 'double precision'::regtype) THEN '1'
		WHEN type = 'boolean'::regtype THEN 'true'
		WHEN type = 'timestamptz'::regtype THEN 'now()'
		WHEN type = 'interval'::regtype THEN '''1 day'''
		WHEN type = 'bytea'::regtype THEN '''\x00'''
		WHEN type IN ('json'::regtype, 'jsonb'::regtype) THEN '''{}'''
		WHEN type = 'text'::regtype THEN '''c1'''
		WHEN type = 'text[]'::regtype THEN '''{1,2}'''
		WHEN type = 'uuid[]'::regtype THEN quote_literal('{' || md5('s15') || '}')
		ELSE 'NULL' END || '::' || type::text
$$;
CREATE FUNCTION pg_temp.seq_scans(plan json, large text[]) RETURNS SETOF text LANGUAGE sql AS $$
	WITH RECURSIVE node (n) AS (
		SELECT plan -> 0 -> 'Plan'
		UNION ALL
		SELECT json_array_elements(n -> 'Plans') FROM node WHERE n -> 'Plans' IS NOT NULL
	)
	SELECT DISTINCT n ->> 'Relation Name' FROM node
	WHERE n ->> 'Node Type' IN ('Seq Scan', 'Parallel Seq Scan') AND n ->> 'Relation Name' = ANY (large)
$$;
CREATE FUNCTION pg_temp.plan_all(role text) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
	s record;
	plan json;
	mode text;
	args text;
	large text[] := (SELECT array_agg(c.relname) FROM pg_class c
		WHERE c.relkind = 'r' AND c.reltuples > 50000);
BEGIN
	FOR s IN SELECT p.name, p.parameter_types AS types FROM pg_prepared_statements p
		WHERE NOT EXISTS (SELECT FROM scans x WHERE x.name = p.name AND x.mode = 'planned')
		ORDER BY p.name
	LOOP
		SELECT string_agg(pg_temp.sample(t.type, t.nth::integer), ', ' ORDER BY t.nth) INTO args
		FROM unnest(s.types) WITH ORDINALITY AS t (type, nth);
		BEGIN
			FOREACH mode IN ARRAY ARRAY['force_generic_plan', 'force_custom_plan'] LOOP
				PERFORM set_config('plan_cache_mode', mode, true);
				EXECUTE format('EXPLAIN (FORMAT JSON) EXECUTE %I%s', s.name,
					coalesce('(' || args || ')', '')) INTO plan;
				INSERT INTO scans SELECT s.name, mode, x FROM pg_temp.seq_scans(plan, large) AS x;
			END LOOP;
			INSERT INTO scans VALUES (s.name, 'planned');
		EXCEPTION WHEN OTHERS THEN
			INSERT INTO scans VALUES (s.name, 'error ' || role, SQLSTATE || ' ' || SQLERRM);
		END;
	END LOOP;
END
$$;
SELECT set_config('request.jwt.claims', json_build_object('sub', md5('u5')::uuid)::text, false);
SET jit = off;
SET ROLE sluice_gateway;
SELECT pg_temp.plan_all('gateway');
RESET ROLE;
SELECT set_config('request.jwt.claims', '', false);
SET ROLE sluice_operator;
SELECT pg_temp.plan_all('operator');
RESET ROLE;
SELECT 'scan ' || name || ' ' || string_agg(DISTINCT mode || ':' || found, ' ') FROM scans WHERE mode LIKE 'force%' GROUP BY name ORDER BY name;
SELECT 'error ' || name || ' ' || string_agg(mode || ': ' || found, '; ') FROM scans s WHERE mode LIKE 'error%'
	AND NOT EXISTS (SELECT FROM scans x WHERE x.name = s.name AND x.mode = 'planned') GROUP BY name ORDER BY name;
SELECT 'planned ' || count(*) FROM scans WHERE mode = 'planned';
