-- The file has recorded itself; add what only the runner knows.
-- $1 text    version
-- $2 text    name
-- $3 text    the file, byte for byte
-- $4 bigint  duration in milliseconds
INSERT INTO sluice.sys_table_migrations (version, name, checksum, duration_ms)
VALUES ($1, $2, encode(sha256(convert_to($3, 'UTF8')), 'hex'), $4::bigint)
ON CONFLICT (version) DO UPDATE
	SET checksum = excluded.checksum, duration_ms = excluded.duration_ms
