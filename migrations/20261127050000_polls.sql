-- What a run that finds nothing does to the database, in two transactions of
-- one statement each. Whoever is connected to thousands of accounts does little
-- else. A statement that is sent is parsed and planned each time, which is most
-- of its cost; those in here are planned once in a session, also behind a pooler
-- that hands out transactions.

-- A function in SQL is planned anew by each statement that calls it, one in
-- PL/pgSQL once a session.
CREATE OR REPLACE FUNCTION sluice.clock() RETURNS timestamptz
LANGUAGE plpgsql STABLE PARALLEL SAFE SET search_path = '' AS $fn$
BEGIN
	RETURN now() + coalesce(
		nullif(current_setting('sluice.clock_offset', true), '')::interval, '0');
END
$fn$;

CREATE OR REPLACE FUNCTION sluice.user_rests(who uuid) RETURNS boolean
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = '' AS $fn$
BEGIN
	RETURN coalesce((
		SELECT to_jsonb(u) ->> 'deleted_at' IS NOT NULL
		FROM auth.users u
		WHERE u.id = who), true);
END
$fn$;

-- Versions of these rows stay on their page, and their indexes as they are.
ALTER TABLE sluice.schedule SET (fillfactor = 80);
ALTER TABLE public.sync_state SET (fillfactor = 80);
ALTER TABLE public.sync_logs SET (fillfactor = 90);

CREATE FUNCTION sluice.settle_session() RETURNS bigint
LANGUAGE plpgsql SET search_path = '' AS $fn$
DECLARE
	patience text := current_setting('statement_timeout');
	ignored text;
BEGIN
	-- what texts of times and bytes look like
	ignored := set_config('TimeZone', 'UTC', true);
	ignored := set_config('DateStyle', 'ISO, YMD', true);
	ignored := set_config('bytea_output', 'hex', true);
	-- statements are many and short; to compile one takes seconds
	ignored := set_config('jit', 'off', true);
	IF patience = '0' THEN
		patience := set_config('statement_timeout', '60s', true);
	END IF;
	IF current_setting('lock_timeout') = '0' THEN
		ignored := set_config('lock_timeout', '10s', true);
	END IF;
	-- whoever freezes in the middle of a page holds up its account no longer
	-- than a lease lasts
	IF current_setting('idle_in_transaction_session_timeout') = '0' THEN
		ignored := set_config('idle_in_transaction_session_timeout', '60s', true);
	END IF;
	RETURN extract(epoch FROM patience::interval) * 1000;
END
$fn$;
COMMENT ON FUNCTION sluice.settle_session() IS
	'Settings of a transaction of the gateway or the operator, for its length. Returns what a '
	'statement may take, in milliseconds.';
CALL sluice.protect_function('sluice.settle_session()', 'sluice_gateway, sluice_operator');

CREATE FUNCTION sluice.run_account(who uuid, integration uuid)
RETURNS TABLE (provider text, account text, settings jsonb, status text, interval_s integer,
	connected_at timestamptz, now timestamptz, resync boolean, resync_no bigint,
	accept_deletions boolean, not_before timestamptz, failures integer, bucket_units bigint,
	bucket_at timestamptz, user_per_minute integer,
	grant_id uuid, grant_status text, purpose text, scopes text, version bigint,
	access_expires_at timestamptz, refresh_expires_at timestamptz, refreshed_at timestamptz,
	last_error text, access_ciphertext bytea, access_iv bytea, access_key_id text,
	refresh_ciphertext bytea, refresh_iv bytea, refresh_key_id text,
	client_row uuid, client_id text, secret_ciphertext bytea, secret_iv bytea,
	secret_key_id text)
