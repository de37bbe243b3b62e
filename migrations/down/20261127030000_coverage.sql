DELETE FROM sluice.sys_table_migrations WHERE version = '20261127030000';

DROP VIEW public.sync_coverage;
DROP FUNCTION sluice.shown_time(jsonb, text);
DROP FUNCTION sluice.shown_count(jsonb, text);
ALTER TABLE public.sync_state
	DROP COLUMN coverage_as_of,
	DROP COLUMN gap_from,
	DROP COLUMN gap_to;
COMMENT ON COLUMN public.sync_state.checked_at IS 'Last success, with changes or without.';
COMMENT ON COLUMN public.sync_state.coverage_from IS NULL;
COMMENT ON COLUMN public.sync_state.coverage_to IS NULL;
