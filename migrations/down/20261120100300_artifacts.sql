DELETE FROM sluice.sys_table_migrations WHERE version = '20261120100300';

DROP PROCEDURE sluice.drop_artifact_type(text);
DROP PROCEDURE sluice.add_artifact_type(text, text[]);
DROP VIEW public.contact_last_interactions;
DROP TABLE public.suggestions;
DROP TABLE public.loops;
DROP TABLE public.artifact_aliases;
DROP TABLE public.artifact_participants;
DROP TABLE public.artifacts;
DROP FUNCTION sluice.artifact_parsing();
DROP TABLE public.artifact_processing_config;
