-- Leaving: what is erased is counted and gone on with after a kill, tokens of
-- whatever grant goes are still revoked, users that the application deleted
-- softly rest, and old tombstones are found.

-- Tombstones that still hold what they were.
CREATE INDEX artifacts_tombstones_idx
	ON public.artifacts (user_id, integration_id, deleted_at)
	WHERE deleted_at IS NOT NULL AND map_version >= 0;
COMMENT ON COLUMN public.artifacts.map_version IS
	'Version of the mapping that made the row; -1: a tombstone that lost its content.';

CREATE TABLE sluice.erasures (
	id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
	user_id uuid NOT NULL,
	integration_id uuid,
	provider text CHECK (octet_length(provider) <= 64),
	counts jsonb NOT NULL DEFAULT '{}',
	kept jsonb NOT NULL DEFAULT '{}',
	finished_at timestamptz,
	created_at timestamptz NOT NULL DEFAULT now(),
	updated_at timestamptz NOT NULL DEFAULT now()
);
COMMENT ON TABLE sluice.erasures IS
	'Erasures under way, and the receipts of those that are done. Outlives the user: ids and counts '
	'only, no foreign key.';
COMMENT ON COLUMN sluice.erasures.integration_id IS 'The account; NULL: all that the user had.';
COMMENT ON COLUMN sluice.erasures.provider IS 'Name of the account''s connector.';
COMMENT ON COLUMN sluice.erasures.counts IS 'Rows that went, by table.';
COMMENT ON COLUMN sluice.erasures.kept IS 'Contacts and addresses that stay, by the reason.';
COMMENT ON COLUMN sluice.erasures.finished_at IS 'NULL: the next try goes on with it.';
CREATE UNIQUE INDEX erasures_open_key ON sluice.erasures (user_id, integration_id)
	NULLS NOT DISTINCT WHERE finished_at IS NULL;
CREATE INDEX erasures_user_idx ON sluice.erasures (user_id, created_at);
CALL sluice.protect_table('sluice.erasures', gateway => 'select, insert, update',
	operator => 'select');

CREATE FUNCTION sluice.add_counts(old jsonb, added jsonb) RETURNS jsonb
LANGUAGE sql IMMUTABLE SET search_path = '' AS $fn$
	SELECT coalesce(jsonb_object_agg(s.name, s.n ORDER BY s.name), '{}')
	FROM (
		SELECT e.key AS name, sum(e.value::bigint) AS n
		FROM (
			SELECT * FROM jsonb_each_text(old)
			UNION ALL
			SELECT * FROM jsonb_each_text(added)
		) e
		GROUP BY e.key
		HAVING sum(e.value::bigint) > 0
	) s
$fn$;
COMMENT ON FUNCTION sluice.add_counts(jsonb, jsonb) IS
	'Two objects of numbers added by name; nothing for what is 0.';
CALL sluice.protect_function('sluice.add_counts(jsonb, jsonb)', 'sluice_gateway');

-- A grant that goes, goes with its token revoked: whoever deletes the row
-- leaves the token here in the same transaction. Who must not revoke deletes
-- the secrets first. Without a refresh token the access token is the consent.
CREATE OR REPLACE FUNCTION sluice.grant_gone() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' AS $fn$
BEGIN
	INSERT INTO sluice.revocations (user_id, grant_id, secret_id,
		oauth_client_id, provider, purpose, ciphertext, iv, key_id)
	SELECT s.user_id, s.grant_id, s.id, OLD.oauth_client_id, OLD.provider,
		s.purpose, s.ciphertext, s.iv, s.key_id
	FROM sluice.user_secrets s
	WHERE s.grant_id = OLD.id AND s.user_id = OLD.user_id
	ORDER BY s.purpose DESC -- refresh_token first
	LIMIT 1
	ON CONFLICT DO NOTHING;
	RETURN OLD;
END
$fn$;
COMMENT ON FUNCTION sluice.grant_gone() IS
	'Trigger: a grant that is deleted leaves its sealed token for revocation.';
COMMENT ON TABLE sluice.revocations IS
	'Sealed tokens of grants that are gone, still to be revoked at the provider; deleted when done.';

-- Tables of this schema that belong to users, children before parents: all
-- that sluice.protect_table() made and that has a user_id. A table of the
-- application is none of them, whatever its columns are called.
CREATE FUNCTION sluice.tables_of_users() RETURNS TABLE (relation regclass, depth integer)
LANGUAGE sql STABLE SET search_path = '' AS $fn$
	WITH RECURSIVE ours AS (
		SELECT c.oid
		FROM pg_catalog.pg_class c
		JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
		JOIN pg_catalog.pg_attribute a ON a.attrelid = c.oid
			AND a.attname = 'user_id' AND NOT a.attisdropped
			AND a.atttypid = 'pg_catalog.uuid'::regtype
		WHERE c.relkind IN ('r', 'p') AND n.nspname IN ('public', 'sluice')
			AND EXISTS (
				SELECT
				FROM pg_catalog.pg_trigger t
				JOIN pg_catalog.pg_proc f ON f.oid = t.tgfoid
				JOIN pg_catalog.pg_namespace m ON m.oid = f.pronamespace
				WHERE t.tgrelid = c.oid AND t.tgname = 'touch_updated_at'
					AND f.proname = 'touch_updated_at'
					AND m.nspname = 'sluice')
	), walk AS (
		SELECT o.oid, 0 AS depth FROM ours o
		UNION
		SELECT k.conrelid, w.depth + 1
		FROM walk w
		JOIN pg_catalog.pg_constraint k ON k.contype = 'f'
			AND k.confrelid = w.oid AND k.conrelid <> w.oid
		JOIN ours o ON o.oid = k.conrelid
		WHERE w.depth < 32
	)
	SELECT w.oid::regclass, max(w.depth)
	FROM walk w
	GROUP BY w.oid
