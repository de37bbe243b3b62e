DELETE FROM sluice.sys_table_migrations WHERE version = '20261120100100';

DROP TABLE public.contact_handles;
DROP TABLE public.contact_emails;
DROP FUNCTION sluice.identity_remember();
DROP FUNCTION sluice.identity_fill();
DROP FUNCTION sluice.suppression_hash(uuid, text, text);
DROP TABLE sluice.suppressions;
DROP TABLE sluice.settings_private;
DROP TABLE public.contacts;
