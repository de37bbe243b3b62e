-- A log of changes that comes newest first: what it says of an item before it
-- tells the item itself ends as in the other order.

ALTER TABLE public.artifacts ADD COLUMN text_version bigint;
COMMENT ON COLUMN public.artifacts.text_version IS
	'Of a deleted item of several roads: the version that its text is of, so that an edit from '
	'before the deletion is not lost. NULL: source_version.';
COMMENT ON COLUMN public.sync_items.raw IS
	'As received, cut at 64 kB; hidden from the operator. Of one that is not stored (not-stored): '
	'the edits and deletions that wait for it, as JSON.';

INSERT INTO sluice.sys_table_migrations (version, name)
VALUES ('20261126080000', 'waiting') ON CONFLICT DO NOTHING;
