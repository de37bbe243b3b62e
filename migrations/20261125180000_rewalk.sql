-- A walk that another stream asks for.

ALTER TABLE public.sync_state ADD COLUMN rewalk_at timestamptz;
COMMENT ON COLUMN public.sync_state.rewalk_at IS
	'A walk that began before this instant does not do: another one is due.';

INSERT INTO sluice.sys_table_migrations (version, name)
VALUES ('20261125180000', 'rewalk') ON CONFLICT DO NOTHING;
