-- People: contacts and their identities, and the memory of identities that a
-- user does not want back.

CREATE TABLE public.contacts (
	id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
	user_id uuid NOT NULL REFERENCES auth.users (id) ON DELETE CASCADE,
	display_name text,
	given_name text,
	family_name text,
	company text,
	title text,
	professional_context jsonb NOT NULL DEFAULT '{}',
	personal_context jsonb NOT NULL DEFAULT '{}',
	notes text,
	is_self_contact boolean NOT NULL DEFAULT false,
	source text NOT NULL DEFAULT 'manual',
	origin jsonb NOT NULL DEFAULT '{}',
	created_at timestamptz NOT NULL DEFAULT now(),
	updated_at timestamptz NOT NULL DEFAULT now(),
	UNIQUE (id, user_id)
);
COMMENT ON TABLE public.contacts IS 'People that a user knows.';
COMMENT ON COLUMN public.contacts.is_self_contact IS 'The user itself; at most one row a user.';
COMMENT ON COLUMN public.contacts.source IS 'Name of the connector that made it, or manual.';
COMMENT ON COLUMN public.contacts.origin IS 'Evidence for making it: rule, reason, artifact.';
CREATE INDEX contacts_user_idx ON public.contacts (user_id);
CREATE UNIQUE INDEX contacts_self_key ON public.contacts (user_id) WHERE is_self_contact;
CALL sluice.protect_table('public.contacts',
	people => 'select, delete,
		insert (id, user_id, display_name, given_name, family_name, company, title,
			professional_context, personal_context, notes),
		update (display_name, given_name, family_name, company, title,
			professional_context, personal_context, notes)',
	server => 'select, insert, update, delete',
	gateway => 'select, insert, update, delete');

-- Who the user is must not get lost: what is an own address rests on this row.
ALTER POLICY users_delete ON public.contacts
	USING (user_id = (SELECT auth.uid()) AND NOT is_self_contact);

CREATE TABLE public.contact_emails (
	id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
	user_id uuid NOT NULL REFERENCES auth.users (id) ON DELETE CASCADE,
	contact_id uuid NOT NULL,
	address text NOT NULL CHECK (octet_length(address) <= 1024),
	address_norm text NOT NULL
		CHECK (octet_length(address_norm) <= 320 AND address_norm <> ''),
	source text NOT NULL DEFAULT 'manual',
	first_seen_at timestamptz,
	last_seen_at timestamptz,
	created_at timestamptz NOT NULL DEFAULT now(),
	updated_at timestamptz NOT NULL DEFAULT now(),
	UNIQUE (user_id, address_norm),
	FOREIGN KEY (user_id, contact_id) REFERENCES public.contacts (user_id, id) ON DELETE CASCADE
);
COMMENT ON TABLE public.contact_emails IS 'E-mail addresses of contacts; one contact an address.';
COMMENT ON COLUMN public.contact_emails.address IS 'As written.';
COMMENT ON COLUMN public.contact_emails.address_norm IS
	'As compared; filled from address when a person leaves it out.';
COMMENT ON COLUMN public.contact_emails.source IS 'Name of the connector that found it, or manual.';
CREATE INDEX contact_emails_contact_idx ON public.contact_emails (user_id, contact_id);
CALL sluice.protect_table('public.contact_emails',
	people => 'select, delete,
		insert (id, user_id, contact_id, address),
		update (contact_id, address)',
	server => 'select, insert, update, delete',
	gateway => 'select, insert, update, delete');

