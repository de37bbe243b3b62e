-- The fleet's schedule: two lanes, batches, and what is left of runs that died.
--
-- A leased row is in no index of what is due, so that a claim never steps over
-- the work of others; its due times stay, and a lease that is given back or
-- lapses puts it where it was.
--
-- What is due is always found by an index: without sequential scans, since a
-- table whose statistics are missing or old would be read as a whole.

ALTER TABLE sluice.schedule
	ADD COLUMN backfill_at timestamptz,
	ADD COLUMN run_lane text CHECK (run_lane IN ('changes', 'backfill')),
	ADD COLUMN run_begun boolean NOT NULL DEFAULT false,
	ADD COLUMN run_alone boolean NOT NULL DEFAULT false,
	ADD COLUMN left_run_id uuid,
	ADD COLUMN left_trigger text,
	ADD COLUMN left_started_at timestamptz,
	ADD COLUMN left_host text,
	ADD COLUMN solo_for text CHECK (octet_length(solo_for) <= 512),
	ADD COLUMN solo_until timestamptz;
COMMENT ON COLUMN sluice.schedule.next_run_at IS
	'When its changes are due. Before the year 2000: a new account, or one that was asked for.';
COMMENT ON COLUMN sluice.schedule.backfill_at IS
	'When the next slice of its walks is due; NULL: no walk is left.';
COMMENT ON COLUMN sluice.schedule.run_lane IS
	'What the run under way was leased for; NULL: a person asked, for everything.';
COMMENT ON COLUMN sluice.schedule.run_begun IS
	'The run under way has begun. Before, its lease may lapse as if there had been none.';
COMMENT ON COLUMN sluice.schedule.run_alone IS
	'Its process had nothing else under way, and takes nothing until it is over.';
COMMENT ON COLUMN sluice.schedule.left_run_id IS
	'A run that begun and never ended: its log row is still to be closed.';
COMMENT ON COLUMN sluice.schedule.solo_for IS
	'The process that takes nothing more until it can run this alone, until solo_until.';

-- What is under way has begun.
DO $do$
BEGIN
	UPDATE sluice.schedule SET run_begun = true WHERE run_id IS NOT NULL;
END
$do$;

DROP INDEX sluice.schedule_due_idx;
CREATE INDEX schedule_due_idx ON sluice.schedule (provider, next_run_at)
	WHERE enabled AND parked_at IS NULL AND NOT solo AND lease_until IS NULL;
CREATE INDEX schedule_backfill_idx ON sluice.schedule (provider, backfill_at)
	WHERE enabled AND parked_at IS NULL AND NOT solo AND lease_until IS NULL
		AND backfill_at IS NOT NULL;
CREATE INDEX schedule_solo_idx ON sluice.schedule (next_run_at)
	WHERE solo AND enabled AND parked_at IS NULL AND lease_until IS NULL;
CREATE INDEX schedule_host_idx ON sluice.schedule ((lease_owner ->> 'host'))
	WHERE lease_until IS NOT NULL;
CREATE INDEX schedule_left_idx ON sluice.schedule (left_run_id)
	WHERE left_run_id IS NOT NULL;

CREATE OR REPLACE FUNCTION sluice.integration_scheduled() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' AS $fn$
DECLARE
	runs boolean := NEW.status IN ('connected', 'error');
BEGIN
	IF TG_OP = 'INSERT' THEN
		-- New accounts come first; but of one user a few, and further ones after
		-- those of others.
		INSERT INTO sluice.schedule (integration_id, user_id, provider, enabled, next_run_at)
		SELECT NEW.id, NEW.user_id, NEW.provider, runs,
			CASE WHEN count(*) < 4 THEN '-infinity'::timestamptz
				ELSE '1970-01-01Z' END
		FROM (
			SELECT FROM sluice.schedule s
			WHERE s.user_id = NEW.user_id AND s.enabled
				AND s.next_run_at = '-infinity'
			LIMIT 4
		) o
		ON CONFLICT DO NOTHING;
		IF runs THEN -- a hint to look, as of a resync that is asked for
			PERFORM pg_catalog.pg_notify('sluice', NEW.id::text);
		END IF;
		RETURN NULL;
	END IF;
	-- A run comes forward, never back: at once when it may run again, after
	-- the new interval when that is shorter than what is left.
	UPDATE sluice.schedule s
	SET enabled = runs,
		next_run_at = CASE
			WHEN runs AND NOT s.enabled THEN least(s.next_run_at, sluice.clock())
			WHEN NEW.sync_interval_s < OLD.sync_interval_s THEN least(s.next_run_at,
				sluice.clock() + make_interval(secs => NEW.sync_interval_s))
			ELSE s.next_run_at
		END
	WHERE s.integration_id = NEW.id
		AND (s.enabled <> runs OR NEW.sync_interval_s < OLD.sync_interval_s);
	IF runs AND OLD.status NOT IN ('connected', 'error') THEN
		PERFORM pg_catalog.pg_notify('sluice', NEW.id::text);
	END IF;
	RETURN NULL;
