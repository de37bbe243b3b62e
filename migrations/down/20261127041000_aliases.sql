DELETE FROM sluice.sys_table_migrations WHERE version = '20261127041000';

-- Of keys that two accounts have, the older row stays; the next page books what
-- it can.
ALTER TABLE public.artifact_aliases NO FORCE ROW LEVEL SECURITY;
DELETE FROM public.artifact_aliases x
USING public.artifact_aliases y
WHERE y.user_id = x.user_id AND y.alias_kind = x.alias_kind AND y.alias = x.alias
	AND (y.created_at, y.id) < (x.created_at, x.id);
ALTER TABLE public.artifact_aliases FORCE ROW LEVEL SECURITY;
ALTER TABLE public.artifact_aliases
	ADD CONSTRAINT artifact_aliases_user_id_alias_kind_alias_key
		UNIQUE (user_id, alias_kind, alias);
ALTER TABLE public.artifact_aliases DROP CONSTRAINT artifact_aliases_key;
COMMENT ON TABLE public.artifact_aliases IS
	'Further keys of one artifact: the same message by two roads.';
