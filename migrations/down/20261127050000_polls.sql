DELETE FROM sluice.sys_table_migrations WHERE version = '20261127050000';

DROP FUNCTION sluice.end_quiet_run(uuid, uuid, bigint, uuid, text, text, timestamptz,
	timestamptz, integer, integer, bigint, bigint, bigint, integer, timestamptz, boolean,
	timestamptz, bigint, timestamptz, timestamptz, boolean, uuid[], text[], text[], text[], text[],
	text);
DROP FUNCTION sluice.stays_quiet(uuid, uuid, uuid[], text[], text, timestamptz);
DROP FUNCTION sluice.people_basis(uuid, text);
DROP FUNCTION sluice.release_run(uuid, uuid, timestamptz, boolean, boolean, timestamptz, bigint,
	timestamptz, boolean, timestamptz, boolean);
DROP FUNCTION sluice.begin_run(uuid, uuid, bigint, uuid, bigint, text[], text[], text[], integer[],
	integer);
DROP FUNCTION sluice.ready_streams(uuid, uuid, text[], text[], text[], integer[], integer);
DROP FUNCTION sluice.interrupt_run(uuid, uuid, uuid, text, timestamptz, text);
DROP FUNCTION sluice.due_items(uuid, uuid, text[], integer[], integer);
DROP FUNCTION sluice.run_streams(uuid, uuid, text);
DROP FUNCTION sluice.run_account(uuid, uuid);
DROP FUNCTION sluice.settle_session();

ALTER TABLE public.sync_logs RESET (fillfactor);
ALTER TABLE public.sync_state RESET (fillfactor);
ALTER TABLE sluice.schedule RESET (fillfactor);

CREATE OR REPLACE FUNCTION sluice.user_rests(who uuid) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = '' AS $fn$
	SELECT coalesce((
		SELECT to_jsonb(u) ->> 'deleted_at' IS NOT NULL
		FROM auth.users u
		WHERE u.id = who), true)
$fn$;

CREATE OR REPLACE FUNCTION sluice.clock() RETURNS timestamptz
LANGUAGE sql STABLE PARALLEL SAFE SET search_path = '' AS $fn$
	SELECT now() + coalesce(
		nullif(current_setting('sluice.clock_offset', true), '')::interval, '0')
$fn$;
