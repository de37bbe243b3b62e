DELETE FROM sluice.sys_table_migrations WHERE version = '20261120100400';

DROP TABLE sluice.seen;
DROP TABLE public.sync_items;
DROP TABLE public.sync_logs;
DROP TABLE public.sync_state;
