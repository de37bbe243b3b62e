-- What two databases must have in common, whatever happened to the processes
-- that filled them: a view crash.dump, one line a row, of every table of
-- public and sluice that is there when this runs. Nothing is listed but what
-- is left out, so that a new table or column is compared without being told.
--
-- In a document, named_at is a time at which something was done.
--
-- A reference (a uuid) is shown as the content of the row that it points to; a
-- uuid inside a document is not shown.
--
-- psql variable first_come: 1 where pages of several streams come in any order.
-- What the first one decides is left out then: two undisturbed runs differ.
-- 2 where that is only why somebody became a contact (LinkedIn: connected or
-- written to, whichever listing was read first).
--
-- And crash.written: table and xmin of every row that a run which finds
-- nothing must leave alone.
CREATE SCHEMA crash;

CREATE TABLE crash.left_out (rel text, col text, how text, why text);
INSERT INTO crash.left_out VALUES
	-- whole tables
	('public.sync_logs', NULL, 'table', 'log rows: an interrupted run has one of its own'),
	('sluice.secret_audit_logs', NULL, 'table', 'log rows'),
	('sluice.quota_usage', NULL, 'table', 'counts what was asked, and in which minute'),
	('sluice.sys_table_migrations', NULL, 'table', 'of the installation, with durations'),
	-- columns whose value is a time at which something was done: compared as
	-- set or not set
	('*', 'created_at', 'set', 'timing'),
	('*', 'updated_at', 'set', 'timing'),
	('public.artifacts', 'deleted_at', 'set', 'timing'),
	('public.artifacts', 'synced_at', 'set', 'timing'),
	('public.sync_state', 'walk_started_at', 'set', 'timing'),
	('public.sync_state', 'walked_at', 'set', 'timing'),
	('public.sync_state', 'coverage_to', 'set', 'timing'),
	('public.sync_state', 'coverage_as_of', 'set', 'timing'),
	('public.sync_state', 'gap_from', 'set', 'timing'),
	('public.sync_state', 'gap_to', 'set', 'timing'),
	('public.sync_state', 'people_at', 'set', 'timing'),
	('public.sync_state', 'checked_at', 'set', 'timing'),
	('public.sync_state', 'changed_at', 'set', 'timing'),
	('public.sync_state', 'rewalk_at', 'set', 'timing'),
	('public.sync_items', 'seen_at', 'set', 'timing'),
	('public.sync_items', 'next_try_at', 'set', 'timing'),
	('public.user_integrations', 'connected_at', 'set', 'timing'),
	('sluice.erasures', 'finished_at', 'set', 'timing'),
	('sluice.grants', 'access_expires_at', 'set', 'timing'),
	('sluice.grants', 'refreshed_at', 'set', 'timing'),
	('sluice.retention', 'next_at', 'set', 'timing'),
	('sluice.schedule', 'next_run_at', 'set', 'timing'),
	('sluice.schedule', 'resync_requested_at', 'set', 'timing'),
	('sluice.schedule', 'bucket_at', 'set', 'timing'),
	('sluice.schedule', 'bucket_units', 'set', 'what the last run left of its minute'),
	-- random by purpose
	('sluice.user_secrets', 'ciphertext', 'set', 'sealed anew each time'),
	('sluice.user_secrets', 'iv', 'set', 'random'),
	-- counts claims, and there was one more
	('sluice.schedule', 'fence', 'drop', 'grows with each run'),
	('public.sync_state', 'resyncs', 'drop', 'refusals in a row: none after the next good page'),
	-- the word that came first: the same one again, newer, writes nothing
	('sluice.handle_links', 'source_version', 'drop', 'whichever road told it first');
INSERT INTO crash.left_out
SELECT f.* FROM (VALUES
	('public.contacts', 'origin', 'drop', 'the meeting or listing that was read first'),
	('public.contacts', 'display_name', 'drop', 'as written there'),
	('public.contact_emails', 'address', 'drop', 'as written there')) f
WHERE :first_come = 1 OR :first_come = 2 AND f.column2 = 'origin';

