-- Connected accounts: OAuth clients, grants and their sealed tokens, the
-- integrations that people see, and the schedule that workers claim from.

CREATE TABLE sluice.oauth_clients (
	id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
	provider text NOT NULL CHECK (octet_length(provider) <= 64 AND provider <> ''),
	client_id text NOT NULL CHECK (octet_length(client_id) <= 512 AND client_id <> ''),
	kind text NOT NULL,
	project text,
	redirect_uris text[] NOT NULL DEFAULT '{}',
	secret_ciphertext bytea NOT NULL CHECK (octet_length(secret_ciphertext) >= 17),
	secret_iv bytea NOT NULL CHECK (octet_length(secret_iv) = 12),
	secret_key_id text NOT NULL
		CHECK (octet_length(secret_key_id) <= 128 AND secret_key_id <> ''),
	active boolean NOT NULL DEFAULT true,
	created_at timestamptz NOT NULL DEFAULT now(),
	updated_at timestamptz NOT NULL DEFAULT now(),
	UNIQUE (provider, client_id),
	UNIQUE (secret_key_id, secret_iv)
);
COMMENT ON TABLE sluice.oauth_clients IS
	'OAuth clients of the installation. Belongs to no user, so no row security.';
COMMENT ON COLUMN sluice.oauth_clients.kind IS 'As the provider calls it: installed, web, ...';
COMMENT ON COLUMN sluice.oauth_clients.secret_ciphertext IS
	'AES-256-GCM with its tag, bound to this row; never clear text.';
CREATE UNIQUE INDEX oauth_clients_active_key ON sluice.oauth_clients (provider) WHERE active;
CALL sluice.protect_table('sluice.oauth_clients',
	gateway => 'select, insert, update, delete', rls => false);

CREATE TABLE sluice.grants (
	id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
	user_id uuid NOT NULL REFERENCES auth.users (id) ON DELETE CASCADE,
	oauth_client_id uuid NOT NULL REFERENCES sluice.oauth_clients (id) ON DELETE RESTRICT,
	provider text NOT NULL CHECK (octet_length(provider) <= 64 AND provider <> ''),
	purpose text NOT NULL CHECK (octet_length(purpose) <= 64 AND purpose <> ''),
	account_subject text NOT NULL
		CHECK (octet_length(account_subject) <= 512 AND account_subject <> ''),
	account_email text,
	account_name text,
	scopes text NOT NULL,
	status text NOT NULL DEFAULT 'active' CHECK (status IN ('active', 'needs_reauth', 'revoked')),
	access_expires_at timestamptz,
	refresh_expires_at timestamptz,
	refreshed_at timestamptz,
	reauth_at timestamptz,
	refresh_lease_until timestamptz,
	refresh_lease_owner text,
	version bigint NOT NULL DEFAULT 1,
	last_error text,
	created_at timestamptz NOT NULL DEFAULT now(),
	updated_at timestamptz NOT NULL DEFAULT now(),
	UNIQUE (user_id, purpose, account_subject),
	UNIQUE (id, user_id)
);
COMMENT ON TABLE sluice.grants IS 'Consents: one user, one OAuth client, one account. Integrations share them.';
COMMENT ON COLUMN sluice.grants.purpose IS 'What was connected: google_calendar, google, ...';
COMMENT ON COLUMN sluice.grants.account_subject IS 'The provider''s stable id of the account.';
COMMENT ON COLUMN sluice.grants.scopes IS 'As granted, separated by spaces.';
COMMENT ON COLUMN sluice.grants.refresh_lease_until IS 'Until then one process alone refreshes the token.';
COMMENT ON COLUMN sluice.grants.version IS 'Grows with each refresh; a stale writer notices.';
CREATE INDEX grants_oauth_client_idx ON sluice.grants (oauth_client_id);
CALL sluice.protect_table('sluice.grants', gateway => 'select, insert, update, delete');

