DELETE FROM sluice.sys_table_migrations WHERE version = '20261127010000';

DROP FUNCTION sluice.keep_fleet(text[]);
DROP FUNCTION sluice.keep_quota();
DROP FUNCTION sluice.take_quota(uuid, text, double precision, bigint, bigint, boolean, integer);
DROP TABLE sluice.quota_limits;
DROP TABLE sluice.quota_blocks;
DROP TABLE sluice.quota_usage;
