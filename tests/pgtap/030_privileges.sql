-- Who may do what, written out: the whole access matrix of tables, views,
-- columns and functions. A new object without a line here makes this red.
BEGIN;
\ir support/helpers.sql
SELECT * FROM no_plan();

CREATE TABLE tap.matrix (rel text, people text, server text, gateway text, operator text);
-- r select, a insert, w update, d delete; (w) on some columns only.
INSERT INTO tap.matrix VALUES
	('public.artifact_aliases', 'r', 'r', 'rawd', ''),
	('public.artifact_participants', 'r', 'r', 'rawd', ''),
	('public.artifact_processing_config', 'r', 'r', 'r', ''),
	('public.artifacts', 'r', 'r(w)', 'rawd', ''),
	('public.calendar_agenda', 'r', 'r', 'r', ''),
	('public.calendar_occurrences', 'r', 'r', 'rawd', ''),
	('public.calendar_series', 'r', 'r', 'rawd', ''),
	('public.calendar_sync_logs', 'r', 'r', 'r', 'r'),
	('public.calendar_sync_state', 'r', 'r', 'r', 'r'),
	('public.contact_emails', 'r(a)(w)d', 'rawd', 'rawd', ''),
	('public.contact_handles', 'r(a)(w)d', 'rawd', 'rawd', ''),
	('public.contact_last_interactions', 'r', 'r', 'r', ''),
	('public.contacts', 'r(a)(w)d', 'rawd', 'rawd', ''),
	('public.gmail_sync_logs', 'r', 'r', 'r', 'r'),
	('public.gmail_sync_state', 'r', 'r', 'r', 'r'),
	('public.sync_coverage', 'r', 'r', 'r', 'r'),
	('public.linkedin_sync_logs', 'r', 'r', 'r', 'r'),
	('public.linkedin_sync_tracking', 'r', 'r', 'r', 'r'),
	('public.loops', 'r(a)(w)d', 'rawd', 'r', ''),
	('public.suggestions', 'r(a)(w)d', 'rawd', 'ra', ''),
	('public.sync_items', 'r', 'r', 'rawd', '(r)'),
	('public.sync_logs', 'r', 'r', 'rawd', 'r'),
	('public.sync_state', 'r', 'r', 'rawd', 'r'),
	('public.user_integrations', 'r(w)', 'r', 'rawd', 'r'),
	('sluice.audit_items', '', '', 'rawd', ''),
	('sluice.erasures', '', '', 'raw', 'r'),
	('sluice.grants', '', '', 'rawd', '(r)'),
	('sluice.master_keys', '', '', 'ra', ''),
	('sluice.oauth_clients', '', '', 'rawd', ''),
	('sluice.overtaken', '', '', 'rawd', ''),
	('sluice.handle_links', '', '', 'rawd', ''),
	('sluice.people_judged', '', '', 'rawd', ''),
	('sluice.retention', '', '', 'r(w)', 'r'),
	('sluice.revocations', '', '', 'rawd', '(r)'),
	('sluice.schedule', '', '', 'rawd', 'r'),
	('sluice.quota_usage', '', '', 'rawd', 'r'),
	('sluice.quota_blocks', '', '', 'rawd', 'r'),
	('sluice.quota_limits', '', '', 'r', 'r'),
	('sluice.secret_audit_logs', '', '', 'ra', ''),
	('sluice.secret_audit_logs_id_seq', '', '', '', ''),
	('sluice.seen', '', '', 'rawd', ''),
	('sluice.settings_private', '', '', '', ''),
	('sluice.suppressions', '', '', 'ra', ''),
	('sluice.sys_table_migrations', '', '', 'r', 'r'),
	('sluice.user_secrets', '', '', 'rawd', '(r)');