$fn$;
COMMENT ON FUNCTION sluice.tables_of_users() IS
	'Tables of the gateway that hold rows of users; the deeper, the earlier it is emptied.';
CALL sluice.protect_function('sluice.tables_of_users()', 'sluice_gateway');

-- Everything of the acting user, some rows at a time. Three tables stay: the
-- receipts, the audit log (ids and events, appended only), and what is still
-- to be revoked. Secrets go with their grant, which leaves one for that.
CREATE FUNCTION sluice.erase_rows(most integer)
RETURNS TABLE (relation text, erased bigint)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' AS $fn$
DECLARE
	owner_id uuid := sluice.uid();
	room bigint := most;
	t record;
BEGIN
	IF owner_id IS NULL THEN
		RAISE EXCEPTION 'nobody to erase: no identity is set'
			USING ERRCODE = 'insufficient_privilege';
	END IF;
	FOR t IN
		SELECT format('%I.%I', n.nspname, c.relname) AS name
		FROM sluice.tables_of_users() u
		JOIN pg_catalog.pg_class c ON c.oid = u.relation
		JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
		WHERE (n.nspname, c.relname) NOT IN (('sluice', 'erasures'),
			('sluice', 'secret_audit_logs'), ('sluice', 'revocations'),
			('sluice', 'user_secrets'))
		ORDER BY u.depth DESC, n.nspname, c.relname
	LOOP
		EXIT WHEN room <= 0;
		EXECUTE format('DELETE FROM %1$s x WHERE x.user_id = $1 AND x.ctid = ANY (ARRAY ('
			'SELECT y.ctid FROM %1$s y WHERE y.user_id = $1 LIMIT $2))', t.name)
			USING owner_id, room;
		GET DIAGNOSTICS erased = ROW_COUNT;
		room := room - erased;
		relation := t.name;
		IF erased > 0 THEN
			RETURN NEXT;
		END IF;
	END LOOP;
END
$fn$;
COMMENT ON FUNCTION sluice.erase_rows(integer) IS
	'Deletes at most so many rows of the acting user, children before parents; none: all is gone.';
CALL sluice.protect_function('sluice.erase_rows(integer)', 'sluice_gateway');

CREATE FUNCTION sluice.erase_user() RETURNS text
LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' AS $fn$
DECLARE
	owner_id uuid := sluice.uid();
BEGIN
	IF owner_id IS NULL THEN
		RAISE EXCEPTION 'nobody to erase: no identity is set'
			USING ERRCODE = 'insufficient_privilege';
	END IF;
	IF NOT EXISTS (SELECT FROM auth.users u WHERE u.id = owner_id) THEN
		RETURN 'absent';
	END IF;
	IF (obj_description('auth.users'::regclass, 'pg_class') LIKE 'sluice:%') IS NOT TRUE THEN
		RETURN 'left';
	END IF;
	DELETE FROM auth.users u WHERE u.id = owner_id;
	RETURN 'erased';
END
$fn$;
COMMENT ON FUNCTION sluice.erase_user() IS
	'Deletes the acting user where the users are the gateway''s own: erased; left: they are not; '
	'absent: there is none.';
CALL sluice.protect_function('sluice.erase_user()', 'sluice_gateway');

CREATE FUNCTION sluice.export_user() RETURNS jsonb
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = '' AS $fn$
	SELECT jsonb_strip_nulls(jsonb_build_object('id', u.id, 'email', u.email,
		'phone', u.phone, 'created_at', u.created_at,
		'last_sign_in_at', u.last_sign_in_at))
	FROM auth.users u
	WHERE u.id = sluice.uid()
$fn$;
COMMENT ON FUNCTION sluice.export_user() IS
	'Of the acting user''s own row what is no secret; the password''s hash is one.';
CALL sluice.protect_function('sluice.export_user()', 'sluice_gateway');

-- Users that the application deleted softly keep their rows, and rest. to_jsonb:
-- not every auth.users has the column.
CREATE FUNCTION sluice.user_rests(who uuid) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = '' AS $fn$
	SELECT coalesce((
		SELECT to_jsonb(u) ->> 'deleted_at' IS NOT NULL
		FROM auth.users u
		WHERE u.id = who), true)
