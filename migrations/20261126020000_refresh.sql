-- When a consent ends: a warning once a day, and what `sluice status` (as the
-- operator) may know of it: times and whether there is a token, no token.

ALTER TABLE sluice.grants ADD COLUMN warned_at timestamptz;
COMMENT ON COLUMN sluice.grants.warned_at IS
	'The log last warned of the consent''s end.';
COMMENT ON COLUMN sluice.grants.refresh_lease_owner IS
	'Which run of which process that is, as JSON.';

GRANT SELECT (id, user_id, provider, purpose, status, access_expires_at,
	refresh_expires_at, refreshed_at, reauth_at) ON sluice.grants TO sluice_operator;
CREATE POLICY operator_select ON sluice.grants FOR SELECT TO sluice_operator USING (true);
GRANT SELECT (user_id, grant_id, purpose) ON sluice.user_secrets TO sluice_operator;
CREATE POLICY operator_select ON sluice.user_secrets FOR SELECT TO sluice_operator USING (true);

INSERT INTO sluice.sys_table_migrations (version, name)
VALUES ('20261126020000', 'refresh') ON CONFLICT DO NOTHING;
