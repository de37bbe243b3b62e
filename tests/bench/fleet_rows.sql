-- A fleet for the claims of fleet.sh: rows alone, no triggers. Of ten accounts three
-- are leased, one has a walk that is due; of hundred one is new. Half of the
-- others are due. :accounts, two a user; ten artifacts each.
SET session_replication_role = replica;
SET synchronous_commit = off;

INSERT INTO auth.users (id, email)
SELECT md5('u' || n)::uuid, 'u' || n || '@example.com' FROM generate_series(1, :accounts / 2) n;
INSERT INTO public.user_integrations (id, user_id, provider, account, account_subject, status)
SELECT md5('i' || n)::uuid, md5('u' || (n + 1) / 2)::uuid,
	(ARRAY['google_calendar', 'gmail'])[1 + n % 2], 'u' || (n + 1) / 2 || '@example.com', 's' || n,
	'connected'
FROM generate_series(1, :accounts) n;
INSERT INTO sluice.schedule (integration_id, user_id, provider, next_run_at, backfill_at,
	lease_until, lease_owner, run_id, run_lane, run_begun, run_started_at)
SELECT i.id, i.user_id, i.provider,
	CASE WHEN n % 100 = 7 THEN '-infinity' ELSE now() + (random() - 0.5) * interval '600 s' END,
	CASE WHEN n % 10 = 3 THEN now() - random() * interval '600 s' END,
	CASE WHEN l.leased THEN now() + interval '1 hour' END,
	CASE WHEN l.leased THEN '{"host":"h","boot_id":"b","pid":1,"started":1}'::jsonb END,
	CASE WHEN l.leased THEN md5('r' || n)::uuid END, CASE WHEN l.leased THEN 'changes' END,
	l.leased, CASE WHEN l.leased THEN now() END
FROM generate_series(1, :accounts) n
CROSS JOIN LATERAL (SELECT n % 10 IN (0, 4, 8)) l (leased)
JOIN public.user_integrations i ON i.id = md5('i' || n)::uuid
ORDER BY i.id;
INSERT INTO public.artifacts (id, user_id, integration_id, stream_key, source_id, type, occurred_at,
	title, content_hash)
SELECT md5('a' || k || i.id)::uuid, i.user_id, i.id, 'c1', 'e' || k, 'calendar_event', now(), 'title',
	decode(repeat(md5('h' || k || i.id), 2), 'hex')
FROM public.user_integrations i, generate_series(1, 10) k;