CREATE TABLE sluice.user_secrets (
	id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
	user_id uuid NOT NULL,
	grant_id uuid NOT NULL,
	purpose text NOT NULL CHECK (purpose IN ('refresh_token', 'access_token')),
	ciphertext bytea NOT NULL CHECK (octet_length(ciphertext) >= 17),
	iv bytea NOT NULL CHECK (octet_length(iv) = 12),
	key_id text NOT NULL CHECK (octet_length(key_id) <= 128 AND key_id <> ''),
	created_at timestamptz NOT NULL DEFAULT now(),
	updated_at timestamptz NOT NULL DEFAULT now(),
	UNIQUE (grant_id, purpose),
	UNIQUE (key_id, iv),
	FOREIGN KEY (user_id, grant_id) REFERENCES sluice.grants (user_id, id) ON DELETE CASCADE
);
COMMENT ON TABLE sluice.user_secrets IS 'Tokens of a grant, sealed; the checks refuse values that are not.';
COMMENT ON COLUMN sluice.user_secrets.ciphertext IS
	'AES-256-GCM with its tag of 16 bytes, bound to this row.';
COMMENT ON COLUMN sluice.user_secrets.iv IS 'Never used twice under one key.';
CREATE INDEX user_secrets_grant_idx ON sluice.user_secrets (user_id, grant_id);
CALL sluice.protect_table('sluice.user_secrets', gateway => 'select, insert, update, delete');

CREATE TABLE sluice.secret_audit_logs (
	id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
	user_id uuid,
	grant_id uuid,
	event text NOT NULL,
	actor text,
	detail text,
	created_at timestamptz NOT NULL DEFAULT now(),
	updated_at timestamptz NOT NULL DEFAULT now()
);
COMMENT ON TABLE sluice.secret_audit_logs IS
	'What happened to secrets. Appended only; outlives users and grants, hence no foreign keys.';
COMMENT ON COLUMN sluice.secret_audit_logs.user_id IS
	'NULL for events of the installation, which the gateway writes without an identity.';
CREATE INDEX secret_audit_logs_user_idx ON sluice.secret_audit_logs (user_id, id);
CALL sluice.protect_table('sluice.secret_audit_logs', gateway => 'select, insert',
	mine => 'user_id IS NOT DISTINCT FROM (SELECT auth.uid())');

CREATE TABLE sluice.revocations (
	id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
	user_id uuid NOT NULL,
	grant_id uuid NOT NULL,
	secret_id uuid NOT NULL,
	oauth_client_id uuid REFERENCES sluice.oauth_clients (id) ON DELETE SET NULL,
	provider text NOT NULL CHECK (octet_length(provider) <= 64 AND provider <> ''),
	purpose text NOT NULL CHECK (purpose IN ('refresh_token', 'access_token')),
	ciphertext bytea NOT NULL CHECK (octet_length(ciphertext) >= 17),
	iv bytea NOT NULL CHECK (octet_length(iv) = 12),
	key_id text NOT NULL CHECK (octet_length(key_id) <= 128 AND key_id <> ''),
	attempts integer NOT NULL DEFAULT 0,
	next_try_at timestamptz NOT NULL DEFAULT now(),
	last_error text,
	created_at timestamptz NOT NULL DEFAULT now(),
	updated_at timestamptz NOT NULL DEFAULT now(),
	UNIQUE (secret_id)
);
COMMENT ON TABLE sluice.revocations IS
	'Sealed tokens still to be revoked at the provider after their user is gone; deleted when done.';
COMMENT ON COLUMN sluice.revocations.user_id IS
	'The former user: the gateway works on the row under this identity. No foreign key.';
COMMENT ON COLUMN sluice.revocations.secret_id IS
	'The row of user_secrets that the ciphertext is bound to, with grant_id and user_id.';
CREATE INDEX revocations_oauth_client_idx ON sluice.revocations (oauth_client_id);
CREATE INDEX revocations_user_idx ON sluice.revocations (user_id, next_try_at);
CALL sluice.protect_table('sluice.revocations',
	gateway => 'select, insert, update, delete',
	operator => 'select (id, user_id, provider, attempts, next_try_at, last_error,
		created_at, updated_at)');