CREATE TABLE public.contact_handles (
	id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
	user_id uuid NOT NULL REFERENCES auth.users (id) ON DELETE CASCADE,
	contact_id uuid NOT NULL,
	kind text NOT NULL CHECK (octet_length(kind) <= 64 AND kind <> ''),
	value text NOT NULL CHECK (octet_length(value) <= 2048),
	value_norm text NOT NULL
		CHECK (octet_length(value_norm) <= 512 AND value_norm <> ''),
	source text NOT NULL DEFAULT 'manual',
	first_seen_at timestamptz,
	last_seen_at timestamptz,
	created_at timestamptz NOT NULL DEFAULT now(),
	updated_at timestamptz NOT NULL DEFAULT now(),
	UNIQUE (user_id, kind, value_norm),
	FOREIGN KEY (user_id, contact_id) REFERENCES public.contacts (user_id, id) ON DELETE CASCADE
);
COMMENT ON TABLE public.contact_handles IS
	'Identities of contacts other than e-mail addresses: profile URLs, URNs.';
COMMENT ON COLUMN public.contact_handles.kind IS 'What the value is: profile_url, urn, ...';
COMMENT ON COLUMN public.contact_handles.value IS 'As written.';
COMMENT ON COLUMN public.contact_handles.value_norm IS
	'As compared; filled from value when a person leaves it out.';
COMMENT ON COLUMN public.contact_handles.source IS 'Name of the connector that found it, or manual.';
CREATE INDEX contact_handles_contact_idx ON public.contact_handles (user_id, contact_id);
CREATE INDEX contact_handles_value_idx ON public.contact_handles (user_id, value_norm);
CALL sluice.protect_table('public.contact_handles',
	people => 'select, delete,
		insert (id, user_id, contact_id, kind, value),
		update (contact_id, kind, value)',
	server => 'select, insert, update, delete',
	gateway => 'select, insert, update, delete');

-- Values of the installation that no role but the owner may read.
CREATE TABLE sluice.settings_private (
	name text PRIMARY KEY CHECK (octet_length(name) <= 64),
	value bytea NOT NULL,
	created_at timestamptz NOT NULL DEFAULT now(),
	updated_at timestamptz NOT NULL DEFAULT now()
);
COMMENT ON TABLE sluice.settings_private IS
	'Values of the installation that only definer functions read: suppression_salt.';
-- 244 random bits from core functions alone. Before the protection: it binds
-- an ordinary owner, and `sluice migrate` runs with row_security off.
INSERT INTO sluice.settings_private (name, value)
VALUES ('suppression_salt',
	sha256(uuid_send(gen_random_uuid()) || uuid_send(gen_random_uuid())));
CALL sluice.protect_table('sluice.settings_private');

CREATE TABLE sluice.suppressions (
	id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
	user_id uuid NOT NULL REFERENCES auth.users (id) ON DELETE CASCADE,
	kind text NOT NULL CHECK (kind IN ('email', 'handle')),
	identity_hash bytea NOT NULL CHECK (octet_length(identity_hash) = 32),
	created_at timestamptz NOT NULL DEFAULT now(),
	updated_at timestamptz NOT NULL DEFAULT now(),
	UNIQUE (user_id, identity_hash)
);
COMMENT ON TABLE sluice.suppressions IS
	'Salted hashes of identities that a person deleted: the gateway does not make them again.';
CALL sluice.protect_table('sluice.suppressions', gateway => 'select, insert');

CREATE FUNCTION sluice.suppression_hash(owner_id uuid, kind text, norm text) RETURNS bytea
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = '' SET row_security = on AS $fn$
	SELECT sha256(s.value || uuid_send(owner_id)
		|| convert_to(kind || ':' || norm, 'UTF8'))
	FROM sluice.settings_private s
	WHERE s.name = 'suppression_salt'
$fn$;
COMMENT ON FUNCTION sluice.suppression_hash(uuid, text, text) IS
	'What sluice.suppressions keeps of an identity: kind is email or handle, norm the value as '
	'compared.';
CALL sluice.protect_function('sluice.suppression_hash(uuid, text, text)', 'sluice_gateway');