LANGUAGE plpgsql STABLE SET search_path = ''
SET plan_cache_mode = force_generic_plan AS $fn$
#variable_conflict use_column
BEGIN
	RETURN QUERY
	SELECT i.provider, i.account, i.settings, i.status, i.sync_interval_s, i.connected_at,
		sluice.clock(), c.resync_no > c.resync_done_no, c.resync_no, c.accept_deletions,
		-- no deadline is longer than a day: one that is was set when the clock was
		-- ahead
		CASE WHEN c.not_before <= sluice.clock() + interval '2 days' THEN c.not_before END,
		c.failures, floor(c.bucket_units)::bigint, c.bucket_at,
		(SELECT l.user_per_minute FROM sluice.quota_limits l
			WHERE l.api = i.provider AND l.since <= sluice.clock()
			ORDER BY l.since DESC LIMIT 1),
		g.id, g.status, g.purpose, g.scopes, g.version, g.access_expires_at,
		g.refresh_expires_at, g.refreshed_at, g.last_error,
		a.ciphertext, a.iv, a.key_id, r.ciphertext, r.iv, r.key_id,
		o.id, o.client_id, o.secret_ciphertext, o.secret_iv, o.secret_key_id
	FROM public.user_integrations i
	JOIN sluice.schedule c ON c.user_id = i.user_id AND c.integration_id = i.id
	LEFT JOIN sluice.grants g ON g.user_id = i.user_id AND g.id = i.grant_id
	LEFT JOIN sluice.oauth_clients o ON o.id = g.oauth_client_id
	LEFT JOIN sluice.user_secrets a ON a.user_id = g.user_id
		AND a.grant_id = g.id AND a.purpose = 'access_token'
	LEFT JOIN sluice.user_secrets r ON r.user_id = g.user_id
		AND r.grant_id = g.id AND r.purpose = 'refresh_token'
	WHERE i.user_id = who AND i.id = integration;
END
$fn$;
COMMENT ON FUNCTION sluice.run_account(uuid, uuid) IS
	'What a run starts from: integration, schedule, grant with its sealed tokens and its client''s '
	'sealed secret (grant_id NULL: there is none).';
CALL sluice.protect_function('sluice.run_account(uuid, uuid)', 'sluice_gateway');

CREATE FUNCTION sluice.run_streams(who uuid, integration uuid, zones text)
RETURNS TABLE (id uuid, kind text, key text, title text, state text, enabled boolean,
	cursor jsonb, fingerprint text, pending jsonb, generation integer,
	walk_started_at timestamptz, rewalk_at timestamptz, walk_resync_no bigint,
	scope_from timestamptz, sweep_state text, resyncs integer, failures integer,
	not_before timestamptz, checked_at timestamptz, series_due boolean)
LANGUAGE plpgsql STABLE SET search_path = ''
SET plan_cache_mode = force_generic_plan AS $fn$
#variable_conflict use_column
DECLARE
	now_at timestamptz := sluice.clock();
	-- the window's end: see sl_recur_window_at
	window_to timestamptz := (date_trunc('month', now_at AT TIME ZONE 'UTC')
		+ interval '13 months') AT TIME ZONE 'UTC';
BEGIN
	RETURN QUERY
	SELECT s.id, s.kind, s.key, s.title, s.state, s.enabled, s.cursor, s.fingerprint,
		s.pending, s.generation,
		-- A walk that begins in the future began when the clock was ahead: what was
		-- written since is not known, so it is walked anew. Nor is a request younger
		-- than now.
		CASE WHEN s.walk_started_at > now_at + interval '1 minute'
			THEN now_at - interval '2 s' ELSE s.walk_started_at END,
		CASE WHEN s.walk_started_at > now_at + interval '1 minute'
				OR s.rewalk_at > now_at + interval '1 minute'
			THEN now_at - interval '1 s' ELSE s.rewalk_at END,
		s.walk_resync_no, s.scope_from, s.sweep_state, s.resyncs, s.failures,
		CASE WHEN s.not_before <= now_at + interval '2 days' THEN s.not_before END,
		s.checked_at,
		EXISTS (
			SELECT
			FROM public.calendar_series c
			WHERE c.user_id = who AND c.integration_id = integration
				AND c.stream_key = s.key AND c.expansion <> 'gone'
				AND (c.expanded_to IS NULL
					OR (c.expanded_to < window_to
						-- as in series_due
						AND (c.expansion <> 'unexpanded'
							OR c.expanded_from IS NOT NULL
							OR c.expanded_to < now_at)))
		) OR EXISTS (
			SELECT
			FROM public.calendar_series c
			WHERE c.user_id = who AND c.integration_id = integration
				AND c.stream_key = s.key AND c.expansion = 'local'
				AND (c.zones_version < zones OR c.zones_version > zones)
		)
	FROM public.sync_state s
	WHERE s.user_id = who AND s.integration_id = integration AND s.state <> 'closed'
	ORDER BY s.opened_generation > 0, s.kind, s.key;
