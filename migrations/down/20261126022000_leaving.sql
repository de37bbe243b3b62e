DELETE FROM sluice.sys_table_migrations WHERE version = '20261126022000';

DROP FUNCTION sluice.open_export(regclass, refcursor);
DROP FUNCTION sluice.old_tombstones(integer);
DROP FUNCTION sluice.tombstone_days(jsonb);
DROP FUNCTION sluice.find_leaver(text);
DROP FUNCTION sluice.resting_users();
DROP FUNCTION sluice.user_rests(uuid);
DROP FUNCTION sluice.export_user();
DROP FUNCTION sluice.erase_user();
DROP FUNCTION sluice.erase_rows(integer);
DROP FUNCTION sluice.tables_of_users();
CREATE OR REPLACE FUNCTION sluice.grant_gone() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' AS $fn$
BEGIN
	IF NOT EXISTS (SELECT FROM auth.users u WHERE u.id = OLD.user_id) THEN
		INSERT INTO sluice.revocations (user_id, grant_id, secret_id,
			oauth_client_id, provider, purpose, ciphertext, iv, key_id)
		SELECT s.user_id, s.grant_id, s.id, OLD.oauth_client_id, OLD.provider,
			s.purpose, s.ciphertext, s.iv, s.key_id
		FROM sluice.user_secrets s
		WHERE s.grant_id = OLD.id AND s.user_id = OLD.user_id
			AND s.purpose = 'refresh_token'
		ON CONFLICT DO NOTHING;
	END IF;
	RETURN OLD;
END
$fn$;
COMMENT ON FUNCTION sluice.grant_gone() IS
	'Trigger: a grant that goes with its user leaves its sealed refresh token for revocation.';
COMMENT ON TABLE sluice.revocations IS
	'Sealed tokens still to be revoked at the provider after their user is gone; deleted when done.';
DROP FUNCTION sluice.add_counts(jsonb, jsonb);
DROP TABLE sluice.erasures;
DROP INDEX public.artifacts_tombstones_idx;
COMMENT ON COLUMN public.artifacts.map_version IS 'Version of the mapping that made the row.';
