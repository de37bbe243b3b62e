-- Master keys: which ones this database has met, what is sealed under each,
-- and what happens to secrets, told by the tables themselves.

CREATE TABLE sluice.master_keys (
	id text PRIMARY KEY CHECK (octet_length(id) <= 128 AND id <> ''),
	check_ciphertext bytea NOT NULL CHECK (octet_length(check_ciphertext) >= 17),
	check_iv bytea NOT NULL CHECK (octet_length(check_iv) = 12),
	created_at timestamptz NOT NULL DEFAULT now(),
	updated_at timestamptz NOT NULL DEFAULT now()
);
COMMENT ON TABLE sluice.master_keys IS
	'Ids of master keys, never the keys. Belongs to no user, so no row security.';
COMMENT ON COLUMN sluice.master_keys.check_ciphertext IS
	'A known text, sealed: opens with the right key alone, so a wrong key file is found at once.';
CALL sluice.protect_table('sluice.master_keys', gateway => 'select, insert', rls => false);

-- A token or secret in clear is printable text; AES leaves a byte that is not.
-- The escape format writes such a byte with a backslash.
ALTER TABLE sluice.user_secrets ADD CONSTRAINT user_secrets_sealed
	CHECK (position(chr(92) IN encode(ciphertext, 'escape')) > 0);
ALTER TABLE sluice.oauth_clients ADD CONSTRAINT oauth_clients_sealed
	CHECK (position(chr(92) IN encode(secret_ciphertext, 'escape')) > 0);
ALTER TABLE sluice.revocations ADD CONSTRAINT revocations_sealed
	CHECK (position(chr(92) IN encode(ciphertext, 'escape')) > 0);

-- Functions in SQL would be looked into when they are made, as the owner, and
-- migrations run with row_security off: hence PL/pgSQL.
--
-- A key's secrets are found by its id; no IV serves twice, here too.
CREATE INDEX user_secrets_key_idx ON sluice.user_secrets (key_id, user_id);
CREATE INDEX revocations_key_idx ON sluice.revocations (key_id, user_id);
CREATE UNIQUE INDEX revocations_key_id_iv_key ON sluice.revocations (key_id, iv);

CREATE FUNCTION sluice.sealed_keys() RETURNS SETOF text
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = '' AS $fn$
#variable_conflict use_column
BEGIN
	RETURN QUERY
	WITH RECURSIVE tokens (id) AS (
		SELECT min(s.key_id) FROM sluice.user_secrets s
		UNION ALL
		SELECT (SELECT min(s.key_id) FROM sluice.user_secrets s WHERE s.key_id > t.id)
		FROM tokens t WHERE t.id IS NOT NULL
	), revocations (id) AS (
		SELECT min(r.key_id) FROM sluice.revocations r
		UNION ALL
		SELECT (SELECT min(r.key_id) FROM sluice.revocations r WHERE r.key_id > t.id)
		FROM revocations t WHERE t.id IS NOT NULL
	)
	SELECT id FROM tokens WHERE id IS NOT NULL
	UNION SELECT id FROM revocations WHERE id IS NOT NULL
	UNION SELECT c.secret_key_id FROM sluice.oauth_clients c;
END
$fn$;
COMMENT ON FUNCTION sluice.sealed_keys() IS
	'Ids of the master keys that something is sealed under. Ids only; read from the indexes.';
CALL sluice.protect_function('sluice.sealed_keys()', 'sluice_gateway');

CREATE FUNCTION sluice.sealed_counts()
RETURNS TABLE (key_id text, tokens bigint, clients bigint, revocations bigint, users bigint)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = '' AS $fn$
#variable_conflict use_column
BEGIN
	RETURN QUERY
	WITH rows (key_id, user_id, kind) AS (
		SELECT s.key_id, s.user_id, 't' FROM sluice.user_secrets s
		UNION ALL SELECT r.key_id, NULL, 'r' FROM sluice.revocations r
		UNION ALL SELECT c.secret_key_id, NULL, 'c' FROM sluice.oauth_clients c
	)
	SELECT coalesce(r.key_id, k.id),
		count(*) FILTER (WHERE r.kind = 't'), count(*) FILTER (WHERE r.kind = 'c'),
		count(*) FILTER (WHERE r.kind = 'r'), count(DISTINCT r.user_id)
	FROM rows r
	FULL JOIN sluice.master_keys k ON k.id = r.key_id
	GROUP BY 1;
END
$fn$;
COMMENT ON FUNCTION sluice.sealed_counts() IS
	'How much is sealed under each master key that is known or used, over all users. Counts only.';
CALL sluice.protect_function('sluice.sealed_counts()', 'sluice_gateway');

CREATE FUNCTION sluice.sealed_users(key text, after uuid, most integer) RETURNS SETOF uuid
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = '' AS $fn$
#variable_conflict use_column
BEGIN
	RETURN QUERY
	SELECT u.user_id
	FROM (
		(SELECT DISTINCT s.user_id FROM sluice.user_secrets s
		WHERE s.key_id = key AND (after IS NULL OR s.user_id > after)
		ORDER BY s.user_id LIMIT most)
		UNION
		(SELECT DISTINCT r.user_id FROM sluice.revocations r
		WHERE r.key_id = key AND (after IS NULL OR r.user_id > after)
		ORDER BY r.user_id LIMIT most)
	) AS u
	ORDER BY u.user_id LIMIT most;
END
$fn$;
COMMENT ON FUNCTION sluice.sealed_users(text, uuid, integer) IS
	'Users, in order, who have something sealed under a key: ids, so that each can be worked on '
	'under an identity of its own.';
CALL sluice.protect_function('sluice.sealed_users(text, uuid, integer)', 'sluice_gateway');

CREATE FUNCTION sluice.audit_secret(of_user uuid, of_grant uuid, event text, actor text, detail text)
RETURNS void
LANGUAGE plpgsql VOLATILE SET search_path = '' AS $fn$
BEGIN
	INSERT INTO sluice.secret_audit_logs (user_id, grant_id, event, actor, detail)
	VALUES (of_user, of_grant, event, actor, detail);
END
$fn$;
COMMENT ON FUNCTION sluice.audit_secret(uuid, uuid, text, text, text) IS
	'The one way into the audit log of secrets; never given a secret.';
CALL sluice.protect_function('sluice.audit_secret(uuid, uuid, text, text, text)', 'sluice_gateway');

CREATE FUNCTION sluice.secret_changed() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' AS $fn$
BEGIN
	IF TG_OP = 'INSERT' THEN
		PERFORM sluice.audit_secret(NEW.user_id, NEW.grant_id, 'created', 'database', NEW.purpose);
	ELSE
		PERFORM sluice.audit_secret(OLD.user_id, OLD.grant_id, 'deleted', 'database', OLD.purpose);
	END IF;
	RETURN NULL;
END
$fn$;
COMMENT ON FUNCTION sluice.secret_changed() IS
	'Trigger: a token that comes or goes leaves a row in the audit log, whoever did it.';
CALL sluice.protect_function('sluice.secret_changed()');
CREATE TRIGGER secret_changed AFTER INSERT OR DELETE ON sluice.user_secrets
	FOR EACH ROW EXECUTE FUNCTION sluice.secret_changed();

INSERT INTO sluice.sys_table_migrations (version, name)
VALUES ('20261126021000', 'vault') ON CONFLICT DO NOTHING;
