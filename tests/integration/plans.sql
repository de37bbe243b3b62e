-- A database as a fleet leaves it, for the planner's eyes: test_plans.sh.
-- One row of a hundred is there; the files are made a hundred times as long.
SET session_replication_role = replica; -- no triggers: rows alone
SET synchronous_commit = off;
SET search_path = public;

INSERT INTO auth.users (id, email)
SELECT md5('u' || n)::uuid, 'u' || n || '@example.com' FROM generate_series(1, 1000) n;
INSERT INTO sluice.oauth_clients (id, provider, client_id, kind, secret_ciphertext, secret_iv,
	secret_key_id)
SELECT md5('o')::uuid, 'google', 'client', 'installed', decode(repeat('00', 32), 'hex'),
	decode(repeat('00', 12), 'hex'), 'k1';
INSERT INTO sluice.grants (id, user_id, oauth_client_id, provider, purpose, account_subject, scopes)
SELECT md5('g' || n)::uuid, md5('u' || n)::uuid, md5('o')::uuid, 'google', 'google_calendar',
	's' || n, 'calendar'
FROM generate_series(1, 1000) n;
INSERT INTO sluice.user_secrets (user_id, grant_id, purpose, ciphertext, iv, key_id)
SELECT md5('u' || n)::uuid, md5('g' || n)::uuid, p, decode(repeat('00', 64), 'hex'),
	substring(decode(md5(p || n), 'hex') FOR 12), 'k1'
FROM generate_series(1, 1000) n, unnest(ARRAY['access_token', 'refresh_token']) p;
INSERT INTO user_integrations (id, user_id, provider, account, account_subject, grant_id, status)
SELECT md5('i' || n)::uuid, md5('u' || n)::uuid, 'google_calendar', 'u' || n || '@example.com',
	's' || n, md5('g' || n)::uuid, CASE WHEN n % 50 = 0 THEN 'needs_reauth' ELSE 'connected' END
FROM generate_series(1, 1000) n;
INSERT INTO sluice.schedule (integration_id, user_id, provider, next_run_at, lease_until, run_id,
	lease_owner)
SELECT md5('i' || n)::uuid, md5('u' || n)::uuid, 'google_calendar',
	now() + (n % 300) * interval '1 s', CASE WHEN n % 3 = 0 THEN now() + interval '1 min' END,
	CASE WHEN n % 3 = 0 THEN md5('r' || n)::uuid END, CASE WHEN n % 3 = 0 THEN '{"host":"h"}'::jsonb END
FROM generate_series(1, 1000) n;
INSERT INTO sync_state (id, user_id, integration_id, kind, key, state, cursor, checked_at,
	people_at, walk_started_at)
SELECT md5('s' || k || n)::uuid, md5('u' || n)::uuid, md5('i' || n)::uuid,
	CASE k WHEN 0 THEN 'calendars' ELSE 'events' END, CASE k WHEN 0 THEN '' ELSE 'c' || k END, 'live',
	'{"v":1}', now(), now(), now()
FROM generate_series(1, 1000) n, generate_series(0, 2) k;
INSERT INTO sync_logs (id, user_id, integration_id, provider, account, trigger, mode, status,
	started_at, finished_at)
SELECT md5('l' || k || n)::uuid, md5('u' || n)::uuid, md5('i' || n)::uuid, 'google_calendar',
	'u' || n || '@example.com', 'schedule', 'incremental', 'ok', now() - k * interval '1 h', now()
FROM generate_series(1, 1000) n, generate_series(1, 10) k;
INSERT INTO sync_items (user_id, integration_id, stream_kind, stream_key, source_id, state, reason,
	class, next_try_at)
SELECT md5('u' || n)::uuid, md5('i' || n)::uuid, 'events', 'c1', 'x' || k,
	CASE WHEN k = 1 THEN 'quarantined' ELSE 'filtered' END, 'reason',
	CASE WHEN k = 1 THEN 'transient' END, CASE WHEN k = 1 THEN now() + interval '1 day' END