END
$fn$;

-- A lease that is over, and what became of its run.
CREATE FUNCTION sluice.lapse_leases(dead jsonb[]) RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' SET enable_seqscan = off AS $fn$
DECLARE
	n integer;
BEGIN
	WITH over AS MATERIALIZED (
		SELECT s.integration_id
		FROM sluice.schedule s
		WHERE s.lease_until <= sluice.clock()
		ORDER BY s.lease_until
		LIMIT 1000
		FOR UPDATE SKIP LOCKED
	), orphaned AS MATERIALIZED (
		SELECT s.integration_id
		FROM (SELECT DISTINCT d.owner ->> 'host' AS host
			FROM unnest(dead) AS d (owner)) h
		CROSS JOIN LATERAL (
			SELECT o.integration_id
			FROM sluice.schedule o
			WHERE o.lease_owner ->> 'host' = h.host AND o.lease_until IS NOT NULL
				AND o.lease_owner = ANY (dead)
			LIMIT 1000
			FOR UPDATE SKIP LOCKED
		) s
	), held AS (
		SELECT o.integration_id FROM over o
		UNION
		SELECT o.integration_id FROM orphaned o
	)
	UPDATE sluice.schedule s
	SET lease_until = NULL, lease_owner = NULL,
		fence = s.fence + 1,
		run_id = NULL, run_trigger = NULL, run_started_at = NULL,
		run_resync_no = NULL, run_lane = NULL, run_begun = false, run_alone = false,
		left_run_id = CASE WHEN s.run_begun THEN s.run_id ELSE s.left_run_id END,
		left_trigger = CASE WHEN s.run_begun THEN s.run_trigger ELSE s.left_trigger END,
		left_started_at = CASE WHEN s.run_begun THEN s.run_started_at
			ELSE s.left_started_at END,
		left_host = CASE WHEN s.run_begun THEN s.lease_owner ->> 'host'
			ELSE s.left_host END,
		-- an import is no run of the schedule's
		solo = s.solo OR (s.run_begun AND s.run_trigger IS DISTINCT FROM 'import'),
		charges = s.charges + (s.run_begun AND s.run_alone)::integer,
		parked_at = CASE WHEN s.run_begun AND s.run_alone AND s.charges >= 2
			THEN coalesce(s.parked_at, sluice.clock()) ELSE s.parked_at END
	FROM held h
	WHERE s.integration_id = h.integration_id;
	GET DIAGNOSTICS n = ROW_COUNT;
	RETURN n;
END
$fn$;
COMMENT ON FUNCTION sluice.lapse_leases(jsonb[]) IS
	'Takes back leases that ran out, and those of owners that are known to be dead. A run that '
	'had begun is left to be closed, and its account runs alone the next time; the third one in '
	'a row that lapsed alone parks it.';
CALL sluice.protect_function('sluice.lapse_leases(jsonb[])', 'sluice_gateway');

-- Leases rows that the caller has locked. Not the gateway's to call.
CREATE FUNCTION sluice.lease_rows(ids uuid[], lane text, alone boolean, owner jsonb,
	lease_us bigint)
RETURNS text[]
LANGUAGE plpgsql SET search_path = '' AS $fn$
DECLARE
	t timestamptz := sluice.clock(); -- once: a call for each row costs more than the row
	until timestamptz := t + make_interval(secs => lease_us / 1e6);
	providers text[];
