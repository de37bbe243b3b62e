DELETE FROM sluice.sys_table_migrations WHERE version = '20261120100000';

DROP FUNCTION sluice.list_users();
DROP FUNCTION sluice.add_user(text);
DROP FUNCTION sluice.find_user(text);
DROP FUNCTION sluice.acting_role();
DROP FUNCTION sluice.uid();
DROP FUNCTION sluice.clock();
DROP TABLE sluice.sys_table_migrations;
DROP FUNCTION sluice.touch_updated_at();
DROP PROCEDURE sluice.protect_table(regclass, text, text, text, text, text, boolean);
DROP PROCEDURE sluice.protect_view(regclass, text);
DROP PROCEDURE sluice.protect_function(regprocedure, text);
REVOKE USAGE ON SCHEMA public FROM sluice_gateway, sluice_operator;
DROP SCHEMA sluice;

-- The stand-in for Supabase's auth goes only where sluice made it. Roles stay:
-- they belong to the cluster.
DO $do$
BEGIN
	IF obj_description(to_regclass('auth.users'), 'pg_class') LIKE 'sluice:%' THEN
		DROP FUNCTION auth.jwt();
		DROP FUNCTION auth.email();
		DROP FUNCTION auth.role();
		DROP FUNCTION auth.uid();
		DROP TABLE auth.users;
		IF obj_description(to_regnamespace('auth'), 'pg_namespace') LIKE 'sluice:%' THEN
			DROP SCHEMA auth;
		ELSE
			REVOKE USAGE ON SCHEMA auth FROM anon, authenticated, service_role;
		END IF;
	END IF;
END
$do$;