FROM generate_series(1, 1000) n, generate_series(1, 5) k;
INSERT INTO artifacts (id, user_id, integration_id, stream_key, source_id, type, occurred_at,
	title, content_hash, external_uid, thread_id, deleted_at)
SELECT md5('a' || k || n)::uuid, md5('u' || n)::uuid, md5('i' || n)::uuid, 'c' || (1 + k % 2),
	'e' || k, 'calendar_event', now() + (k - 5) * interval '3 days' + n * interval '1 min', 'title',
	decode(md5('h' || k || n) || md5('h' || k || n), 'hex'), 'uid' || k || n, 't' || n,
	CASE WHEN k = 10 THEN now() END
FROM generate_series(1, 1000) n, generate_series(1, 10) k;
INSERT INTO artifact_participants (artifact_id, user_id, position, kind, value, value_norm, role)
SELECT md5('a' || k || n)::uuid, md5('u' || n)::uuid, p, 'email', 'p' || p || k || n || '@example.org',
	'p' || p || k || n || '@example.org', CASE p WHEN 0 THEN 'organizer' ELSE 'attendee' END
FROM generate_series(1, 1000) n, generate_series(1, 10) k, generate_series(0, 1) p;
INSERT INTO artifact_aliases (user_id, artifact_id, alias_kind, alias)
SELECT md5('u' || n)::uuid, md5('a' || k || n)::uuid, 'urn', 'urn' || k
FROM generate_series(1, 1000) n, generate_series(1, 10) k;
INSERT INTO contacts (id, user_id, display_name, is_self_contact)
SELECT md5('c' || k || n)::uuid, md5('u' || n)::uuid, 'Name', k = 1
FROM generate_series(1, 1000) n, generate_series(1, 5) k;
INSERT INTO contact_emails (user_id, contact_id, address, address_norm)
SELECT md5('u' || n)::uuid, md5('c' || k || n)::uuid, 'p' || k || n || '@example.org',
	'p' || k || n || '@example.org'
FROM generate_series(1, 1000) n, generate_series(1, 5) k;
INSERT INTO contact_handles (user_id, contact_id, kind, value, value_norm)
SELECT md5('u' || n)::uuid, md5('c' || k || n)::uuid, 'linkedin', 'in/p' || k || n, 'in/p' || k || n
FROM generate_series(1, 1000) n, generate_series(1, 5) k;
INSERT INTO calendar_series (artifact_id, user_id, integration_id, stream_key, recurrence, basis)
SELECT md5('a' || k || n)::uuid, md5('u' || n)::uuid, md5('i' || n)::uuid, 'c' || (1 + k % 2),
	'{RRULE:FREQ=WEEKLY}', decode(md5('b'), 'hex')
FROM generate_series(1, 1000) n, generate_series(1, 2) k;
INSERT INTO calendar_occurrences (user_id, artifact_id, starts_at, ends_at)
SELECT md5('u' || n)::uuid, md5('a' || k || n)::uuid, now() + o * interval '1 week',
	now() + o * interval '1 week'
FROM generate_series(1, 1000) n, generate_series(1, 2) k, generate_series(1, 10) o;
INSERT INTO sluice.seen (user_id, stream_id, generation, source_id)
SELECT md5('u' || n)::uuid, md5('s1' || n)::uuid, 1, 'e' || k
FROM generate_series(1, 1000) n, generate_series(1, 5) k;
INSERT INTO sluice.suppressions (user_id, kind, identity_hash)
SELECT md5('u' || n)::uuid, 'email', decode(md5('x' || n) || md5('x' || n), 'hex')
FROM generate_series(1, 1000) n;
INSERT INTO sluice.secret_audit_logs (user_id, grant_id, event, actor)
SELECT md5('u' || n)::uuid, md5('g' || n)::uuid, 'stored', 'gateway'
FROM generate_series(1, 1000) n, generate_series(1, 3);
INSERT INTO sluice.people_judged (user_id, integration_id, basis)
SELECT md5('u' || n)::uuid, md5('i' || n)::uuid, md5('b' || n) FROM generate_series(1, 1000) n;
