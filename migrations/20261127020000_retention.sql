-- What is kept for how long, and who sees to it: one process at a time, in short
-- transactions, by indexes.

CREATE TABLE sluice.retention (
	subject text PRIMARY KEY CHECK (subject IN ('logs', 'filtered', 'raw', 'seen', 'tombstones')),
	days integer CHECK (days BETWEEN 1 AND 36500),
	next_at timestamptz NOT NULL DEFAULT '-infinity',
	created_at timestamptz NOT NULL DEFAULT now(),
	updated_at timestamptz NOT NULL DEFAULT now()
);
COMMENT ON TABLE sluice.retention IS
	'What is kept for how long, and when it is looked after next. Of the installation: no row '
	'security. The owner changes days.';
COMMENT ON COLUMN sluice.retention.subject IS
	'logs: rows of sync_logs; filtered: rows of sync_items that were left out on purpose; raw: what '
	'was sent of items in quarantine; seen: ids of walks that are over; tombstones: their content.';
COMMENT ON COLUMN sluice.retention.days IS
	'NULL: not by days. Of tombstones the setting tombstone_retention of each account decides.';
COMMENT ON COLUMN sluice.retention.next_at IS 'Whoever finds it in the past looks after the subject.';
CALL sluice.protect_table('sluice.retention', gateway => 'select, update (next_at)',
	operator => 'select', rls => false);
INSERT INTO sluice.retention (subject, days)
VALUES ('logs', 90), ('filtered', 365), ('raw', 90), ('seen', NULL), ('tombstones', NULL);

ALTER TABLE public.sync_state ADD COLUMN filtered_before jsonb NOT NULL DEFAULT '{}'
	CHECK (jsonb_typeof(filtered_before) = 'object');
COMMENT ON COLUMN public.sync_state.filtered_before IS
	'Items that were left out so long ago that only their number is known: by reason.';

CREATE INDEX sync_items_filtered_idx ON public.sync_items (seen_at)
	WHERE state = 'filtered' AND raw IS NULL;
CREATE INDEX sync_items_raw_idx ON public.sync_items (seen_at)
	WHERE state = 'quarantined' AND raw IS NOT NULL;

CREATE FUNCTION sluice.kept_since(of text) RETURNS timestamptz
LANGUAGE sql STABLE SET search_path = '' AS $fn$
	SELECT sluice.clock() - make_interval(days => r.days)
	FROM sluice.retention r
	WHERE r.subject = of
$fn$;
COMMENT ON FUNCTION sluice.kept_since(text) IS 'Of that subject, what is older goes.';
CALL sluice.protect_function('sluice.kept_since(text)');

-- Each deletes some, of all users, and says how many; two at once skip what the
-- other has. The setting: whoever runs with row_security off would be refused by
-- the owner's own policy.

-- The last run that went well stays: since when there was none is worth knowing.
CREATE FUNCTION sluice.expire_logs(most integer) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' SET row_security = on AS $fn$
DECLARE
	before timestamptz := sluice.kept_since('logs');
	gone bigint;
BEGIN
	DELETE FROM public.sync_logs d
	WHERE d.id = ANY (ARRAY (
		SELECT l.id
		FROM public.sync_logs l
		WHERE l.started_at < before AND l.status <> 'running'
			AND coalesce(l.finished_at, l.started_at) < before
			AND (l.status <> 'ok' OR EXISTS (
				SELECT FROM public.sync_logs n
				WHERE n.user_id = l.user_id
					AND n.integration_id = l.integration_id
					AND n.started_at > l.started_at AND n.status = 'ok'))
		ORDER BY l.started_at
		LIMIT most
		FOR UPDATE OF l SKIP LOCKED));
	GET DIAGNOSTICS gone = ROW_COUNT;
	RETURN gone;
END
$fn$;
COMMENT ON FUNCTION sluice.expire_logs(integer) IS
	'Deletes old rows of sync_logs, at most so many; the last one of an account that went well stays.';

CREATE FUNCTION sluice.expire_filtered(most integer) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' SET row_security = on AS $fn$
DECLARE
	before timestamptz := sluice.kept_since('filtered');
	gone bigint;
