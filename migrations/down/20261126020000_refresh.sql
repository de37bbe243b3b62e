DELETE FROM sluice.sys_table_migrations WHERE version = '20261126020000';

DROP POLICY operator_select ON sluice.user_secrets;
REVOKE SELECT (user_id, grant_id, purpose) ON sluice.user_secrets FROM sluice_operator;
DROP POLICY operator_select ON sluice.grants;
REVOKE SELECT (id, user_id, provider, purpose, status, access_expires_at,
	refresh_expires_at, refreshed_at, reauth_at) ON sluice.grants FROM sluice_operator;

COMMENT ON COLUMN sluice.grants.refresh_lease_owner IS NULL;
ALTER TABLE sluice.grants DROP COLUMN warned_at;
