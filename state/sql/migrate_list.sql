-- Binary and journal side by side, oldest first.
-- $1 text[]  versions of the binary
-- $2 text[]  their names
-- $3 text[]  their files, byte for byte
-- Result: version, name text; applied, known, has_checksum, matches boolean;
--         applied_at timestamptz, duration_ms bigint
SELECT
	coalesce(b.version, j.version) AS version,
	coalesce(b.name, j.name) AS name,
	j.version IS NOT NULL AS applied,
	b.version IS NOT NULL AS known,
	j.checksum IS NOT NULL AS has_checksum,
	coalesce(j.checksum = encode(sha256(convert_to(b.file, 'UTF8')), 'hex'),
		true) AS matches,
	j.applied_at,
	j.duration_ms
FROM unnest($1::text[], $2::text[], $3::text[]) AS b (version, name, file)
FULL JOIN sluice.sys_table_migrations j ON j.version = b.version
ORDER BY 1