BEGIN
	WITH deleted AS (
		DELETE FROM public.sync_items d
		WHERE d.id = ANY (ARRAY (
			SELECT q.id
			FROM public.sync_items q
			WHERE q.state = 'filtered' AND q.raw IS NULL AND q.seen_at < before
			ORDER BY q.seen_at
			LIMIT most
			FOR UPDATE SKIP LOCKED))
		RETURNING d.user_id, d.integration_id, d.stream_kind, d.stream_key, d.reason
	), counted AS (
		UPDATE public.sync_state s
		SET filtered_before = sluice.add_counts(s.filtered_before, t.counts)
		FROM (
			SELECT n.user_id, n.integration_id, n.stream_kind, n.stream_key,
				jsonb_object_agg(n.reason, n.items) AS counts
			FROM (
				SELECT d.user_id, d.integration_id, d.stream_kind, d.stream_key,
					d.reason, count(*) AS items
				FROM deleted d
				GROUP BY 1, 2, 3, 4, 5
			) n
			GROUP BY 1, 2, 3, 4
		) t
		WHERE s.user_id = t.user_id AND s.integration_id = t.integration_id
			AND s.kind = t.stream_kind AND s.key = t.stream_key
	)
	SELECT count(*) INTO gone FROM deleted;
	RETURN gone;
END
$fn$;
COMMENT ON FUNCTION sluice.expire_filtered(integer) IS
	'Deletes old entries of items that were left out, at most so many, and counts them in sync_state.';

CREATE FUNCTION sluice.expire_raw(most integer) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' SET row_security = on AS $fn$
DECLARE
	before timestamptz := sluice.kept_since('raw');
	gone bigint;
BEGIN
	UPDATE public.sync_items d
	SET raw = NULL
	WHERE d.id = ANY (ARRAY (
		SELECT q.id
		FROM public.sync_items q
		WHERE q.state = 'quarantined' AND q.raw IS NOT NULL AND q.seen_at < before
		ORDER BY q.seen_at
		LIMIT most
		FOR UPDATE SKIP LOCKED));
	GET DIAGNOSTICS gone = ROW_COUNT;
	RETURN gone;
END
$fn$;
COMMENT ON FUNCTION sluice.expire_raw(integer) IS
	'Items in quarantine lose what was sent of them, at most so many.';

-- Streams that have rows are few: from one to the next by the index. What a walk
-- under way needs stays, and so does what is to be swept. Only a stream that has
-- older ids than that is locked: pages wait for it.
CREATE FUNCTION sluice.expire_seen(most integer) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' SET row_security = on AS $fn$
DECLARE
	at record;
	last_user uuid := '00000000-0000-0000-0000-000000000000';
	last_stream uuid := '00000000-0000-0000-0000-000000000000';
	below integer;
	hit bigint;
	gone bigint := 0;
BEGIN
	WHILE gone < most LOOP
		SELECT n.user_id, n.stream_id INTO at
		FROM sluice.seen n
		WHERE (n.user_id, n.stream_id) > (last_user, last_stream)
		ORDER BY n.user_id, n.stream_id
		LIMIT 1;
		EXIT WHEN NOT FOUND;
		last_user := at.user_id;
		last_stream := at.stream_id;
		CONTINUE WHEN NOT EXISTS (
			SELECT
			FROM sluice.seen n
			WHERE n.user_id = at.user_id AND n.stream_id = at.stream_id
				AND n.generation < (
					SELECT s.generation + (s.state <> 'walking')::integer
					FROM public.sync_state s
					WHERE s.user_id = at.user_id AND s.id = at.stream_id));
		SELECT s.generation + CASE WHEN s.state = 'closed'
			OR (s.state = 'live' AND s.sweep_state = 'none') THEN 1 ELSE 0 END INTO below
		FROM public.sync_state s
		WHERE s.user_id = at.user_id AND s.id = at.stream_id
		FOR SHARE SKIP LOCKED;
		CONTINUE WHEN NOT FOUND;
		DELETE FROM sluice.seen d
		WHERE d.user_id = at.user_id AND d.ctid = ANY (ARRAY (
			SELECT n.ctid
			FROM sluice.seen n
			WHERE n.user_id = at.user_id AND n.stream_id = at.stream_id
				AND n.generation < below
			LIMIT most - gone
			FOR UPDATE SKIP LOCKED));
		GET DIAGNOSTICS hit = ROW_COUNT;
		gone := gone + hit;
	END LOOP;
	RETURN gone;
END
$fn$;
COMMENT ON FUNCTION sluice.expire_seen(integer) IS
	'Deletes ids that walks which are over have seen, at most so many.';

DO $do$
DECLARE
	name text;
BEGIN
	FOREACH name IN ARRAY '{expire_logs,expire_filtered,expire_raw,expire_seen}'::text[] LOOP
		CALL sluice.protect_function(format('sluice.%I(integer)', name)::regprocedure,
			'sluice_gateway');
	END LOOP;
END
$do$;

INSERT INTO sluice.sys_table_migrations (version, name)
VALUES ('20261127020000', 'retention') ON CONFLICT DO NOTHING;