END
$fn$;
COMMENT ON FUNCTION sluice.run_streams(uuid, uuid, text) IS
	'The streams of an integration that are not closed. zones: edition of the zone rules.';
CALL sluice.protect_function('sluice.run_streams(uuid, uuid, text)', 'sluice_gateway');

CREATE FUNCTION sluice.due_items(who uuid, integration uuid, kinds text[],
	map_versions integer[], most integer)
RETURNS TABLE (id uuid, list jsonb)
LANGUAGE plpgsql STABLE SET search_path = '' AS $fn$
#variable_conflict use_column
DECLARE
	now_at timestamptz := sluice.clock();
BEGIN
	RETURN QUERY
	SELECT n.id, jsonb_agg(jsonb_build_object('id', n.source_id) ORDER BY n.nth)
	FROM (
		SELECT t.id, q.source_id, row_number() OVER (PARTITION BY t.id
			ORDER BY q.next_try_at, q.seen_at, q.source_id) AS nth
		FROM public.sync_items q
		JOIN unnest(kinds, map_versions) AS k (kind, map_version)
			ON k.kind = q.stream_kind
		JOIN public.sync_state t ON t.user_id = q.user_id
			AND t.integration_id = q.integration_id
			AND t.kind = q.stream_kind AND t.key = q.stream_key
		WHERE q.user_id = who AND q.integration_id = integration
			AND q.state = 'quarantined'
			AND (q.next_try_at <= now_at
				-- as a clock ahead said
				OR q.next_try_at > now_at + interval '2 days'
				OR (q.class = 'malformed' AND q.map_version < k.map_version))
			AND q.source_id NOT LIKE 'sha256:%'
			AND t.state IN ('walking', 'live') AND t.enabled
			AND NOT coalesce(t.pending, '[]') @> jsonb_build_array(
				jsonb_build_object('id', q.source_id))
	) n
	WHERE n.nth <= most
	GROUP BY n.id;
END
$fn$;
COMMENT ON FUNCTION sluice.due_items(uuid, uuid, text[], integer[], integer) IS
	'Quarantined items whose time has come, or whose mapping (kinds and their map versions) has '
	'changed: wanted of their streams, as in pending, at most so many of each. What is known by '
	'its hash alone cannot be asked for.';
CALL sluice.protect_function('sluice.due_items(uuid, uuid, text[], integer[], integer)',
	'sluice_gateway');

CREATE FUNCTION sluice.interrupt_run(who uuid, integration uuid, run uuid, run_trigger text,
	began timestamptz, at_host text)
RETURNS void
LANGUAGE plpgsql SET search_path = '' AS $fn$
DECLARE
	now_at timestamptz := sluice.clock();
BEGIN
	INSERT INTO public.sync_logs AS l (id, user_id, integration_id, provider, account, trigger,
		mode, status, started_at, finished_at, host)
	SELECT run, i.user_id, i.id, i.provider, i.account, coalesce(run_trigger, 'schedule'),
		'incremental', 'interrupted', coalesce(began, now_at), now_at, at_host
	FROM public.user_integrations i
	WHERE i.user_id = who AND i.id = integration
	ON CONFLICT (id) DO UPDATE
	SET status = 'interrupted', finished_at = excluded.finished_at,
		duration_ms = greatest(0, (extract(epoch FROM
			excluded.finished_at - l.started_at) * 1000)::bigint)
	WHERE l.status = 'running';
END
$fn$;
COMMENT ON FUNCTION sluice.interrupt_run(uuid, uuid, uuid, text, timestamptz, text) IS
	'Closes the log row of a run that its owner left open; makes one if there is none.';
CALL sluice.protect_function('sluice.interrupt_run(uuid, uuid, uuid, text, timestamptz, text)',
	'sluice_gateway');