-- Tables of so many rows that those of one owner are told in one line.
CREATE TABLE crash.folded (rel text, owner text, ordered text);
INSERT INTO crash.folded VALUES ('public.calendar_occurrences', 'artifact_id', 'starts_at');

-- Tables that a run that finds nothing may write: when it was, and its log.
CREATE TABLE crash.bookkeeping (rel text);
INSERT INTO crash.bookkeeping VALUES ('public.sync_state'), ('public.sync_logs'), ('sluice.schedule'),
	('sluice.quota_usage');

DO $do$
DECLARE
	t record;
	node text := 'SELECT ''auth.users'' AS rel, u.id, jsonb_build_object(''email'', u.email) AS facts,
		''{}''::jsonb AS links FROM auth.users u';
	written text := 'SELECT ''auth.users'' AS rel, u.xmin FROM auth.users u';
BEGIN
	FOR t IN
		SELECT c.oid, format('%s.%s', n.nspname, c.relname) AS rel,
			format('%I.%I', n.nspname, c.relname) AS quoted,
			array_agg(a.attname::text) FILTER (WHERE l.how = 'drop'
				OR a.atttypid = 'uuid'::regtype) AS dropped,
			array_agg(a.attname::text) FILTER (WHERE l.how = 'set') AS timings,
			array_agg(a.attname::text) FILTER (WHERE a.atttypid = 'uuid'::regtype
				AND a.attname <> 'id') AS links,
			bool_or(a.attname = 'id' AND a.atttypid = 'uuid'::regtype) AS has_id
		FROM pg_class c
		JOIN pg_namespace n ON n.oid = c.relnamespace
		JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
		LEFT JOIN crash.left_out l ON l.col = a.attname
			AND l.rel IN ('*', format('%s.%s', n.nspname, c.relname))
		WHERE n.nspname IN ('public', 'sluice') AND c.relkind = 'r'
		GROUP BY c.oid, n.nspname, c.relname
	LOOP
		IF NOT EXISTS (SELECT FROM crash.bookkeeping b WHERE b.rel = t.rel) THEN
			written := written || format(' UNION ALL SELECT %L, x.xmin FROM %s x', t.rel, t.quoted);
		END IF;
		CONTINUE WHEN EXISTS (SELECT FROM crash.left_out l WHERE l.rel = t.rel AND l.how = 'table');
		IF EXISTS (SELECT FROM crash.folded f WHERE f.rel = t.rel) THEN
			node := node || (SELECT format(' UNION ALL SELECT %L, NULL::uuid,'
				' jsonb_build_object(''rows'', count(*), ''md5'', md5(string_agg('
				'(to_jsonb(x) - %L::text[])::text, '','' ORDER BY x.%I))),'
				' jsonb_build_object(%L, x.%I) FROM %s x GROUP BY x.%I',
				t.rel, t.dropped || t.timings, f.ordered, f.owner, f.owner, t.quoted, f.owner)
				FROM crash.folded f WHERE f.rel = t.rel);
			CONTINUE;
		END IF;
		node := node || format(' UNION ALL SELECT %L, %s, to_jsonb(x) - %L::text[]%s, %s FROM %s x',
			t.rel, CASE WHEN t.has_id THEN 'x.id' ELSE 'NULL::uuid' END,
			coalesce(t.dropped, '{}'),
			coalesce((SELECT string_agg(format(' || jsonb_build_object(%L, x.%I IS NOT NULL)', c, c), '')
				FROM unnest(t.timings) c), ''),
			coalesce((SELECT 'jsonb_build_object(' || string_agg(format('%L, x.%I', c, c), ', ') || ')'
				FROM unnest(t.links) c), '''{}''::jsonb'),
			t.quoted);
	END LOOP;
	EXECUTE 'CREATE VIEW crash.node AS ' || node;
	EXECUTE 'CREATE VIEW crash.written AS ' || written;
END
$do$;

-- What a listing tells is of the moment at which it was read, and such moments
-- are versions of rows and parts of cursors. Those since crash.save(), in ms and
-- as LinkedIn's versions are made of them, are told apart from others alone.
CREATE TABLE crash.began (ms bigint);
CREATE FUNCTION crash.undated(facts text) RETURNS text LANGUAGE plpgsql AS $fn$
DECLARE
	began bigint := (SELECT ms FROM crash.began);
	number text;
BEGIN
	facts := regexp_replace(facts, '"(snapshots_at|complete_from|complete_to)": "[^"]*"',
		'"\1": "set"', 'g');
	FOR number IN SELECT DISTINCT m[1] FROM regexp_matches(facts, '\y\d{13}\y', 'g') m LOOP
		CONTINUE WHEN number::bigint NOT BETWEEN began AND began + 86400000
			AND number::bigint / 4 NOT BETWEEN began AND began + 86400000;
		facts := replace(facts, number, '"since"');
	END LOOP;
	RETURN facts;
END
$fn$;

-- Twice: what a row points to, and what that points to.
CREATE VIEW crash.dump AS
WITH node AS MATERIALIZED (
	SELECT row_number() OVER () AS n, x.*, md5(x.rel || x.facts) AS colour
	FROM (
		SELECT rel, id, links, crash.undated(regexp_replace(regexp_replace(facts::text,
			'[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}', 'uuid', 'g'),
			'("named_at": )"[^"]*"', '\1true', 'g')) AS facts
		FROM crash.node
	) x
), link AS MATERIALIZED (
	SELECT n.n, l.key, to_node.n AS target,
		CASE WHEN l.value IS NULL THEN 'none' WHEN to_node.n IS NULL THEN 'other'
			ELSE to_node.colour END AS colour
	FROM node n CROSS JOIN jsonb_each_text(n.links) l
	LEFT JOIN node to_node ON to_node.id = l.value::uuid
), second AS MATERIALIZED (
	SELECT n.n, md5(n.colour || coalesce(string_agg(l.key || l.colour, ',' ORDER BY l.key), '')) AS colour
	FROM node n LEFT JOIN link l ON l.n = n.n
	GROUP BY n.n, n.colour
), told AS MATERIALIZED (
	SELECT l.n, string_agg(l.key || '=' || coalesce(left(s.colour, 8), l.colour), ' '
		ORDER BY l.key) AS links
	FROM link l LEFT JOIN second s ON s.n = l.target
	GROUP BY l.n
)
SELECT n.rel || ' ' || n.facts || ' ' || coalesce(t.links, '') AS line
FROM node n LEFT JOIN told t ON t.n = n.n;

-- crash.save() keeps the rows of all those tables, crash.reset() brings them
-- back, without triggers and without a new database, which takes ten times as
-- long.
CREATE TABLE crash.saved (quoted text, copy text, cols text);
CREATE FUNCTION crash.save() RETURNS void LANGUAGE plpgsql AS $fn$
DECLARE
	t record;
BEGIN
	FOR t IN
		SELECT format('%I.%I', n.nspname, c.relname) AS quoted,
			format('crash.%I', 'saved_' || n.nspname || '_' || c.relname) AS copy,
			string_agg(format('%I', a.attname), ', ') AS cols
		FROM pg_class c
		JOIN pg_namespace n ON n.oid = c.relnamespace
		JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0
			AND NOT a.attisdropped AND a.attgenerated = ''
		WHERE n.nspname IN ('public', 'sluice') AND c.relkind = 'r'
		GROUP BY 1, 2
	LOOP
		EXECUTE format('CREATE TABLE %s AS SELECT %s FROM %s', t.copy, t.cols, t.quoted);
		INSERT INTO crash.saved VALUES (t.quoted, t.copy, t.cols);
	END LOOP;
	INSERT INTO crash.began SELECT extract(epoch FROM clock_timestamp()) * 1000;
END
$fn$;
CREATE FUNCTION crash.reset() RETURNS void LANGUAGE plpgsql
SET session_replication_role = replica AS $fn$
DECLARE
	t record;
BEGIN
	FOR t IN SELECT * FROM crash.saved LOOP
		EXECUTE format('DELETE FROM %s', t.quoted);
		EXECUTE format('INSERT INTO %s (%s) OVERRIDING SYSTEM VALUE SELECT %s FROM %s',
			t.quoted, t.cols, t.cols, t.copy);
	END LOOP;
END
$fn$;