BEGIN
	WITH leased AS (
		UPDATE sluice.schedule s
		SET fence = s.fence + 1,
			lease_until = until,
			lease_owner = owner,
			run_id = gen_random_uuid(),
			-- alone: whatever of it kills, and a walk that is left is part of it
			run_lane = coalesce(lane, CASE WHEN s.backfill_at IS NULL THEN 'changes'
				ELSE 'backfill' END),
			run_trigger = CASE WHEN s.resync_no > s.resync_done_no THEN 'resync'
				ELSE 'schedule' END,
			run_started_at = t, run_resync_no = s.resync_no,
			run_begun = false, run_alone = alone,
			-- whoever wants the next one at once, while this one works, writes
			-- -infinity
			next_run_at = CASE WHEN s.next_run_at < '2000-01-01Z' THEN t
				ELSE s.next_run_at END,
			left_run_id = CASE WHEN s.run_begun THEN s.run_id ELSE s.left_run_id END,
			left_trigger = CASE WHEN s.run_begun THEN s.run_trigger
				ELSE s.left_trigger END,
			left_started_at = CASE WHEN s.run_begun THEN s.run_started_at
				ELSE s.left_started_at END,
			solo_for = NULL, solo_until = NULL
		WHERE s.integration_id = ANY (ids)
		RETURNING s.provider
	)
	SELECT array_agg(l.provider) FROM leased l INTO providers;
	RETURN providers;
END
$fn$;
COMMENT ON FUNCTION sluice.lease_rows(uuid[], text, boolean, jsonb, bigint) IS
	'Leases rows of the schedule, and returns their connectors; for take_due.';
CALL sluice.protect_function('sluice.lease_rows(uuid[], text, boolean, jsonb, bigint)');

CREATE FUNCTION sluice.deferred(not_before timestamptz) RETURNS boolean
LANGUAGE sql STABLE SET search_path = '' AS $fn$
	SELECT coalesce(not_before > sluice.clock()
		AND not_before < sluice.clock() + interval '2 days', false)
$fn$;
COMMENT ON FUNCTION sluice.deferred(timestamptz) IS
	'Does a provider''s deadline still hold? One that is further away than any of theirs was '
	'set by a wrong clock.';
CALL sluice.protect_function('sluice.deferred(timestamptz)', 'sluice_gateway, sluice_operator');

CREATE FUNCTION sluice.pick_due(lane text, providers text[], rooms integer[], most integer,
	since timestamptz, until timestamptz)
RETURNS uuid[]
LANGUAGE plpgsql SET search_path = '' AS $fn$
DECLARE
	t timestamptz := sluice.clock();
	far timestamptz := t + interval '2 days'; -- see deferred
BEGIN
	-- Twice as many as are wanted are looked at, so that there is something left
	-- when another process locks the first; no more are locked than are wanted.
	-- Of the two halves the lane runs one; each has its index. Then their rows
	-- are found by their key, one by one: a join could begin with the table,
	-- where the planner thinks it is small, and look again for each of its rows.
	-- coalesce keeps it from the partial index, which it would read from one end
	-- to the other. Who rests is asked as user_rests does, which would cost as
	-- much as the rest of it.
	RETURN nullif(ARRAY(
		SELECT s.integration_id
		FROM (
			SELECT c.integration_id, c.at
			FROM unnest(providers, rooms) AS p (provider, room)
			CROSS JOIN LATERAL ((
				SELECT i.integration_id, i.next_run_at AS at
				FROM sluice.schedule i
				WHERE lane <> 'backfill'
					AND i.provider = p.provider AND i.enabled AND i.parked_at IS NULL
					AND NOT i.solo AND i.lease_until IS NULL
					AND i.next_run_at BETWEEN since AND until
					AND (i.not_before IS NULL OR i.not_before <= t
						OR i.not_before > far)
				ORDER BY i.next_run_at
				LIMIT CASE WHEN p.room < most THEN p.room ELSE 2 * most END
			) UNION ALL (
				SELECT i.integration_id, i.backfill_at AS at
				FROM sluice.schedule i
				WHERE lane = 'backfill'
					AND i.provider = p.provider AND i.enabled AND i.parked_at IS NULL
					AND NOT i.solo AND i.lease_until IS NULL AND i.backfill_at IS NOT NULL
					AND i.backfill_at BETWEEN since AND until
					AND (i.not_before IS NULL OR i.not_before <= t
						OR i.not_before > far)
				ORDER BY i.backfill_at
				LIMIT CASE WHEN p.room < most THEN p.room ELSE 2 * most END
			)) c
			ORDER BY c.at
			LIMIT 2 * most
		) d
		CROSS JOIN LATERAL (
			SELECT r.integration_id
			FROM sluice.schedule r
			WHERE r.integration_id = d.integration_id AND r.enabled AND NOT r.solo
				AND coalesce(r.parked_at, r.lease_until) IS NULL
				AND (SELECT to_jsonb(u) ->> 'deleted_at' IS NULL
					FROM auth.users u WHERE u.id = r.user_id)
			LIMIT 1
			FOR UPDATE SKIP LOCKED
		) s
		ORDER BY d.at
		LIMIT most), '{}');
