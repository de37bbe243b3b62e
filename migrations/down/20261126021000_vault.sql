DELETE FROM sluice.sys_table_migrations WHERE version = '20261126021000';

DROP TRIGGER secret_changed ON sluice.user_secrets;
DROP FUNCTION sluice.secret_changed();
DROP FUNCTION sluice.audit_secret(uuid, uuid, text, text, text);
DROP FUNCTION sluice.sealed_users(text, uuid, integer);
DROP FUNCTION sluice.sealed_counts();
DROP FUNCTION sluice.sealed_keys();
DROP INDEX sluice.revocations_key_id_iv_key;
DROP INDEX sluice.revocations_key_idx;
DROP INDEX sluice.user_secrets_key_idx;
ALTER TABLE sluice.revocations DROP CONSTRAINT revocations_sealed;
ALTER TABLE sluice.oauth_clients DROP CONSTRAINT oauth_clients_sealed;
ALTER TABLE sluice.user_secrets DROP CONSTRAINT user_secrets_sealed;
DROP TABLE sluice.master_keys;