CREATE FUNCTION sluice.ready_streams(who uuid, integration uuid, root_kinds text[],
	root_titles text[], kinds text[], map_versions integer[], most integer)
RETURNS void
LANGUAGE plpgsql SET search_path = '' AS $fn$
BEGIN
	IF cardinality(root_kinds) > (
		SELECT count(*)
		FROM public.sync_state s
		WHERE s.user_id = who AND s.integration_id = integration
			AND s.kind = ANY (root_kinds) AND s.key = '')
	THEN
		INSERT INTO public.sync_state (user_id, integration_id, kind, title)
		SELECT who, integration, r.kind, r.title
		FROM unnest(root_kinds, root_titles) AS r (kind, title)
		ON CONFLICT DO NOTHING;
	END IF;
	IF EXISTS (
		SELECT
		FROM public.sync_items q
		WHERE q.user_id = who AND q.integration_id = integration
			AND q.state = 'quarantined')
	THEN
		UPDATE public.sync_state s
		SET pending = coalesce(s.pending, '[]') || d.list
		FROM sluice.due_items(who, integration, kinds, map_versions, most) AS d
		WHERE s.user_id = who AND s.id = d.id;
	END IF;
END
$fn$;
COMMENT ON FUNCTION sluice.ready_streams(uuid, uuid, text[], text[], text[], integer[], integer) IS
	'Opens the streams that every account has, and makes wanted what is due.';
CALL sluice.protect_function('sluice.ready_streams(uuid, uuid, text[], text[], text[], integer[],
	integer)', 'sluice_gateway');

CREATE FUNCTION sluice.begin_run(who uuid, integration uuid, at_fence bigint, run uuid,
	lease_us bigint, root_kinds text[], root_titles text[], kinds text[], map_versions integer[],
	most integer)
RETURNS boolean
LANGUAGE plpgsql SET search_path = ''
SET plan_cache_mode = force_generic_plan AS $fn$
DECLARE
	now_at timestamptz := sluice.clock();
	left_open record;
	ignored text;
BEGIN
	IF sluice.user_rests(who) THEN
		RETURN false;
	END IF;
	UPDATE sluice.schedule c
	SET run_begun = true,
		run_started_at = now_at,
		-- taken just now: what is indexed stays
		lease_until = CASE
			WHEN c.lease_until > now_at + make_interval(secs => lease_us / 1.2e6)
				THEN c.lease_until
			ELSE now_at + make_interval(secs => lease_us / 1e6) END,
		run_resync_no = c.resync_no,
		next_run_at = CASE WHEN c.next_run_at = '-infinity' THEN now_at ELSE c.next_run_at END,
		left_run_id = NULL, left_trigger = NULL, left_started_at = NULL, left_host = NULL
	FROM (
		SELECT l.integration_id, l.left_run_id, l.left_trigger, l.left_started_at, l.left_host
		FROM sluice.schedule l
		WHERE l.integration_id = integration AND l.user_id = who AND l.fence = at_fence
			AND l.run_id = run
		FOR UPDATE
	) o
	WHERE c.integration_id = o.integration_id AND c.user_id = who
	RETURNING o.left_run_id, o.left_trigger, o.left_started_at, o.left_host INTO left_open;
	IF NOT FOUND THEN
		RETURN false;
	END IF;
	-- Lost with a crash of the database it has not begun, and it ends as well:
	-- the fence, which is durable, guards what it writes.
	ignored := set_config('synchronous_commit', 'off', true);
	IF left_open.left_run_id <> run THEN
		PERFORM sluice.interrupt_run(who, integration, left_open.left_run_id,
			left_open.left_trigger, left_open.left_started_at, left_open.left_host);
	END IF;
	PERFORM sluice.ready_streams(who, integration, root_kinds, root_titles, kinds,
		map_versions, most);
	RETURN true;
END
$fn$;
COMMENT ON FUNCTION sluice.begin_run(uuid, uuid, bigint, uuid, bigint, text[], text[], text[],
	integer[], integer) IS
	'A run that was leased for a batch begins; one that was left open is closed, and the streams '
	'are made ready. False: the lease is lost, or the user was deleted.';