CREATE FUNCTION tap.letters(act_role text, rel regclass) RETURNS text LANGUAGE sql STABLE AS $$
	SELECT string_agg(CASE
			WHEN EXISTS (SELECT FROM pg_catalog.pg_class c,
					pg_catalog.aclexplode(c.relacl) x
				WHERE c.oid = rel AND x.grantee = act_role::regrole
					AND x.privilege_type = p.word) THEN p.letter
			WHEN EXISTS (SELECT FROM pg_catalog.pg_attribute a,
					pg_catalog.aclexplode(a.attacl) x
				WHERE a.attrelid = rel AND x.grantee = act_role::regrole
					AND x.privilege_type = p.word) THEN '(' || p.letter || ')'
			ELSE '' END, '' ORDER BY p.place)
	FROM (VALUES (1, 'r', 'SELECT'), (2, 'a', 'INSERT'), (3, 'w', 'UPDATE'),
		(4, 'd', 'DELETE'), (5, 'D', 'TRUNCATE'), (6, 'x', 'REFERENCES'),
		(7, 't', 'TRIGGER'), (8, 'U', 'USAGE')) AS p (place, letter, word)
$$;

SELECT set_eq(
	$$ SELECT format('%I.%I', n.nspname, c.relname),
			tap.letters('authenticated', c.oid) AS people,
			tap.letters('service_role', c.oid) AS server,
			tap.letters('sluice_gateway', c.oid) AS gateway,
			tap.letters('sluice_operator', c.oid) AS operator
		FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
		WHERE n.nspname IN ('public', 'sluice') AND c.relkind IN ('r', 'p', 'v', 'm', 'S') $$,
	'SELECT * FROM tap.matrix', 'the access matrix is as written');

SELECT is(count(*), 0::bigint, 'anon has no privilege on any relation')
FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
WHERE n.nspname IN ('public', 'sluice') AND c.relkind IN ('r', 'p', 'v', 'm')
	AND (has_table_privilege('anon', c.oid,
			'SELECT, INSERT, UPDATE, DELETE, TRUNCATE, REFERENCES, TRIGGER')
		OR has_any_column_privilege('anon', c.oid, 'SELECT, INSERT, UPDATE, REFERENCES'));

-- Columns, where a grant is not on the whole table.
CREATE FUNCTION tap.columns_of(act_role text, rel regclass, word text) RETURNS text
LANGUAGE sql STABLE AS $$
	SELECT string_agg(a.attname, ' ' ORDER BY a.attnum)
	FROM pg_catalog.pg_attribute a, pg_catalog.aclexplode(a.attacl) x
	WHERE a.attrelid = rel AND x.grantee = act_role::regrole AND x.privilege_type = word
$$;
SELECT is(tap.columns_of(w.act_role, w.rel::regclass, w.word), w.cols,
	format('columns: %s %s %s', w.act_role, w.word, w.rel))
FROM (VALUES
	('authenticated', 'INSERT', 'public.contacts', 'id user_id display_name given_name '
		'family_name company title professional_context personal_context notes'),
	('authenticated', 'UPDATE', 'public.contacts', 'display_name given_name '
		'family_name company title professional_context personal_context notes'),
	('authenticated', 'INSERT', 'public.contact_emails', 'id user_id contact_id address'),
	('authenticated', 'UPDATE', 'public.contact_emails', 'contact_id address'),
	('authenticated', 'INSERT', 'public.contact_handles',
		'id user_id contact_id kind value'),
	('authenticated', 'UPDATE', 'public.contact_handles', 'contact_id kind value'),
	('authenticated', 'INSERT', 'public.loops',
		'id user_id contact_id kind title body status due_at artifact_id'),
	('authenticated', 'UPDATE', 'public.loops',
		'contact_id kind title body status due_at artifact_id'),
	('authenticated', 'INSERT', 'public.suggestions',
		'id user_id contact_id kind proposal reason status artifact_id'),
	('authenticated', 'UPDATE', 'public.suggestions',
		'contact_id kind proposal reason status artifact_id'),
	('authenticated', 'UPDATE', 'public.user_integrations', 'settings sync_interval_s'),
	('service_role', 'UPDATE', 'public.artifacts', 'ai_parsing_status'),
	('sluice_operator', 'SELECT', 'public.sync_items', 'id user_id integration_id stream_kind '
		'stream_key source_id state reason detail class source_version map_version '
		'raw_bytes attempts next_try_at seen_at created_at updated_at'),
	('sluice_operator', 'SELECT', 'sluice.grants', 'id user_id provider purpose status '
		'access_expires_at refresh_expires_at refreshed_at reauth_at'),
	('sluice_operator', 'SELECT', 'sluice.user_secrets', 'user_id grant_id purpose'),
	('sluice_operator', 'SELECT', 'sluice.revocations', 'id user_id provider attempts '
		'next_try_at last_error created_at updated_at')
) AS w (act_role, word, rel, cols);