END
$fn$;
COMMENT ON FUNCTION sluice.pick_due(text, text[], integer[], integer, timestamptz, timestamptz) IS
	'Locks what of a lane (fresh: new or asked for; changes; backfill) became due between two times, oldest first, of each connector at most '
	'its room; for take_due.';
CALL sluice.protect_function('sluice.pick_due(text, text[], integer[], integer, timestamptz,
	timestamptz)');

CREATE FUNCTION sluice.pick_solo(providers text[], rooms integer[]) RETURNS uuid[]
LANGUAGE sql SET search_path = '' AS $fn$
	SELECT array_agg(d.integration_id)
	FROM (
		SELECT s.integration_id
		FROM sluice.schedule s
		WHERE s.solo AND s.enabled AND s.parked_at IS NULL AND s.lease_until IS NULL
			AND least(s.next_run_at, s.backfill_at) <= sluice.clock()
			AND NOT sluice.deferred(s.not_before)
			AND EXISTS (SELECT FROM unnest(providers, rooms) AS p (provider, room)
				WHERE p.provider = s.provider AND p.room > 0)
			AND NOT sluice.user_rests(s.user_id)
		ORDER BY s.next_run_at
		LIMIT 1
		FOR UPDATE SKIP LOCKED
	) d
$fn$;
COMMENT ON FUNCTION sluice.pick_solo(text[], integer[]) IS
	'Locks one account that is due and runs alone; for take_due.';
CALL sluice.protect_function('sluice.pick_solo(text[], integer[])');

CREATE FUNCTION sluice.take_due(providers text[], rooms integer[], runs integer,
	backfills integer, solo text, owner jsonb, lease_us bigint, ahead_us bigint)
RETURNS TABLE (integration_id uuid, user_id uuid, provider text, account text, consent text,
	status text, run_id uuid, fence bigint, lane text, trigger text, alone boolean)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' SET enable_seqscan = off
	SET enable_hashjoin = off SET enable_mergejoin = off SET enable_material = off
	SET plan_cache_mode = force_generic_plan AS $fn$
#variable_conflict use_column
DECLARE
	-- what is due before that is fresh
	recent constant timestamptz := '2000-01-01Z';
	until timestamptz := sluice.clock() + make_interval(secs => ahead_us / 1e6);
	room_left integer[] := rooms;
	left_over integer := runs;
	slow_left integer := least(runs, backfills);
	-- kept for each, on average where a batch is smaller than that
	fresh integer := floor(runs / 2.0 + random());
	slow integer := floor(runs / 4.0 + random());
	lane text;
	most integer;
	ids uuid[];
	taken uuid[] := '{}';
	leased text[]; -- their connectors