CALL sluice.protect_function('sluice.begin_run(uuid, uuid, bigint, uuid, bigint, text[], text[],
	text[], integer[], integer)', 'sluice_gateway');

CREATE FUNCTION sluice.release_run(who uuid, integration uuid, next_at timestamptz,
	resynced boolean, failed boolean, deadline timestamptz, units bigint, units_at timestamptz,
	aside boolean, slice_at timestamptz, left_to_lane boolean)
RETURNS void
LANGUAGE plpgsql SET search_path = '' AS $fn$
DECLARE
	now_at timestamptz := sluice.clock();
BEGIN
	UPDATE sluice.schedule c
	SET lease_until = NULL, lease_owner = NULL,
		run_id = NULL, run_trigger = NULL, run_started_at = NULL, run_resync_no = NULL,
		run_lane = NULL, run_begun = false, run_alone = false,
		resync_done_no = CASE WHEN resynced
			THEN greatest(c.resync_done_no, c.run_resync_no)
			ELSE c.resync_done_no END,
		accept_deletions = c.accept_deletions AND NOT (resynced
			AND c.resync_no IS NOT DISTINCT FROM c.run_resync_no),
		not_before = deadline,
		bucket_units = CASE WHEN units_at IS NULL THEN c.bucket_units ELSE units END,
		bucket_at = coalesce(units_at, c.bucket_at),
		failures = CASE WHEN aside THEN c.failures
			WHEN failed THEN c.failures + 1 ELSE 0 END,
		-- it ended, so it does not kill
		solo = c.solo AND aside,
		charges = CASE WHEN aside THEN c.charges ELSE 0 END,
		parked_at = CASE WHEN aside THEN c.parked_at END,
		-- nothing that is due waits for a deadline: it would stand in the way
		next_run_at = greatest(deadline, CASE WHEN c.next_run_at = '-infinity' THEN now_at
			ELSE coalesce(next_at, greatest(now_at, coalesce(c.run_started_at, now_at)
				+ make_interval(secs => (
					SELECT i.sync_interval_s
					FROM public.user_integrations i
					WHERE i.user_id = who AND i.id = integration)))) END),
		backfill_at = CASE WHEN aside THEN c.backfill_at
			WHEN left_to_lane AND slice_at IS NOT NULL AND c.backfill_at IS NOT NULL
			THEN greatest(c.backfill_at, deadline)
			WHEN slice_at IS NOT NULL THEN greatest(slice_at, deadline) END
	WHERE c.integration_id = integration AND c.user_id = who;
END
$fn$;
COMMENT ON FUNCTION sluice.release_run(uuid, uuid, timestamptz, boolean, boolean, timestamptz,
	bigint, timestamptz, boolean, timestamptz, boolean) IS
	'Gives the lease back and plans the next run (next_at NULL: by the interval, from the run''s '
	'start). resynced: the requests for a resync that the run began with are fulfilled; one that '
	'came since waits for the next run, with its consent. deadline: the provider''s. units: left '
	'of the user''s quota. aside: a run beside the provider''s, whose failures stay counted and '
	'whose walks stay due. slice_at: of the walks that are left; left_to_lane: to the other lane, '
	'and what is planned stays.';
CALL sluice.protect_function('sluice.release_run(uuid, uuid, timestamptz, boolean, boolean,
	timestamptz, bigint, timestamptz, boolean, timestamptz, boolean)', 'sluice_gateway');

CREATE FUNCTION sluice.people_basis(who uuid, rule text) RETURNS text
LANGUAGE plpgsql STABLE SET search_path = '' AS $fn$
BEGIN
	RETURN (
		SELECT md5(rule || coalesce(string_agg(o.norm, ',' ORDER BY o.norm), ''))
		FROM (
			SELECT e.address_norm COLLATE "C" AS norm
			FROM public.contacts s
			JOIN public.contact_emails e
				ON e.user_id = s.user_id AND e.contact_id = s.id
			WHERE s.user_id = who AND s.is_self_contact
			UNION
			SELECT h.value_norm
			FROM public.contacts s
			JOIN public.contact_handles h
				ON h.user_id = s.user_id AND h.contact_id = s.id
			WHERE s.user_id = who AND s.is_self_contact
			UNION
			SELECT lower(u.account)
			FROM public.user_integrations u
			WHERE u.user_id = who
		) o);
