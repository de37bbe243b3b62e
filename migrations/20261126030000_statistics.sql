-- Users that the statistics do not know.
--
-- Statistics of a user_id tell how many rows the users had that were there when
-- they were taken. Of one who came since, PostgreSQL then expects a single row
-- in each table, so that any index that begins with user_id looks as good as
-- the one that finds the row: reading a first big account into a small
-- installation read all of the user's rows for each row. Without statistics of
-- that column it expects the 200th part of the table for every user.
ALTER TABLE public.contacts ALTER COLUMN user_id SET STATISTICS 0;
ALTER TABLE public.contact_emails ALTER COLUMN user_id SET STATISTICS 0;
ALTER TABLE public.contact_handles ALTER COLUMN user_id SET STATISTICS 0;
ALTER TABLE public.user_integrations ALTER COLUMN user_id SET STATISTICS 0;
ALTER TABLE public.artifacts ALTER COLUMN user_id SET STATISTICS 0;
ALTER TABLE public.artifact_participants ALTER COLUMN user_id SET STATISTICS 0;
ALTER TABLE public.artifact_aliases ALTER COLUMN user_id SET STATISTICS 0;
ALTER TABLE public.loops ALTER COLUMN user_id SET STATISTICS 0;
ALTER TABLE public.suggestions ALTER COLUMN user_id SET STATISTICS 0;
ALTER TABLE public.sync_state ALTER COLUMN user_id SET STATISTICS 0;
ALTER TABLE public.sync_logs ALTER COLUMN user_id SET STATISTICS 0;
ALTER TABLE public.sync_items ALTER COLUMN user_id SET STATISTICS 0;
ALTER TABLE public.calendar_series ALTER COLUMN user_id SET STATISTICS 0;
ALTER TABLE public.calendar_occurrences ALTER COLUMN user_id SET STATISTICS 0;
ALTER TABLE sluice.suppressions ALTER COLUMN user_id SET STATISTICS 0;
ALTER TABLE sluice.grants ALTER COLUMN user_id SET STATISTICS 0;
ALTER TABLE sluice.user_secrets ALTER COLUMN user_id SET STATISTICS 0;
ALTER TABLE sluice.secret_audit_logs ALTER COLUMN user_id SET STATISTICS 0;
ALTER TABLE sluice.revocations ALTER COLUMN user_id SET STATISTICS 0;
ALTER TABLE sluice.schedule ALTER COLUMN user_id SET STATISTICS 0;
ALTER TABLE sluice.seen ALTER COLUMN user_id SET STATISTICS 0;
ALTER TABLE sluice.audit_items ALTER COLUMN user_id SET STATISTICS 0;
ALTER TABLE sluice.overtaken ALTER COLUMN user_id SET STATISTICS 0;
ALTER TABLE sluice.people_judged ALTER COLUMN user_id SET STATISTICS 0;
ALTER TABLE sluice.erasures ALTER COLUMN user_id SET STATISTICS 0;

INSERT INTO sluice.sys_table_migrations (version, name)
VALUES ('20261126030000', 'statistics') ON CONFLICT DO NOTHING;