BEGIN
	PERFORM sluice.lapse_leases(NULL);
	IF solo = 'first' THEN
		taken := coalesce(sluice.pick_solo(providers, rooms), '{}');
	END IF;
	IF taken <> '{}' THEN
		leased := sluice.lease_rows(taken, NULL, true, owner, lease_us);
		left_over := 0;
	END IF;
	FOR pass IN 1 .. 5 LOOP
		EXIT WHEN left_over <= 0;
		lane := (ARRAY['fresh', 'changes', 'backfill', 'fresh', 'changes'])[pass];
		most := CASE pass WHEN 1 THEN least(fresh, slow_left)
			WHEN 2 THEN left_over - least(slow, slow_left)
			WHEN 5 THEN left_over
			ELSE least(left_over, slow_left) END;
		CONTINUE WHEN most <= 0;
		ids := sluice.pick_due(lane, providers, room_left, most,
			CASE lane WHEN 'fresh' THEN '-infinity' ELSE recent END,
			CASE lane WHEN 'fresh' THEN recent ELSE until END);
		CONTINUE WHEN ids IS NULL;
		-- Fresh ones have all to be walked: they are of the slow lane.
		IF lane = 'fresh' THEN
			lane := 'backfill';
		END IF;
		leased := sluice.lease_rows(ids, lane, false, owner, lease_us);
		taken := taken || ids;
		room_left := ARRAY(
			SELECT p.room - cardinality(array_positions(leased, p.provider))
			FROM unnest(providers, room_left) WITH ORDINALITY AS p (provider, room, n)
			ORDER BY p.n);
		left_over := left_over - cardinality(leased);
		IF lane = 'backfill' THEN
			slow_left := slow_left - cardinality(leased);
			slow := greatest(slow - cardinality(leased), 0);
		END IF;
	END LOOP;
	IF solo = 'last' AND taken = '{}' THEN
		taken := sluice.pick_solo(providers, rooms);
		leased := sluice.lease_rows(taken, NULL, true, owner, lease_us);
	END IF;
	RETURN QUERY
	SELECT k.integration_id, k.user_id, k.provider, k.account,
		coalesce((SELECT g.purpose FROM sluice.grants g
			WHERE g.user_id = k.user_id AND g.id = k.grant_id), k.provider),
		k.status, k.run_id, k.fence, k.run_lane, k.run_trigger, k.run_alone
	FROM unnest(taken) WITH ORDINALITY AS a (id, n)
	CROSS JOIN LATERAL ( -- and only so: see pick_due
		SELECT s.integration_id, s.user_id, s.provider, i.account, i.grant_id, i.status,
			s.run_id, s.fence, s.run_lane, s.run_trigger, s.run_alone
		FROM sluice.schedule s
		CROSS JOIN LATERAL (
			SELECT o.account, o.grant_id, o.status
			FROM public.user_integrations o
			WHERE o.user_id = s.user_id AND o.id = s.integration_id
			LIMIT 1
		) i
		WHERE s.integration_id = a.id
		LIMIT 1
	) k
	ORDER BY a.n;
END
$fn$;
COMMENT ON FUNCTION sluice.take_due(text[], integer[], integer, integer, text, jsonb, bigint,
	bigint) IS
	'Leases at most so many runs of accounts that are due, of each connector at most its room, '
	'of backfills at most so many. solo: whether an account that runs alone is taken: first, '
	'last, no. ahead_us: what will be due so soon is due.';
CALL sluice.protect_function('sluice.take_due(text[], integer[], integer, integer, text, jsonb,
	bigint, bigint)', 'sluice_gateway');

CREATE FUNCTION sluice.wait_for_solo(who text, providers text[]) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' SET enable_seqscan = off AS $fn$
BEGIN
	UPDATE sluice.schedule s
	SET solo_for = who, solo_until = sluice.clock() + interval '90 s'
	WHERE s.integration_id = (
		SELECT o.integration_id
		FROM sluice.schedule o
		WHERE o.solo AND o.enabled AND o.parked_at IS NULL AND o.lease_until IS NULL
			AND least(o.next_run_at, o.backfill_at)
				<= sluice.clock() - interval '2 minutes'
			AND o.provider = ANY (providers)
			AND NOT sluice.deferred(o.not_before)
			AND (o.solo_until IS NULL OR o.solo_for = who
				OR o.solo_until NOT BETWEEN sluice.clock()
					AND sluice.clock() + interval '90 s')
			AND NOT sluice.user_rests(o.user_id)
		ORDER BY o.solo_for IS DISTINCT FROM who, o.next_run_at
		LIMIT 1
		FOR UPDATE SKIP LOCKED);
	RETURN FOUND;
END
$fn$;
COMMENT ON FUNCTION sluice.wait_for_solo(text, text[]) IS
	'Does an account that runs alone wait for this process, which runs these connectors? One '
	'that is due for two minutes is promised to the busy process that asks first: it takes '
	'nothing more until it is idle.';
CALL sluice.protect_function('sluice.wait_for_solo(text, text[])', 'sluice_gateway');

CREATE FUNCTION sluice.next_due(providers text[], rooms integer[], backfills integer,
	idle boolean)
