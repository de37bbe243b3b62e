-- A further key is unique within an account, not within a user: two accounts of
-- one user that take part in one conversation are each told it under the same
-- ids, and each has rows of its own.
ALTER TABLE public.artifact_aliases
	ADD CONSTRAINT artifact_aliases_key UNIQUE (user_id, alias_kind, alias, artifact_id);
ALTER TABLE public.artifact_aliases
	DROP CONSTRAINT artifact_aliases_user_id_alias_kind_alias_key;
COMMENT ON TABLE public.artifact_aliases IS
	'Further keys of one artifact: the same message by two roads. Within an account a key is one artifact''s.';

INSERT INTO sluice.sys_table_migrations (version, name)
VALUES ('20261127041000', 'aliases') ON CONFLICT DO NOTHING;
