-- The event trigger of many projects: row security on each new table in public.
SET ROLE postgres;
CREATE FUNCTION public.rls_auto_enable() RETURNS event_trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog AS $fn$
DECLARE
	cmd record;
BEGIN
	FOR cmd IN
		SELECT * FROM pg_event_trigger_ddl_commands()
		WHERE command_tag IN ('CREATE TABLE', 'CREATE TABLE AS', 'SELECT INTO')
			AND object_type IN ('table', 'partitioned table')
			AND schema_name = 'public'
	LOOP
		BEGIN
			EXECUTE format('ALTER TABLE IF EXISTS %s ENABLE ROW LEVEL SECURITY',
				cmd.object_identity);
		EXCEPTION WHEN OTHERS THEN
			RAISE LOG 'rls_auto_enable: failed on %', cmd.object_identity;
		END;
	END LOOP;
END
$fn$;
RESET ROLE;
CREATE EVENT TRIGGER ensure_rls ON ddl_command_end
	WHEN TAG IN ('CREATE TABLE', 'CREATE TABLE AS', 'SELECT INTO')
	EXECUTE FUNCTION public.rls_auto_enable();