RETURNS bigint
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = '' SET enable_seqscan = off AS $fn$
	SELECT CASE WHEN min(d.at) IS NOT NULL THEN (extract(epoch FROM
		greatest(min(d.at), sluice.clock()) - sluice.clock()) * 1000000) END::bigint
	FROM (
		SELECT c.at
		FROM unnest(providers, rooms) AS p (provider, room)
		CROSS JOIN LATERAL (
			SELECT s.next_run_at AS at
			FROM sluice.schedule s
			WHERE s.provider = p.provider AND s.enabled AND s.parked_at IS NULL
				AND NOT s.solo AND s.lease_until IS NULL
				AND s.next_run_at >= CASE WHEN backfills > 0 THEN '-infinity'
					ELSE '2000-01-01Z' END::timestamptz
				AND NOT sluice.deferred(s.not_before)
				AND NOT sluice.user_rests(s.user_id)
			ORDER BY s.next_run_at
			LIMIT 1
		) c
		WHERE p.room > 0
		UNION ALL
		SELECT c.at
		FROM unnest(providers, rooms) AS p (provider, room)
		CROSS JOIN LATERAL (
			SELECT s.backfill_at AS at
			FROM sluice.schedule s
			WHERE s.provider = p.provider AND s.enabled AND s.parked_at IS NULL
				AND NOT s.solo AND s.lease_until IS NULL AND s.backfill_at IS NOT NULL
				AND NOT sluice.deferred(s.not_before)
				AND NOT sluice.user_rests(s.user_id)
			ORDER BY s.backfill_at
			LIMIT 1
		) c
		WHERE p.room > 0 AND backfills > 0
		UNION ALL
		(SELECT s.lease_until FROM sluice.schedule s
		WHERE s.lease_until IS NOT NULL ORDER BY s.lease_until LIMIT 1)
		UNION ALL
		(SELECT least(s.next_run_at, s.backfill_at)
			+ CASE WHEN idle THEN interval '0' ELSE interval '2 minutes' END
		FROM sluice.schedule s
		WHERE s.solo AND s.enabled AND s.parked_at IS NULL AND s.lease_until IS NULL
			AND EXISTS (SELECT FROM unnest(providers, rooms) AS p (provider, room)
				WHERE p.provider = s.provider AND p.room > 0)
			AND NOT sluice.deferred(s.not_before)
			AND NOT sluice.user_rests(s.user_id)
		ORDER BY s.next_run_at LIMIT 1)
	) d
$fn$;
COMMENT ON FUNCTION sluice.next_due(text[], integer[], integer, boolean) IS
	'Microseconds until something is due for which there is room, or a lease runs out; 0: it is '
	'now. NULL: nothing is scheduled.';
CALL sluice.protect_function('sluice.next_due(text[], integer[], integer, boolean)',
	'sluice_gateway');

-- What nobody else looks after. Each is found by an index, and is rare.
CREATE FUNCTION sluice.keep_schedule(providers text[]) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' SET enable_seqscan = off AS $fn$
DECLARE
	far constant interval := '46 days'; -- one and a half of the longest interval
	t timestamptz := sluice.clock();
	r record;
