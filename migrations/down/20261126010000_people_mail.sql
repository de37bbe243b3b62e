DELETE FROM sluice.sys_table_migrations WHERE version = '20261126010000';

DROP TABLE sluice.people_judged;
DROP INDEX public.artifact_participants_value_idx;
CREATE INDEX artifact_participants_value_idx
	ON public.artifact_participants (user_id, kind, value_norm);
ALTER TABLE public.artifact_participants DROP CONSTRAINT artifact_participants_role_check;
