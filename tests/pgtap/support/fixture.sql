-- Two users with rows in every table that belongs to users, made by the owner.
-- 020_isolation.sql turns red when a table has no row of both here.
INSERT INTO auth.users (id, email, created_at, updated_at) VALUES
	(tap.a(), 'a@example.com', now(), now()),
	(tap.b(), 'b@example.com', now(), now());

INSERT INTO sluice.oauth_clients (id, provider, client_id, kind,
	secret_ciphertext, secret_iv, secret_key_id)
VALUES ('0c000000-0000-4000-8000-000000000000', 'google', 'client', 'installed',
	decode(repeat('ab', 40), 'hex'), decode(repeat('00', 12), 'hex'), 'k1');

CREATE FUNCTION tap.fixture_user(u uuid, n integer) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
	contact uuid; grant_ uuid; integration uuid; artifact uuid; master uuid; stream uuid;
BEGIN
	INSERT INTO public.contacts (user_id, display_name)
		VALUES (u, 'Contact') RETURNING id INTO contact;
	INSERT INTO public.contact_emails (user_id, contact_id, address, address_norm)
		VALUES (u, contact, 'X@example.com', 'x@example.com');
	INSERT INTO public.contact_handles (user_id, contact_id, kind, value, value_norm)
		VALUES (u, contact, 'urn', 'urn:x', 'urn:x');
	INSERT INTO sluice.suppressions (user_id, kind, identity_hash)
		VALUES (u, 'email', sluice.suppression_hash(u, 'email', 'gone@example.com'));
	INSERT INTO sluice.grants (user_id, oauth_client_id, provider, purpose,
			account_subject, scopes)
		VALUES (u, '0c000000-0000-4000-8000-000000000000', 'google', 'google_calendar',
			'sub', 'scope') RETURNING id INTO grant_;
	INSERT INTO sluice.user_secrets (user_id, grant_id, purpose, ciphertext, iv, key_id)
		VALUES (u, grant_, 'refresh_token', decode(repeat('cd', 32), 'hex'),
			decode(lpad(to_hex(n), 24, '0'), 'hex'), 'k1');
	INSERT INTO sluice.secret_audit_logs (user_id, grant_id, event)
		VALUES (u, grant_, 'sealed');
	INSERT INTO sluice.revocations (user_id, grant_id, secret_id, provider, purpose,
			ciphertext, iv, key_id)
		VALUES (u, grant_, gen_random_uuid(), 'google', 'refresh_token',
			decode(repeat('cd', 32), 'hex'), decode(lpad(to_hex(n), 24, '1'), 'hex'), 'k1');
	INSERT INTO public.user_integrations (user_id, provider, account, account_subject, grant_id)
		VALUES (u, 'google_calendar', 'x@example.com', 'sub', grant_)
		RETURNING id INTO integration;
	INSERT INTO public.artifacts (user_id, integration_id, stream_key, source_id, type,
			occurred_at, title, content_hash)
		VALUES (u, integration, 'cal', 'ev', 'calendar_event', now() - interval '1 day',
			'Event', sha256('x')) RETURNING id INTO artifact;
	INSERT INTO public.artifact_participants (artifact_id, user_id, position, kind, value,
			value_norm, role)
		VALUES (artifact, u, 0, 'email', 'X@example.com', 'x@example.com', 'attendee');
	INSERT INTO public.artifacts (user_id, integration_id, stream_key, source_id, type,
			occurred_at, ends_at, title, content_hash)
		VALUES (u, integration, 'cal', 'weekly', 'calendar_event', now() - interval '30 days',
			now() - interval '30 days' + interval '1 hour', 'Weekly', sha256('x'))
		RETURNING id INTO master;
	INSERT INTO public.calendar_series (artifact_id, user_id, integration_id, stream_key,
			recurrence, basis, expansion, occurrences, expanded_to)
		VALUES (master, u, integration, 'cal', '{RRULE:FREQ=WEEKLY}', '', 'local', 1,
			now() + interval '1 year');
	INSERT INTO public.calendar_occurrences (user_id, artifact_id, starts_at, ends_at)
		VALUES (u, master, now() - interval '30 days', now() - interval '30 days');
	INSERT INTO public.artifact_aliases (user_id, artifact_id, alias_kind, alias)
		VALUES (u, artifact, 'x', 'alias');
	INSERT INTO public.loops (user_id, contact_id, kind, title, artifact_id)
		VALUES (u, contact, 'ask', 'Intro', artifact);
	INSERT INTO public.suggestions (user_id, contact_id, kind, proposal, artifact_id)
		VALUES (u, contact, 'title', '{}', artifact);
	INSERT INTO public.sync_state (user_id, integration_id, kind, key, shown)
		VALUES (u, integration, 'events', 'cal', '{"title":"Cal","primary":true}')
		RETURNING id INTO stream;
	INSERT INTO public.sync_logs (id, user_id, integration_id, provider, account, trigger,
			mode, status, started_at)
		VALUES (gen_random_uuid(), u, integration, 'google_calendar', 'x@example.com',
			'manual', 'full', 'ok', now());
	INSERT INTO public.sync_items (user_id, integration_id, stream_kind, stream_key,
			source_id, state, reason, raw)
		VALUES (u, integration, 'events', 'cal', 'bad', 'quarantined', 'malformed', 'raw');
	INSERT INTO sluice.seen (user_id, stream_id, generation, source_id)
		VALUES (u, stream, 1, 'ev');
	INSERT INTO sluice.audit_items (user_id, stream_id, source_id)
		VALUES (u, stream, 'ev');
	INSERT INTO sluice.people_judged (user_id, integration_id, basis)
		VALUES (u, integration, 'basis');
	INSERT INTO sluice.overtaken (user_id, stream_id, source_id)
		VALUES (u, stream, 'ev');
	INSERT INTO sluice.handle_links (user_id, handle, profile)
		VALUES (u, 'urn:x', 'example.com/x');
	INSERT INTO sluice.erasures (user_id, integration_id, provider, finished_at)
		VALUES (u, integration, 'google_calendar', now());
END
$$;
SELECT tap.fixture_user(tap.a(), 1), tap.fixture_user(tap.b(), 2) \gset ignored_

-- A mailbox beside it, for those who want one.
CREATE FUNCTION tap.fixture_mailbox(u uuid) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
	integration uuid;
BEGIN
	INSERT INTO public.user_integrations (user_id, provider, account, account_subject)
		VALUES (u, 'gmail', 'x@example.com', 'sub') RETURNING id INTO integration;
	INSERT INTO public.sync_state (user_id, integration_id, kind)
		VALUES (u, integration, 'changes'), (u, integration, 'backfill');
	INSERT INTO public.sync_logs (id, user_id, integration_id, provider, account, trigger,
			mode, status, started_at)
		VALUES (gen_random_uuid(), u, integration, 'gmail', 'x@example.com',
			'manual', 'full', 'ok', now());
END
$$;

-- A member of LinkedIn beside it, the same.
CREATE FUNCTION tap.fixture_member(u uuid) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
	integration uuid;
BEGIN
	INSERT INTO public.user_integrations (user_id, provider, account, account_subject)
		VALUES (u, 'linkedin', 'x@example.com', 'sub') RETURNING id INTO integration;
	INSERT INTO public.sync_state (user_id, integration_id, kind)
		VALUES (u, integration, 'changelog');
	INSERT INTO public.sync_logs (id, user_id, integration_id, provider, account, trigger,
			mode, status, started_at)
		VALUES (gen_random_uuid(), u, integration, 'linkedin', 'x@example.com',
			'manual', 'full', 'ok', now());
END
$$;