-- One pair of trigger functions for both identity tables: TG_ARGV names the
-- kind and the column that is compared. All of it is about people: what the
-- gateway does, and the cascade of a deleted user, passes.
CREATE FUNCTION sluice.identity_fill() RETURNS trigger
LANGUAGE plpgsql SET search_path = '' AS $fn$
BEGIN
	IF TG_TABLE_NAME = 'contact_emails' THEN
		IF TG_OP = 'UPDATE' AND NEW.address IS DISTINCT FROM OLD.address
			AND NEW.address_norm IS NOT DISTINCT FROM OLD.address_norm THEN
			NEW.address_norm := NULL; -- it followed the old address
		END IF;
		NEW.address_norm := coalesce(nullif(NEW.address_norm, ''),
			lower(btrim(regexp_replace(btrim(NEW.address, ' <>'), '^mailto:', '', 'i'))));
	ELSE
		IF TG_OP = 'UPDATE' AND NEW.value IS DISTINCT FROM OLD.value
			AND NEW.value_norm IS NOT DISTINCT FROM OLD.value_norm THEN
			NEW.value_norm := NULL;
		END IF;
		NEW.value_norm := coalesce(nullif(NEW.value_norm, ''), lower(btrim(NEW.value)));
	END IF;
	RETURN NEW;
END
$fn$;
COMMENT ON FUNCTION sluice.identity_fill() IS
	'Trigger: an identity entered without its normalised form gets the plain one.';
CALL sluice.protect_function('sluice.identity_fill()');

CREATE FUNCTION sluice.identity_remember() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' AS $fn$
DECLARE
	old_norm text;
	new_norm text;
BEGIN
	IF sluice.acting_role() = 'sluice_gateway' THEN
		RETURN NULL;
	END IF;
	IF TG_OP <> 'INSERT' THEN
		old_norm := to_jsonb(OLD) ->> TG_ARGV[1];
	END IF;
	IF TG_OP <> 'DELETE' THEN
		new_norm := to_jsonb(NEW) ->> TG_ARGV[1];
	END IF;
	IF old_norm IS NOT DISTINCT FROM new_norm THEN
		RETURN NULL;
	END IF;
	IF old_norm IS NOT NULL AND EXISTS (SELECT FROM auth.users u WHERE u.id = OLD.user_id) THEN
		INSERT INTO sluice.suppressions (user_id, kind, identity_hash)
		VALUES (OLD.user_id, TG_ARGV[0],
			sluice.suppression_hash(OLD.user_id, TG_ARGV[0], old_norm))
		ON CONFLICT DO NOTHING;
	END IF;
	IF new_norm IS NOT NULL AND NEW.source = 'manual' THEN
		DELETE FROM sluice.suppressions s
		WHERE s.user_id = NEW.user_id
			AND s.identity_hash
				= sluice.suppression_hash(NEW.user_id, TG_ARGV[0], new_norm);
	END IF;
	RETURN NULL;
END
$fn$;
COMMENT ON FUNCTION sluice.identity_remember() IS
	'Trigger: an identity that a person deletes or replaces is suppressed, one that a person '
	'enters is free again.';
CALL sluice.protect_function('sluice.identity_remember()');

CREATE TRIGGER identity_fill BEFORE INSERT OR UPDATE ON public.contact_emails
	FOR EACH ROW EXECUTE FUNCTION sluice.identity_fill();
CREATE TRIGGER identity_remember AFTER INSERT OR UPDATE OR DELETE ON public.contact_emails
	FOR EACH ROW EXECUTE FUNCTION sluice.identity_remember('email', 'address_norm');
CREATE TRIGGER identity_fill BEFORE INSERT OR UPDATE ON public.contact_handles
	FOR EACH ROW EXECUTE FUNCTION sluice.identity_fill();
CREATE TRIGGER identity_remember AFTER INSERT OR UPDATE OR DELETE ON public.contact_handles
	FOR EACH ROW EXECUTE FUNCTION sluice.identity_remember('handle', 'value_norm');

INSERT INTO sluice.sys_table_migrations (version, name)
VALUES ('20261120100100', 'people') ON CONFLICT DO NOTHING;