$fn$;
COMMENT ON FUNCTION sluice.user_rests(uuid) IS
	'Is the user deleted, softly or for good? Then nothing is synced.';
CALL sluice.protect_function('sluice.user_rests(uuid)', 'sluice_gateway, sluice_operator');

CREATE FUNCTION sluice.resting_users() RETURNS TABLE (id uuid)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = '' AS $fn$
	SELECT u.id
	FROM auth.users u
	WHERE to_jsonb(u) ->> 'deleted_at' IS NOT NULL
$fn$;
COMMENT ON FUNCTION sluice.resting_users() IS 'Users that are deleted softly.';
CALL sluice.protect_function('sluice.resting_users()', 'sluice_operator');

-- Who leaves may be deleted or banned already, or erased before.
CREATE FUNCTION sluice.find_leaver(who text)
RETURNS TABLE (id uuid, state text)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = '' AS $fn$
DECLARE
	found uuid := sluice.find_user(who);
	many uuid[];
BEGIN
	IF found IS NOT NULL THEN
		RETURN QUERY SELECT found, 'there';
		RETURN;
	END IF;
	IF who ~ '@' THEN
		SELECT array_agg(u.id) INTO many
		FROM auth.users u
		WHERE lower(u.email) = lower(btrim(who));
	ELSIF btrim(who) ~* '^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$' THEN
		SELECT array_agg(u.id) INTO many
		FROM auth.users u
		WHERE u.id = btrim(who)::uuid;
		IF many IS NULL AND (EXISTS (
				SELECT FROM sluice.erasures e WHERE e.user_id = btrim(who)::uuid)
			OR EXISTS (
				SELECT FROM sluice.revocations r WHERE r.user_id = btrim(who)::uuid))
		THEN
			RETURN QUERY SELECT btrim(who)::uuid, 'gone';
			RETURN;
		END IF;
	END IF;
	IF cardinality(many) > 1 THEN
		RAISE EXCEPTION '% users have the address %', cardinality(many), who
			USING ERRCODE = 'cardinality_violation',
				HINT = 'Name the user by id.';
	END IF;
	IF many IS NOT NULL THEN
		RETURN QUERY SELECT many[1], 'resting';
	END IF;
END
$fn$;
COMMENT ON FUNCTION sluice.find_leaver(text) IS
	'A user by id or address, also one that is deleted or banned (resting), or of whom only a '
	'receipt or a token to be revoked is left (gone).';
CALL sluice.protect_function('sluice.find_leaver(text)', 'sluice_operator');

-- Days that a tombstone keeps its content.
CREATE FUNCTION sluice.tombstone_days(settings jsonb) RETURNS integer
LANGUAGE sql IMMUTABLE SET search_path = '' AS $fn$
	SELECT CASE WHEN settings ->> 'tombstone_retention' ~ '^[0-9]{1,4}$'
		THEN greatest(1, (settings ->> 'tombstone_retention')::integer)
		ELSE 30 END
$fn$;
COMMENT ON FUNCTION sluice.tombstone_days(jsonb) IS
	'The setting tombstone_retention of an account, in days.';
CALL sluice.protect_function('sluice.tombstone_days(jsonb)', 'sluice_gateway');

CREATE FUNCTION sluice.old_tombstones(most integer)
RETURNS TABLE (user_id uuid, integration_id uuid)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = '' SET row_security = on AS $fn$
	SELECT i.user_id, i.id
	FROM public.user_integrations i
	WHERE EXISTS (
		SELECT
		FROM public.artifacts a
		WHERE a.user_id = i.user_id AND a.integration_id = i.id
			AND a.deleted_at IS NOT NULL AND a.map_version >= 0
			AND a.deleted_at < sluice.clock()
				- make_interval(days => sluice.tombstone_days(i.settings)))
	ORDER BY i.id
	LIMIT most
$fn$;
COMMENT ON FUNCTION sluice.old_tombstones(integer) IS
	'Accounts with tombstones that are to lose their content.';
CALL sluice.protect_function('sluice.old_tombstones(integer)', 'sluice_operator');

-- The table's rows of the acting user as JSON, in a cursor of that name; what
-- the acting role may not read, row security leaves out.
CREATE FUNCTION sluice.open_export(relation regclass, name refcursor) RETURNS refcursor
LANGUAGE plpgsql SET search_path = '' AS $fn$
BEGIN
	OPEN name NO SCROLL FOR EXECUTE format(
		'SELECT to_jsonb(x)::text AS line FROM %s x WHERE x.user_id = $1', relation)
		USING sluice.uid();
	RETURN name;
END
$fn$;
COMMENT ON FUNCTION sluice.open_export(regclass, refcursor) IS
	'Opens a cursor over the acting user''s rows of a table, each as JSON.';
CALL sluice.protect_function('sluice.open_export(regclass, refcursor)', 'sluice_gateway');

INSERT INTO sluice.sys_table_migrations (version, name)
VALUES ('20261126022000', 'leaving') ON CONFLICT DO NOTHING;
