DELETE FROM sluice.sys_table_migrations WHERE version = '20261126080000';

ALTER TABLE public.artifacts DROP COLUMN text_version;
COMMENT ON COLUMN public.sync_items.raw IS 'As received, cut at 64 kB; hidden from the operator.';