BEGIN
	-- Runs that died: their log rows say so.
	FOR r IN
		SELECT s.integration_id, s.user_id, s.left_run_id, s.left_trigger,
			s.left_started_at, s.left_host
		FROM sluice.schedule s
		WHERE s.left_run_id IS NOT NULL
		ORDER BY s.left_run_id
		LIMIT 1000
		FOR UPDATE SKIP LOCKED
	LOOP
		INSERT INTO public.sync_logs AS l (id, user_id, integration_id, provider, account,
			trigger, mode, status, started_at, finished_at, host)
		SELECT r.left_run_id, i.user_id, i.id, i.provider, i.account,
			coalesce(r.left_trigger, 'schedule'), 'incremental', 'interrupted',
			coalesce(r.left_started_at, t), t, r.left_host
		FROM public.user_integrations i
		WHERE i.user_id = r.user_id AND i.id = r.integration_id
		ON CONFLICT (id) DO UPDATE
		SET status = 'interrupted', finished_at = excluded.finished_at,
			duration_ms = greatest(0, (extract(epoch FROM
				excluded.finished_at - l.started_at) * 1000)::bigint)
		WHERE l.status = 'running';
		UPDATE sluice.schedule s
		SET left_run_id = NULL, left_trigger = NULL, left_started_at = NULL,
			left_host = NULL
		WHERE s.integration_id = r.integration_id;
	END LOOP;
	-- A clock that was ahead and went back: nothing legal is so far away.
	UPDATE sluice.schedule s SET lease_until = t
	WHERE s.integration_id = ANY (ARRAY(
		SELECT o.integration_id FROM sluice.schedule o
		WHERE o.lease_until > t + interval '1 day'
		ORDER BY o.lease_until
		LIMIT 1000 FOR UPDATE SKIP LOCKED));
	UPDATE sluice.schedule s
	SET next_run_at = CASE WHEN s.next_run_at > t + far THEN t ELSE s.next_run_at END,
		backfill_at = CASE WHEN s.backfill_at > t + far THEN t ELSE s.backfill_at END
	WHERE s.integration_id = ANY (ARRAY(
		SELECT o.integration_id FROM sluice.schedule o
		WHERE o.provider = ANY (providers) AND o.enabled AND o.parked_at IS NULL
			AND NOT o.solo AND o.lease_until IS NULL AND o.next_run_at > t + far
		LIMIT 1000 FOR UPDATE SKIP LOCKED) || ARRAY(
		SELECT o.integration_id FROM sluice.schedule o
		WHERE o.provider = ANY (providers) AND o.enabled AND o.parked_at IS NULL
			AND NOT o.solo AND o.lease_until IS NULL AND o.backfill_at IS NOT NULL
			AND o.backfill_at > t + far
		LIMIT 1000 FOR UPDATE SKIP LOCKED) || ARRAY(
		SELECT o.integration_id FROM sluice.schedule o
		WHERE o.solo AND o.enabled AND o.parked_at IS NULL AND o.lease_until IS NULL
			AND o.next_run_at > t + far
		LIMIT 1000 FOR UPDATE SKIP LOCKED));
	-- Who stands in a queue and may not run steps aside, lest nobody behind is
	-- looked at. Only they are locked.
	UPDATE sluice.schedule s
	SET next_run_at = greatest(s.next_run_at, w.at),
		backfill_at = greatest(s.backfill_at, CASE WHEN s.backfill_at IS NOT NULL
			THEN w.at END)
	FROM (
		SELECT l.integration_id,
			CASE WHEN sluice.deferred(l.not_before) THEN l.not_before
				ELSE t + interval '1 hour' END AS at
		FROM sluice.schedule l
		WHERE l.lease_until IS NULL AND l.integration_id = ANY (ARRAY(
			SELECT o.integration_id
			FROM unnest(providers) AS p (provider)
			CROSS JOIN LATERAL (
				(SELECT c.integration_id, c.user_id, c.not_before
				FROM sluice.schedule c
				WHERE c.provider = p.provider AND c.enabled AND c.parked_at IS NULL
					AND NOT c.solo AND c.lease_until IS NULL AND c.next_run_at <= t
				ORDER BY c.next_run_at
				LIMIT 100)
				UNION ALL
				(SELECT c.integration_id, c.user_id, c.not_before
				FROM sluice.schedule c
				WHERE c.provider = p.provider AND c.enabled AND c.parked_at IS NULL
					AND NOT c.solo AND c.lease_until IS NULL
					AND c.backfill_at IS NOT NULL AND c.backfill_at <= t
				ORDER BY c.backfill_at
				LIMIT 100)
			) o
			WHERE sluice.deferred(o.not_before) OR sluice.user_rests(o.user_id)))
		FOR UPDATE SKIP LOCKED
	) w
	WHERE s.integration_id = w.integration_id;
END
$fn$;
COMMENT ON FUNCTION sluice.keep_schedule(text[]) IS
	'Closes the log rows of runs that died, brings back times that a wrong clock set far ahead, '
	'and lets those step aside that may not run now.';
CALL sluice.protect_function('sluice.keep_schedule(text[])', 'sluice_gateway');

-- A user has few accounts: all of them are looked at.
CREATE FUNCTION sluice.take_due_of(who uuid, providers text[], rooms integer[], runs integer,
	backfills integer, idle boolean, owner jsonb, lease_us bigint, ahead_us bigint)
RETURNS TABLE (integration_id uuid, user_id uuid, provider text, account text, consent text,
	status text, run_id uuid, fence bigint, lane text, trigger text, alone boolean)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' SET enable_seqscan = off
	SET enable_hashjoin = off SET enable_mergejoin = off AS $fn$
