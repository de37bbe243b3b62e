-- Since when is a stream pulled, or not?
ALTER TABLE public.sync_state ADD COLUMN switched_at timestamptz;
COMMENT ON COLUMN public.sync_state.switched_at IS
	'When it was last turned on or off, by the user or by its default. NULL: it is as it was at first.';

INSERT INTO sluice.sys_table_migrations (version, name)
VALUES ('20261127040000', 'audit_fleet') ON CONFLICT DO NOTHING;