END
$fn$;
COMMENT ON FUNCTION sluice.people_basis(uuid, text) IS
	'By what an account''s people are judged: what its settings say about contacts (rule), and '
	'the user''s own addresses and handles.';
CALL sluice.protect_function('sluice.people_basis(uuid, text)', 'sluice_gateway');

CREATE FUNCTION sluice.stays_quiet(who uuid, integration uuid, streams uuid[], keys text[],
	rule text, now_at timestamptz)
RETURNS boolean
LANGUAGE plpgsql STABLE SET search_path = '' AS $fn$
DECLARE
	judged record;
	quiet bigint;
BEGIN
	SELECT count(*) INTO quiet
	FROM unnest(streams, keys) AS q (id, key)
	JOIN public.sync_state s ON s.id = q.id AND s.user_id = who
	WHERE s.state = 'live' AND s.pending IS NULL AND s.sweep_state = 'none'
		-- events that have begun since they were looked at say who met whom
		AND NOT EXISTS (
			SELECT
			FROM (
				SELECT x.integration_id, x.stream_key, x.deleted_at, x.type
				FROM public.artifacts x
				WHERE x.user_id = who AND x.occurred_at > s.people_at
					AND x.occurred_at <= now_at
				OFFSET 0
			) a
			WHERE a.integration_id = integration AND a.stream_key = q.key
				AND a.deleted_at IS NULL AND a.type <> 'email');
	IF quiet < cardinality(streams) THEN
		RETURN false;
	END IF;
	SELECT j.basis, j.after_id INTO judged
	FROM sluice.people_judged j
	WHERE j.user_id = who AND j.integration_id = integration;
	RETURN judged.basis IS NULL OR (judged.after_id IS NULL
		AND judged.basis = sluice.people_basis(who, rule));
END
$fn$;
COMMENT ON FUNCTION sluice.stays_quiet(uuid, uuid, uuid[], text[], text, timestamptz) IS
	'Do pages that hold nothing change nothing but these streams'' cursors? keys: of their '
	'artifacts.';
CALL sluice.protect_function('sluice.stays_quiet(uuid, uuid, uuid[], text[], text, timestamptz)',
	'sluice_gateway');

CREATE FUNCTION sluice.end_quiet_run(who uuid, integration uuid, at_fence bigint, run uuid,
	trigger_name text, mode_name text, started timestamptz, finished timestamptz,
	more_requests integer, more_retries integer, more_bytes bigint, more_fetched bigint,
	more_unchanged bigint, more_pages integer,
	next_at timestamptz, resynced boolean, deadline timestamptz, units bigint,
	units_at timestamptz, slice_at timestamptz, left_to_lane boolean,
	streams uuid[], keys text[], cursors text[], shows text[], prints text[], rule text)
RETURNS text
LANGUAGE plpgsql SET search_path = ''
SET plan_cache_mode = force_generic_plan AS $fn$
DECLARE
	held record;
	latest record;
	ignored text;
	took bigint := greatest(0, (extract(epoch FROM finished - started) * 1000)::bigint);