-- Functions: everybody who may execute one, the owner apart.
SELECT set_eq(
	$$ SELECT p.oid::regprocedure::text AS fn, coalesce(
			(SELECT string_agg(a.grantee::regrole::text, ' ' ORDER BY a.grantee::regrole::text)
			FROM pg_catalog.aclexplode(p.proacl) a WHERE a.grantee <> p.proowner), '') AS roles
		FROM pg_catalog.pg_proc p JOIN pg_catalog.pg_namespace n ON n.oid = p.pronamespace
		WHERE n.nspname IN ('public', 'sluice') AND p.proname <> 'rls_auto_enable'
			AND p.prorettype <> 'trigger'::regtype $$,
	$$ VALUES
		('sluice.protect_function(regprocedure,text)', ''),
		('sluice.protect_view(regclass,text)', ''),
		('sluice.protect_table(regclass,text,text,text,text,text,boolean)', ''),
		('sluice.add_artifact_type(text,text[])', ''),
		('sluice.drop_artifact_type(text)', ''),
		('sluice.acting_role()', ''),
		('sluice.clock()', 'authenticated service_role sluice_gateway sluice_operator'),
		('sluice.kept_since(text)', ''),
		('sluice.expire_filtered(integer)', 'sluice_gateway'),
		('sluice.expire_logs(integer)', 'sluice_gateway'),
		('sluice.expire_raw(integer)', 'sluice_gateway'),
		('sluice.expire_seen(integer)', 'sluice_gateway'),
		('sluice.shown_time(jsonb,text)',
			'authenticated service_role sluice_gateway sluice_operator'),
		('sluice.shown_count(jsonb,text)',
			'authenticated service_role sluice_gateway sluice_operator'),
		('sluice.uid()', 'service_role sluice_gateway sluice_operator'),
		('sluice.find_user(text)', 'sluice_gateway sluice_operator'),
		('sluice.add_user(text)', 'sluice_operator'),
		('sluice.list_users()', 'sluice_operator'),
		('sluice.sealed_keys()', 'sluice_gateway'),
		('sluice.sealed_counts()', 'sluice_gateway'),
		('sluice.sealed_users(text,uuid,integer)', 'sluice_gateway'),
		('sluice.audit_secret(uuid,uuid,text,text,text)', 'sluice_gateway'),
		('sluice.card_told(jsonb,jsonb,jsonb,boolean)', 'sluice_gateway'),
		('sluice.handle_norm(text)', ''),
		('sluice.suppression_hash(uuid,text,text)', 'sluice_gateway'),
		('sluice.add_counts(jsonb,jsonb)', 'sluice_gateway'),
		('sluice.erase_rows(integer)', 'sluice_gateway'),
		('sluice.erase_user()', 'sluice_gateway'),
		('sluice.export_user()', 'sluice_gateway'),
		('sluice.find_leaver(text)', 'sluice_operator'),
		('sluice.old_tombstones(integer)', 'sluice_operator'),
		('sluice.open_export(regclass,refcursor)', 'sluice_gateway'),
		('sluice.resting_users()', 'sluice_operator'),
		('sluice.tables_of_users()', 'sluice_gateway'),
		('sluice.tombstone_days(jsonb)', 'sluice_gateway'),
		('sluice.user_rests(uuid)', 'sluice_gateway sluice_operator'),
		('sluice.resync_accounts(uuid,text,uuid,interval,boolean)', 'sluice_gateway'),
		('sluice.deferred(timestamp with time zone)', 'sluice_gateway sluice_operator'),
		('sluice.lease_rows(uuid[],text,boolean,jsonb,bigint)', ''),
		('sluice.pick_due(text,text[],integer[],integer,timestamp with time zone,timestamp with time zone)', ''),
		('sluice.pick_solo(text[],integer[])', ''),
		('sluice.take_due(text[],integer[],integer,integer,text,jsonb,bigint,bigint)', 'sluice_gateway'),
		('sluice.wait_for_solo(text,text[])', 'sluice_gateway'),
		('sluice.lapse_leases(jsonb[])', 'sluice_gateway'),
		('sluice.take_due_of(uuid,text[],integer[],integer,integer,boolean,jsonb,bigint,bigint)', 'sluice_gateway'),
		('sluice.next_due(text[],integer[],integer,boolean)', 'sluice_gateway'),
		('sluice.keep_schedule(text[])', 'sluice_gateway'),
		('sluice.is_idle(text[],text,text,bigint)', 'sluice_gateway'),
		('sluice.take_quota(uuid,text,double precision,bigint,bigint,boolean,integer)', 'sluice_gateway'),
		('sluice.keep_quota()', 'sluice_gateway'),
		('sluice.keep_fleet(text[])', 'sluice_gateway'),
		('sluice.request_resync(text,uuid)', 'authenticated'),
		('sluice.settle_session()', 'sluice_gateway sluice_operator'),
		('sluice.run_account(uuid,uuid)', 'sluice_gateway'),
		('sluice.run_streams(uuid,uuid,text)', 'sluice_gateway'),
		('sluice.due_items(uuid,uuid,text[],integer[],integer)', 'sluice_gateway'),
		('sluice.interrupt_run(uuid,uuid,uuid,text,timestamp with time zone,text)',
			'sluice_gateway'),
		('sluice.ready_streams(uuid,uuid,text[],text[],text[],integer[],integer)',
			'sluice_gateway'),
		('sluice.begin_run(uuid,uuid,bigint,uuid,bigint,text[],text[],text[],integer[],integer)',
			'sluice_gateway'),
		('sluice.release_run(uuid,uuid,timestamp with time zone,boolean,boolean,'
			'timestamp with time zone,bigint,timestamp with time zone,boolean,'
			'timestamp with time zone,boolean)',
			'sluice_gateway'),
		('sluice.people_basis(uuid,text)', 'sluice_gateway'),
		('sluice.stays_quiet(uuid,uuid,uuid[],text[],text,timestamp with time zone)',
			'sluice_gateway'),
		('sluice.end_quiet_run(uuid,uuid,bigint,uuid,text,text,timestamp with time zone,'
			'timestamp with time zone,integer,integer,bigint,bigint,bigint,integer,'
			'timestamp with time zone,boolean,timestamp with time zone,bigint,'
			'timestamp with time zone,timestamp with time zone,boolean,'
			'uuid[],text[],text[],text[],text[],text)',
			'sluice_gateway'),
		('public.request_resync(text,uuid)', 'authenticated') $$,
	'who executes which function is as written');
SELECT is(count(*), 0::bigint, 'nobody executes a trigger function')
FROM pg_catalog.pg_proc p, pg_catalog.aclexplode(p.proacl) a
WHERE p.pronamespace IN ('sluice'::regnamespace, 'public'::regnamespace)
	AND p.prorettype = 'trigger'::regtype AND a.grantee <> p.proowner;

SELECT * FROM finish();
ROLLBACK;