CREATE FUNCTION sluice.grant_gone() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' AS $fn$
BEGIN
	IF NOT EXISTS (SELECT FROM auth.users u WHERE u.id = OLD.user_id) THEN
		INSERT INTO sluice.revocations (user_id, grant_id, secret_id,
			oauth_client_id, provider, purpose, ciphertext, iv, key_id)
		SELECT s.user_id, s.grant_id, s.id, OLD.oauth_client_id, OLD.provider,
			s.purpose, s.ciphertext, s.iv, s.key_id
		FROM sluice.user_secrets s
		WHERE s.grant_id = OLD.id AND s.user_id = OLD.user_id
			AND s.purpose = 'refresh_token'
		ON CONFLICT DO NOTHING;
	END IF;
	RETURN OLD;
END
$fn$;
COMMENT ON FUNCTION sluice.grant_gone() IS
	'Trigger: a grant that goes with its user leaves its sealed refresh token for revocation.';
CALL sluice.protect_function('sluice.grant_gone()');
CREATE TRIGGER grant_gone BEFORE DELETE ON sluice.grants
	FOR EACH ROW EXECUTE FUNCTION sluice.grant_gone();

CREATE TABLE public.user_integrations (
	id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
	user_id uuid NOT NULL REFERENCES auth.users (id) ON DELETE CASCADE,
	provider text NOT NULL CHECK (octet_length(provider) <= 64 AND provider <> ''),
	account text NOT NULL,
	account_subject text NOT NULL
		CHECK (octet_length(account_subject) <= 512 AND account_subject <> ''),
	grant_id uuid,
	status text NOT NULL DEFAULT 'connected' CHECK (status IN
		('connected', 'needs_reauth', 'paused', 'disconnected', 'error', 'archive')),
	status_reason text,
	settings jsonb NOT NULL DEFAULT '{}' CHECK (
		jsonb_typeof(settings) = 'object' AND octet_length(settings::text) <= 16384),
	sync_interval_s integer NOT NULL DEFAULT 300
		CHECK (sync_interval_s BETWEEN 60 AND 2592000),
	last_error_class text,
	last_error_scope text,
	last_error_text text,
	last_error_at timestamptz,
	connected_at timestamptz,
	created_at timestamptz NOT NULL DEFAULT now(),
	updated_at timestamptz NOT NULL DEFAULT now(),
	UNIQUE (user_id, provider, account_subject),
	UNIQUE (id, user_id),
	FOREIGN KEY (user_id, grant_id) REFERENCES sluice.grants (user_id, id)
		ON DELETE SET NULL (grant_id)
);
COMMENT ON TABLE public.user_integrations IS
	'Connected accounts. Users change settings and interval, the gateway everything else.';
COMMENT ON COLUMN public.user_integrations.provider IS 'Name of the connector: google_calendar, ...';
COMMENT ON COLUMN public.user_integrations.account IS 'The address shown to people.';
COMMENT ON COLUMN public.user_integrations.account_subject IS 'The provider''s stable id of the account.';
COMMENT ON COLUMN public.user_integrations.settings IS 'Options of the connector, at most 16 kB.';
COMMENT ON COLUMN public.user_integrations.sync_interval_s IS 'Seconds between runs, a minute to 30 days.';
CREATE INDEX user_integrations_grant_idx ON public.user_integrations (user_id, grant_id);
CALL sluice.protect_table('public.user_integrations',
	people => 'select, update (settings, sync_interval_s)',
	server => 'select',
	gateway => 'select, insert, update, delete',
	operator => 'select');

