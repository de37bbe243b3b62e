-- House rules for every table, view, function and role of sluice.
BEGIN;
\ir support/helpers.sql
\ir support/catalogue.sql
SELECT * FROM no_plan();

SELECT is_empty('SELECT * FROM tap.house_faults()', 'the catalogue keeps the house rules');
SELECT cmp_ok((SELECT count(*) FROM tap.house WHERE relkind = 'r'), '>=', 22::bigint,
	'the rules looked at the tables');
SELECT cmp_ok((SELECT count(*) FROM tap.house_functions), '>=', 16::bigint,
	'the rules looked at the functions');

-- Each rule must be able to speak: objects that break them all.
CREATE TYPE public.bad_mood AS ENUM ('sour');
CREATE TABLE public.bad_parent (id uuid PRIMARY KEY, user_id uuid NOT NULL);
CREATE TABLE public.bad (
	user_id uuid,
	parent_id uuid REFERENCES public.bad_parent (id),
	label text,
	created_at timestamp
);
CREATE INDEX ON public.bad (label);
GRANT SELECT ON public.bad TO PUBLIC;
GRANT TRUNCATE ON public.bad TO authenticated;
CREATE POLICY bad_all ON public.bad USING (true);
CREATE POLICY bad_one ON public.bad FOR SELECT TO authenticated USING (true);
CREATE POLICY bad_two ON public.bad FOR SELECT TO authenticated USING (false);
CREATE POLICY bad_dead ON public.bad FOR DELETE TO sluice_gateway USING (true);
CREATE TABLE public.bad_grant (id uuid PRIMARY KEY);
ALTER TABLE public.bad_grant ENABLE ROW LEVEL SECURITY;
GRANT INSERT ON public.bad_grant TO sluice_gateway;
CREATE TABLE sluice.bad_silent (id uuid PRIMARY KEY);
CREATE TABLE sluice.quota_bad (id uuid PRIMARY KEY);
ALTER TABLE sluice.quota_bad ENABLE ROW LEVEL SECURITY;
CREATE VIEW public.bad_view AS SELECT * FROM public.bad;
CREATE MATERIALIZED VIEW public.bad_mat AS SELECT 1 AS one;
CREATE FUNCTION public.bad_f() RETURNS integer LANGUAGE sql SECURITY DEFINER AS 'SELECT 1';
GRANT USAGE ON SCHEMA sluice TO anon;

SELECT ok(EXISTS (SELECT FROM tap.house_faults() f WHERE f.rule = w.rule AND f.object = w.object),
	'a fault is found: ' || w.rule)
FROM (VALUES
	('row security is not enabled and forced', 'public.bad'),
	('exempt from row security, but has it', 'sluice.quota_bad'),
	('a policy is for PUBLIC', 'public.bad bad_all'),
	('a policy is not one per action and role', 'public.bad authenticated'),
	('a policy covers ALL actions', 'public.bad bad_all'),
	('the owner has no policy for every action', 'public.bad'),
	('a grant has no policy', 'public.bad_grant sluice_gateway INSERT'),
	('a policy has no grant', 'public.bad bad_dead'),
	('grants are not stated', 'sluice.bad_silent'),
	('PUBLIC, anon or a stranger has a grant', 'public.bad PUBLIC'),
	('somebody may TRUNCATE, REFERENCE or add triggers', 'public.bad authenticated'),
	('no comment', 'public.bad'),
	('a function has no comment', 'public.bad_f()'),
	('created_at or updated_at is not timestamptz not null default now()', 'public.bad created_at'),
	('created_at or updated_at is not timestamptz not null default now()', 'public.bad updated_at'),
	('updated_at has no trigger', 'public.bad'),
	('no primary key', 'public.bad'),
	('a user_id has statistics', 'public.bad'),
	('an indexed text is not bounded', 'public.bad.label'),
	('a foreign key has no index in its column order', 'public.bad bad_parent_id_fkey'),
	('a foreign key between tables of users leaves user_id out', 'public.bad bad_parent_id_fkey'),
	('a table of users has user_id without a foreign key', 'public.bad'),
	('a foreign key does not say what deleting does', 'public.bad bad_parent_id_fkey'),
	('a function does not fix search_path', 'public.bad_f()'),
	('a definer function is in public', 'public.bad_f()'),
	('a function is executable by PUBLIC or anon', 'public.bad_f()'),
	('a view runs as its owner', 'public.bad_view'),
	('a materialized view', 'public.bad_mat'),
	('an enum type', 'public.bad_mood'),
	('somebody may use schema sluice', 'sluice anon')
) AS w (rule, object);

SELECT * FROM finish();
ROLLBACK;
