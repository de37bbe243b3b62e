-- Migrations that another tool applied get the checksum of this binary's file.
-- $1 text[]  versions of the binary
-- $2 text[]  their files, byte for byte
UPDATE sluice.sys_table_migrations j
SET checksum = encode(sha256(convert_to(b.file, 'UTF8')), 'hex')
FROM unnest($1::text[], $2::text[]) AS b (version, file)
WHERE j.version = b.version AND j.checksum IS NULL
