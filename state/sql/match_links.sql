-- Whose handles are whose profiles.
-- $1 uuid    user
-- $2 text[] handle  $3 text[] profile  $4 bigint[] version of what told it
-- Result, of what was not known: handle, profile
INSERT INTO sluice.handle_links AS l (user_id, handle, profile, source_version)
SELECT DISTINCT ON (i.handle) $1::uuid, i.handle, i.profile, i.source_version
FROM unnest($2::text[], $3::text[], $4::bigint[])
	AS i (handle, profile, source_version)
ORDER BY i.handle, i.source_version DESC, i.profile
ON CONFLICT (user_id, handle) DO UPDATE
SET profile = excluded.profile, source_version = excluded.source_version
WHERE l.profile <> excluded.profile AND l.source_version < excluded.source_version
RETURNING l.handle, l.profile
