DELETE FROM sluice.sys_table_migrations WHERE version = '20261125120000';

DROP TABLE sluice.audit_items;
