DELETE FROM sluice.sys_table_migrations WHERE version = '20261120100200';

DROP TABLE sluice.schedule;
DROP TABLE public.user_integrations;
DROP FUNCTION sluice.integration_scheduled();
DROP TABLE sluice.revocations;
DROP TABLE sluice.secret_audit_logs;
DROP TABLE sluice.user_secrets;
DROP TABLE sluice.grants;
DROP FUNCTION sluice.grant_gone();
DROP TABLE sluice.oauth_clients;