BEGIN
	SELECT c.run_id, c.lease_owner ->> 'host' AS host,
		num_nonnulls(i.last_error_class, i.last_error_scope, i.last_error_text) > 0
			AS had_failed
	INTO held
	FROM sluice.schedule c
	JOIN public.user_integrations i ON i.user_id = c.user_id AND i.id = c.integration_id
	WHERE c.integration_id = integration AND c.user_id = who AND c.fence = at_fence
	FOR UPDATE OF c;
	IF NOT FOUND THEN
		RETURN 'lost';
	ELSIF held.run_id IS NULL THEN
		RETURN 'done'; -- before; only the answer was lost
	ELSIF held.run_id <> run THEN
		RETURN 'lost';
	END IF;
	IF NOT sluice.stays_quiet(who, integration, streams, keys, rule, finished) THEN
		RETURN 'busy';
	END IF;
	SELECT l.id, l.id = run AS own, l.status = 'ok' AND l.trigger = trigger_name
			AND l.mode = mode_name
			AND l.created + l.updated + l.deleted + l.filtered + l.quarantined
				+ l.contacts_created = 0
			AND l.detail = '{}'
			-- logs are kept by their start
			AND l.started_at > started - interval '7 days' AS folds
	INTO latest
	FROM public.sync_logs l
	WHERE l.user_id = who AND l.integration_id = integration
	ORDER BY l.started_at DESC, l.created_at DESC
	LIMIT 1;
	IF latest.own THEN
		RETURN 'busy';
	END IF;

	-- lost with the database itself, the poll is made again
	ignored := set_config('synchronous_commit', 'off', true);
	UPDATE public.sync_state s
	SET cursor = coalesce(q.cursor::jsonb, s.cursor),
		shown = CASE WHEN q.shown IS NULL THEN s.shown
			ELSE coalesce(s.shown, '{}') || q.shown::jsonb END,
		fingerprint = coalesce(q.print, s.fingerprint),
		people_at = greatest(s.people_at, finished),
		resyncs = 0, checked_at = started, not_before = NULL, failures = 0,
		last_error_class = NULL, last_error_scope = NULL, last_error_text = NULL,
		last_error_at = NULL
	FROM unnest(streams, cursors, shows, prints) AS q (id, cursor, shown, print)
	WHERE s.id = q.id AND s.user_id = who;
	IF latest.folds THEN
		UPDATE public.sync_logs l
		SET runs = l.runs + 1, finished_at = finished,
			requests = l.requests + more_requests, retries = l.retries + more_retries,
			bytes = l.bytes + more_bytes, fetched = l.fetched + more_fetched,
			unchanged = l.unchanged + more_unchanged, pages = l.pages + more_pages,
			duration_ms = l.duration_ms + took
		WHERE l.user_id = who AND l.id = latest.id;
	ELSE
		INSERT INTO public.sync_logs (id, user_id, integration_id, provider, account,
			trigger, mode, status, started_at, finished_at, host, requests, retries,
			bytes, fetched, unchanged, pages, duration_ms)
		SELECT run, i.user_id, i.id, i.provider, i.account, trigger_name, mode_name, 'ok',
			started, finished, held.host, more_requests, more_retries, more_bytes,
			more_fetched, more_unchanged, more_pages, took
		FROM public.user_integrations i
		WHERE i.user_id = who AND i.id = integration;
	END IF;
	PERFORM sluice.release_run(who, integration, next_at, resynced, false, deadline, units,
		units_at, false, slice_at, left_to_lane);
	IF held.had_failed THEN
		UPDATE public.user_integrations i
		SET last_error_class = NULL, last_error_scope = NULL, last_error_text = NULL,
			last_error_at = NULL
		WHERE i.user_id = who AND i.id = integration;
	END IF;
	RETURN 'done';
END
$fn$;
COMMENT ON FUNCTION sluice.end_quiet_run(uuid, uuid, bigint, uuid, text, text, timestamptz,
	timestamptz, integer, integer, bigint, bigint, bigint, integer, timestamptz, boolean,
	timestamptz, bigint, timestamptz, timestamptz, boolean, uuid[], text[], text[], text[],
	text[], text) IS
	'The end of a run that found nothing, with its last page of each stream, which holds '
	'nothing but a cursor. done; lost: the lease went; busy: there is more to do than that, and '
	'nothing was done.';
CALL sluice.protect_function('sluice.end_quiet_run(uuid, uuid, bigint, uuid, text, text,
	timestamptz, timestamptz, integer, integer, bigint, bigint, bigint, integer, timestamptz,
	boolean, timestamptz, bigint, timestamptz, timestamptz, boolean, uuid[], text[], text[],
	text[], text[], text)', 'sluice_gateway');

INSERT INTO sluice.sys_table_migrations (version, name)
VALUES ('20261127050000', 'polls') ON CONFLICT DO NOTHING;