CREATE TABLE sluice.schedule (
	integration_id uuid PRIMARY KEY,
	user_id uuid NOT NULL,
	provider text NOT NULL CHECK (octet_length(provider) <= 64),
	enabled boolean NOT NULL DEFAULT true,
	next_run_at timestamptz NOT NULL DEFAULT now(),
	not_before timestamptz,
	lease_until timestamptz,
	lease_owner jsonb,
	fence bigint NOT NULL DEFAULT 0,
	run_id uuid,
	run_trigger text,
	run_started_at timestamptz,
	resync_requested_at timestamptz,
	accept_deletions boolean NOT NULL DEFAULT false,
	failures integer NOT NULL DEFAULT 0,
	solo boolean NOT NULL DEFAULT false,
	charges integer NOT NULL DEFAULT 0,
	parked_at timestamptz,
	bucket_units double precision,
	bucket_at timestamptz,
	created_at timestamptz NOT NULL DEFAULT now(),
	updated_at timestamptz NOT NULL DEFAULT now(),
	FOREIGN KEY (user_id, integration_id)
		REFERENCES public.user_integrations (user_id, id) ON DELETE CASCADE
);
COMMENT ON TABLE sluice.schedule IS
	'When each integration runs and who holds it. Ids, times, lease, fence and buckets only: no '
	'row security, because a worker claims before it knows the user.';
COMMENT ON COLUMN sluice.schedule.provider IS 'Name of the connector.';
COMMENT ON COLUMN sluice.schedule.enabled IS 'Follows the status of the integration.';
COMMENT ON COLUMN sluice.schedule.not_before IS 'A deadline that the provider set.';
COMMENT ON COLUMN sluice.schedule.lease_owner IS 'Object with host, boot_id, pid, started.';
COMMENT ON COLUMN sluice.schedule.fence IS 'Grows with each claim; every commit of a run checks it.';
COMMENT ON COLUMN sluice.schedule.solo IS 'A run lapsed: it runs alone next time.';
COMMENT ON COLUMN sluice.schedule.charges IS 'Runs that lapsed alone; three park it.';
CREATE INDEX schedule_integration_idx ON sluice.schedule (user_id, integration_id);
CREATE INDEX schedule_due_idx ON sluice.schedule (next_run_at)
	WHERE enabled AND parked_at IS NULL;
CREATE INDEX schedule_lease_idx ON sluice.schedule (lease_until)
	WHERE lease_until IS NOT NULL;
CALL sluice.protect_table('sluice.schedule',
	gateway => 'select, insert, update, delete', operator => 'select', rls => false);

CREATE FUNCTION sluice.integration_scheduled() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' AS $fn$
DECLARE
	runs boolean := NEW.status IN ('connected', 'error');
BEGIN
	IF TG_OP = 'INSERT' THEN
		INSERT INTO sluice.schedule (integration_id, user_id, provider, enabled, next_run_at)
		VALUES (NEW.id, NEW.user_id, NEW.provider, runs, sluice.clock())
		ON CONFLICT DO NOTHING;
		RETURN NULL;
	END IF;
	-- A run comes forward, never back: at once when it may run again, after
	-- the new interval when that is shorter than what is left.
	UPDATE sluice.schedule s
	SET enabled = runs,
		next_run_at = CASE
			WHEN runs AND NOT s.enabled THEN least(s.next_run_at, sluice.clock())
			WHEN NEW.sync_interval_s < OLD.sync_interval_s THEN least(s.next_run_at,
				sluice.clock() + make_interval(secs => NEW.sync_interval_s))
			ELSE s.next_run_at
		END
	WHERE s.integration_id = NEW.id
		AND (s.enabled <> runs OR NEW.sync_interval_s < OLD.sync_interval_s);
	RETURN NULL;
END
$fn$;
COMMENT ON FUNCTION sluice.integration_scheduled() IS
	'Trigger: gives an integration its schedule row and keeps it in step with status and interval.';
CALL sluice.protect_function('sluice.integration_scheduled()');
CREATE TRIGGER integration_scheduled
	AFTER INSERT OR UPDATE OF status, sync_interval_s ON public.user_integrations
	FOR EACH ROW EXECUTE FUNCTION sluice.integration_scheduled();

INSERT INTO sluice.sys_table_migrations (version, name)
VALUES ('20261120100200', 'integrations') ON CONFLICT DO NOTHING;
