-- Asking for a full resync: by number, not by time, and by the users themselves.
--
-- A request used to be its time. The clock of a database steps, and a
-- transaction has the time at which it began, not that at which it commits: a
-- request could look older than the run that it came after, and was dropped
-- with it. A number that grows under the row's lock cannot.

ALTER TABLE sluice.schedule
	ADD COLUMN resync_no bigint NOT NULL DEFAULT 0,
	ADD COLUMN resync_done_no bigint NOT NULL DEFAULT 0,
	ADD COLUMN run_resync_no bigint;
COMMENT ON COLUMN sluice.schedule.resync_requested_at IS
	'When somebody asked for a full resync last: nobody may ask all the time.';
COMMENT ON COLUMN sluice.schedule.resync_no IS
	'Requests for a full resync so far. More than resync_done_no: the last one is open.';
COMMENT ON COLUMN sluice.schedule.resync_done_no IS 'The last request that was fulfilled.';
COMMENT ON COLUMN sluice.schedule.run_resync_no IS
	'resync_no when the run under way began: it fulfils that one and those before, no other.';
COMMENT ON COLUMN sluice.schedule.accept_deletions IS
	'The next resync also carries out deletions that were held back: a person agreed.';
ALTER TABLE public.sync_state ADD COLUMN walk_resync_no bigint NOT NULL DEFAULT 0;
COMMENT ON COLUMN public.sync_state.walk_resync_no IS
	'Requests for a resync that had come when the last walk began: they need no other.';

-- What was asked for until now is request 1.
DO $do$
BEGIN
	UPDATE sluice.schedule SET resync_no = 1 WHERE resync_requested_at IS NOT NULL;
END
$do$;

CREATE FUNCTION sluice.resync_accounts(who uuid, only_provider text,
	only_integration uuid, gap interval, accept boolean)
RETURNS TABLE (integration_id uuid, provider text, accepted boolean, reason text,
	requested_at timestamptz, resync_no bigint, run_id uuid)
LANGUAGE plpgsql SET search_path = '' AS $fn$
DECLARE
	t record;
	rests boolean := sluice.user_rests(who);
BEGIN
	FOR t IN
		SELECT c.integration_id AS id, i.provider, i.status, c.parked_at,
			c.resync_requested_at, c.resync_no, c.run_id,
			abs(extract(epoch FROM sluice.clock() - c.resync_requested_at))
				< extract(epoch FROM gap) AS soon
		FROM public.user_integrations i
		JOIN sluice.schedule c ON c.user_id = i.user_id AND c.integration_id = i.id
		WHERE i.user_id = who
			AND (only_provider IS NULL OR i.provider = only_provider)
			AND (only_integration IS NULL OR i.id = only_integration)
		ORDER BY i.id
		FOR UPDATE OF c
	LOOP
		integration_id := t.id;
		provider := t.provider;
		requested_at := t.resync_requested_at;
		resync_no := t.resync_no;
		run_id := t.run_id;
		reason := CASE
			WHEN rests THEN 'user_deleted'
			WHEN t.status NOT IN ('connected', 'error') THEN t.status
			WHEN t.parked_at IS NOT NULL THEN 'parked'
			WHEN t.soon THEN 'too_soon'
		END;
		accepted := reason IS NULL;
		IF accepted THEN
			requested_at := sluice.clock();
			resync_no := t.resync_no + 1;
			-- -infinity: at once, also after a run that is under way
			UPDATE sluice.schedule c
			SET resync_no = c.resync_no + 1,
				resync_requested_at = sluice.clock(),
				accept_deletions = c.accept_deletions OR accept,
				next_run_at = '-infinity'
			WHERE c.user_id = who AND c.integration_id = t.id;
			PERFORM pg_catalog.pg_notify('sluice', t.id::text);
		END IF;
		RETURN NEXT;
	END LOOP;
END
$fn$;
COMMENT ON FUNCTION sluice.resync_accounts(uuid, text, uuid, interval, boolean) IS
	'Asks for a full resync of a user''s accounts, of each at most once in the gap. reason: why '
	'not (the status, parked, too_soon, user_deleted). run_id: the run under way. Hints on '
	'channel sluice.';
CALL sluice.protect_function(
	'sluice.resync_accounts(uuid, text, uuid, interval, boolean)', 'sluice_gateway');

CREATE FUNCTION sluice.request_resync(only_provider text, only_integration uuid)
RETURNS TABLE (integration_id uuid, provider text, accepted boolean, reason text,
	requested_at timestamptz)
LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = '' AS $fn$
	SELECT r.integration_id, r.provider, r.accepted, r.reason, r.requested_at
	FROM sluice.resync_accounts(sluice.uid(), only_provider, only_integration,
		interval '1 minute', false) r
$fn$;
COMMENT ON FUNCTION sluice.request_resync(text, uuid) IS
	'public.request_resync, which may not look into this schema.';
CALL sluice.protect_function('sluice.request_resync(text, uuid)', 'authenticated');

-- ATOMIC: its names are resolved now, so that callers need no right to use the
-- private schema.
CREATE FUNCTION public.request_resync(
	only_provider text DEFAULT NULL, only_integration uuid DEFAULT NULL)
RETURNS TABLE (integration_id uuid, provider text, accepted boolean, reason text,
	requested_at timestamptz)
LANGUAGE sql VOLATILE SET search_path = ''
BEGIN ATOMIC
	SELECT r.integration_id, r.provider, r.accepted, r.reason, r.requested_at
	FROM sluice.request_resync(only_provider, only_integration) r;
END;
COMMENT ON FUNCTION public.request_resync(text, uuid) IS
	'Asks for a full resync of one''s own accounts: all, those of a connector, or one. A row '
	'each; not accepted: reason says why (needs_reauth, paused, disconnected, archive, parked, '
	'user_deleted; too_soon: asked less than a minute ago, see requested_at).';
CALL sluice.protect_function('public.request_resync(text, uuid)', 'authenticated');

INSERT INTO sluice.sys_table_migrations (version, name)
VALUES ('20261126070000', 'resync') ON CONFLICT DO NOTHING;
