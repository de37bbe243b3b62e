-- Supabase's advisor has nothing to say, and would if there were something.
BEGIN;
\ir support/helpers.sql
\ir support/lints.sql
SELECT * FROM no_plan();

-- The event trigger's own function is the layout's, not ours.
SELECT is_empty($$ SELECT * FROM tap.lints() WHERE object !~ '^(public\.)?rls_auto_enable' $$,
	'no lint of the advisor fires');

CREATE TABLE public.bad_parent (id uuid PRIMARY KEY, email text);
CREATE TABLE public.bad (
	user_id uuid REFERENCES public.bad_parent (id),
	kind regproc,
	token text
);
CREATE INDEX bad_one_idx ON public.bad (token);
CREATE INDEX bad_two_idx ON public.bad (token);
-- Owner postgres holds no ENABLE that an event trigger would not have done.
ALTER TABLE public.bad DISABLE ROW LEVEL SECURITY;
GRANT SELECT ON public.bad TO anon;
CREATE POLICY bad_early ON public.bad USING (user_id = auth.uid());
CREATE TABLE public.bad_rls (id uuid PRIMARY KEY, user_id uuid);
ALTER TABLE public.bad_rls ENABLE ROW LEVEL SECURITY;
CREATE POLICY bad_slow ON public.bad_rls FOR SELECT TO authenticated USING (user_id = auth.uid());
CREATE POLICY bad_twice ON public.bad_rls FOR SELECT TO authenticated USING (true);
CREATE POLICY bad_open ON public.bad_rls FOR DELETE TO authenticated USING (true);
CREATE POLICY bad_meta ON public.bad_rls FOR INSERT TO authenticated
	WITH CHECK (((SELECT auth.jwt()) -> 'user_metadata' ->> 'x') = 'y');
CREATE TABLE public.bad_silent (id uuid PRIMARY KEY);
ALTER TABLE public.bad_silent ENABLE ROW LEVEL SECURITY;
CREATE VIEW public.bad_view AS SELECT id, email FROM auth.users;
GRANT SELECT ON public.bad_view TO authenticated;
CREATE MATERIALIZED VIEW public.bad_mat AS SELECT 1 AS one;
GRANT SELECT ON public.bad_mat TO authenticated;
CREATE FUNCTION public.bad_f() RETURNS integer LANGUAGE sql SECURITY DEFINER AS 'SELECT 1';

SELECT ok(EXISTS (SELECT FROM tap.lints() l
		WHERE l.lint LIKE w.lint || '%' AND l.object LIKE w.object || '%'),
	format('lint %s speaks: %s', w.lint, w.object))
FROM (VALUES
	('0001', 'public.bad bad_user_id_fkey'),
	('0002', 'public.bad_view'),
	('0003', 'public.bad_rls bad_slow'),
	('0004', 'public.bad'),
	('0006', 'public.bad_rls authenticated r'),
	('0007', 'public.bad'),
	('0008', 'public.bad_silent'),
	('0009', 'public.bad bad_one_idx bad_two_idx'),
	('0010', 'public.bad_view'),
	('0011', '%bad_f()'),
	('0013', 'public.bad'),
	('0015', 'public.bad_rls bad_meta'),
	('0016', 'public.bad_mat'),
	('0018', 'public.bad.kind'),
	('0023', 'public.bad.token'),
	('0024', 'public.bad_rls bad_open'),
	('0028', '%bad_f()')
) AS w (lint, object);

SELECT * FROM finish();
ROLLBACK;
