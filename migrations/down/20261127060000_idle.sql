DELETE FROM sluice.sys_table_migrations WHERE version = '20261127060000';

DROP FUNCTION sluice.is_idle(text[], text, text, bigint);