#variable_conflict use_column
DECLARE
	recent constant timestamptz := '2000-01-01Z'; -- see take_due
	t timestamptz := sluice.clock();
	until timestamptz := t + make_interval(secs => ahead_us / 1e6);
	ids uuid[];
	taken uuid[] := '{}';
	left_over integer := runs;
BEGIN
	PERFORM sluice.lapse_leases(NULL);
	IF sluice.user_rests(who) THEN
		RETURN;
	END IF;
	IF idle THEN
		ids := ARRAY(
			SELECT s.integration_id
			FROM sluice.schedule s
			JOIN unnest(providers, rooms) AS p (provider, room) ON p.provider = s.provider
			WHERE s.user_id = who AND s.solo AND s.enabled AND s.parked_at IS NULL
				AND s.lease_until IS NULL AND p.room > 0
				AND least(s.next_run_at, s.backfill_at) <= t
				AND NOT sluice.deferred(s.not_before)
			ORDER BY s.next_run_at
			LIMIT 1
			FOR UPDATE OF s SKIP LOCKED);
		PERFORM sluice.lease_rows(ids, NULL, true, owner, lease_us);
		taken := ids;
		left_over := CASE ids WHEN '{}' THEN runs ELSE 0 END;
	END IF;
	FOR pass IN 1 .. 2 LOOP
		-- What changed first; what is fresh has all to be walked.
		ids := ARRAY(
			SELECT s.integration_id
			FROM (
				SELECT c.integration_id, c.at, row_number() OVER (
					PARTITION BY c.provider ORDER BY c.at) <= c.room AS fits
				FROM (
					SELECT i.integration_id, i.provider, p.room - (
							SELECT count(*) FROM sluice.schedule k
							WHERE k.integration_id = ANY (taken)
								AND k.provider = p.provider) AS room,
						CASE WHEN pass = 1 OR i.next_run_at < recent THEN i.next_run_at
							ELSE i.backfill_at END AS at
					FROM sluice.schedule i
					JOIN unnest(providers, rooms) AS p (provider, room)
						ON p.provider = i.provider
					WHERE i.user_id = who AND i.enabled AND i.parked_at IS NULL
						AND NOT i.solo AND i.lease_until IS NULL
						AND NOT sluice.deferred(i.not_before)
						AND CASE WHEN pass = 1 THEN i.next_run_at BETWEEN recent AND until
							ELSE i.next_run_at < recent OR i.backfill_at <= until END
				) c
			) d
			JOIN sluice.schedule s ON s.integration_id = d.integration_id
			WHERE d.fits AND s.enabled AND NOT s.solo
				AND coalesce(s.parked_at, s.lease_until) IS NULL
			ORDER BY d.at
			LIMIT CASE pass WHEN 1 THEN left_over ELSE least(left_over, backfills) END
			FOR UPDATE OF s SKIP LOCKED);
		PERFORM sluice.lease_rows(ids, CASE pass WHEN 1 THEN 'changes' ELSE 'backfill' END,
			false, owner, lease_us);
		taken := taken || ids;
		left_over := left_over - cardinality(ids);
	END LOOP;
	RETURN QUERY
	SELECT k.integration_id, k.user_id, k.provider, i.account,
		coalesce(g.purpose, i.provider), i.status, k.run_id, k.fence, k.run_lane,
		k.run_trigger, k.run_alone
	FROM unnest(taken) WITH ORDINALITY AS a (id, n)
	JOIN sluice.schedule k ON k.integration_id = a.id
	JOIN public.user_integrations i ON i.user_id = k.user_id AND i.id = k.integration_id
	LEFT JOIN sluice.grants g ON g.user_id = i.user_id AND g.id = i.grant_id
	ORDER BY a.n;
END
$fn$;
COMMENT ON FUNCTION sluice.take_due_of(uuid, text[], integer[], integer, integer, boolean, jsonb,
	bigint, bigint) IS
	'As take_due, of one user''s accounts alone. idle: nothing is under way, so that one that runs '
	'alone may.';
CALL sluice.protect_function('sluice.take_due_of(uuid, text[], integer[], integer, integer, boolean,
	jsonb, bigint, bigint)', 'sluice_gateway');

INSERT INTO sluice.sys_table_migrations (version, name)
VALUES ('20261127000000', 'fleet') ON CONFLICT DO NOTHING;
