-- Defaults of projects made since 2026: new tables, sequences and functions of
-- role postgres in public are no longer handed to the API roles. TRUNCATE,
-- REFERENCES, TRIGGER and EXECUTE through PUBLIC stay, as on the platform.
ALTER DEFAULT PRIVILEGES FOR ROLE postgres IN SCHEMA public
	REVOKE SELECT, INSERT, UPDATE, DELETE ON TABLES FROM anon, authenticated, service_role;
ALTER DEFAULT PRIVILEGES FOR ROLE postgres IN SCHEMA public
	REVOKE USAGE, SELECT ON SEQUENCES FROM anon, authenticated, service_role;
ALTER DEFAULT PRIVILEGES FOR ROLE postgres IN SCHEMA public
	REVOKE EXECUTE ON FUNCTIONS FROM anon, authenticated, service_role;
