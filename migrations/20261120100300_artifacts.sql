-- What was synced: artifacts, who took part in them, further keys of them; and
-- what follows from them: open loops and suggestions.

CREATE TABLE public.artifact_processing_config (
	artifact_type text PRIMARY KEY
		CHECK (octet_length(artifact_type) <= 64 AND artifact_type <> ''),
	enabled boolean NOT NULL DEFAULT true,
	required_fields text[] NOT NULL DEFAULT '{}' CHECK (required_fields <@ ARRAY[
		'external_uid', 'thread_id', 'occurred_at', 'ends_at', 'start_date', 'end_date',
		'time_zone', 'title', 'content', 'labels', 'participant_count']),
	created_at timestamptz NOT NULL DEFAULT now(),
	updated_at timestamptz NOT NULL DEFAULT now()
);
COMMENT ON TABLE public.artifact_processing_config IS
	'Types of artifacts, installation-wide, and what of them is passed on for parsing.';
COMMENT ON COLUMN public.artifact_processing_config.enabled IS 'Whether new artifacts start as pending.';
COMMENT ON COLUMN public.artifact_processing_config.required_fields IS
	'Columns of artifacts that must hold something, or the artifact is skipped.';
CALL sluice.protect_table('public.artifact_processing_config',
	people => 'select', server => 'select', gateway => 'select', mine => 'true');

CREATE TABLE public.artifacts (
	id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
	user_id uuid NOT NULL,
	integration_id uuid NOT NULL,
	stream_key text NOT NULL CHECK (octet_length(stream_key) <= 512),
	source_id text NOT NULL CHECK (octet_length(source_id) <= 1100 AND source_id <> ''),
	source_version bigint NOT NULL DEFAULT 0,
	type text NOT NULL CHECK (octet_length(type) <= 64)
		REFERENCES public.artifact_processing_config (artifact_type) ON DELETE RESTRICT,
	external_uid text CHECK (octet_length(external_uid) <= 1100),
	thread_id text CHECK (octet_length(thread_id) <= 512),
	parent_source_id text CHECK (octet_length(parent_source_id) <= 1100),
	occurred_at timestamptz,
	ends_at timestamptz,
	all_day boolean NOT NULL DEFAULT false,
	start_date date,
	end_date date,
	original_start_at timestamptz,
	original_start_date date,
	time_zone text,
	reach_at timestamptz,
	title text,
	content text,
	labels text[] NOT NULL DEFAULT '{}',
	metadata jsonb NOT NULL DEFAULT '{}',
	content_hash bytea NOT NULL CHECK (octet_length(content_hash) = 32),
	map_version integer NOT NULL DEFAULT 1,
	participant_count integer NOT NULL DEFAULT 0,
	participants_incomplete boolean NOT NULL DEFAULT false,
	ai_parsing_status text NOT NULL DEFAULT 'pending' CHECK (ai_parsing_status IN
		('pending', 'processing', 'completed', 'failed', 'skipped')),
	deleted_at timestamptz,
	deleted_reason text,
	synced_at timestamptz NOT NULL DEFAULT now(),
	created_at timestamptz NOT NULL DEFAULT now(),
	updated_at timestamptz NOT NULL DEFAULT now(),
	UNIQUE (user_id, integration_id, stream_key, source_id),
	UNIQUE (id, user_id),
	FOREIGN KEY (user_id, integration_id)
		REFERENCES public.user_integrations (user_id, id) ON DELETE CASCADE
);
COMMENT ON TABLE public.artifacts IS 'Every timestamped thing: events, mails, messages.';
COMMENT ON COLUMN public.artifacts.stream_key IS 'The stream it came by, e.g. a calendar''s id.';
COMMENT ON COLUMN public.artifacts.source_id IS 'The provider''s id within the stream.';
COMMENT ON COLUMN public.artifacts.source_version IS 'Grows with each change at the provider.';
COMMENT ON COLUMN public.artifacts.external_uid IS 'Id across accounts: iCalUID, Message-ID.';
COMMENT ON COLUMN public.artifacts.parent_source_id IS
	'source_id of the recurring master of an exception; the master may arrive later or never.';
COMMENT ON COLUMN public.artifacts.end_date IS 'Of an all-day event: the day after the last one.';
COMMENT ON COLUMN public.artifacts.original_start_at IS 'Where an exception would have been.';
COMMENT ON COLUMN public.artifacts.reach_at IS
	'When the last instance of a recurring master is over; infinity for one without end.';
COMMENT ON COLUMN public.artifacts.content_hash IS 'SHA-256 of content and participants, not of labels.';
COMMENT ON COLUMN public.artifacts.map_version IS 'Version of the mapping that made the row.';
COMMENT ON COLUMN public.artifacts.ai_parsing_status IS
	'For the application that parses artifacts; a changed content_hash sets it back.';
COMMENT ON COLUMN public.artifacts.deleted_at IS 'Gone at the provider; the row stays as a tombstone.';
COMMENT ON COLUMN public.artifacts.synced_at IS 'Last written by the gateway.';
CREATE INDEX artifacts_occurred_idx ON public.artifacts (user_id, occurred_at);
CREATE INDEX artifacts_external_uid_idx ON public.artifacts (user_id, external_uid)
	WHERE external_uid IS NOT NULL;
CREATE INDEX artifacts_thread_idx ON public.artifacts (user_id, thread_id)
	WHERE thread_id IS NOT NULL;
CREATE INDEX artifacts_parent_idx
	ON public.artifacts (user_id, integration_id, parent_source_id)
	WHERE parent_source_id IS NOT NULL;
CREATE INDEX artifacts_parsing_idx ON public.artifacts (type, ai_parsing_status);
CALL sluice.protect_table('public.artifacts',
	people => 'select',
	server => 'select, update (ai_parsing_status)',
	gateway => 'select, insert, update, delete');

CREATE FUNCTION sluice.artifact_parsing() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' AS $fn$
DECLARE
	config record;
	field text;
	present boolean;
BEGIN
	IF TG_OP = 'INSERT' THEN
		-- A status given on purpose stays: a restored dump keeps its own.
		IF NEW.ai_parsing_status <> 'pending' THEN
			RETURN NEW;
		END IF;
	ELSIF NEW.content_hash IS DISTINCT FROM OLD.content_hash THEN
		NULL;
	ELSIF (NEW.deleted_at IS NULL) <> (OLD.deleted_at IS NULL) THEN
		-- Deleted or restored as it was: only what waits is affected.
		IF OLD.ai_parsing_status NOT IN ('pending', 'skipped') THEN
			RETURN NEW;
		END IF;
	ELSE
		RETURN NEW;
	END IF;

	NEW.ai_parsing_status := 'skipped';
	IF NEW.deleted_at IS NOT NULL THEN
		RETURN NEW;
	END IF;
	SELECT c.enabled, c.required_fields INTO config
	FROM public.artifact_processing_config c WHERE c.artifact_type = NEW.type;
	IF config.enabled IS NOT TRUE THEN
		RETURN NEW;
	END IF;
	FOREACH field IN ARRAY config.required_fields LOOP
		present := CASE field
			WHEN 'external_uid' THEN NEW.external_uid <> ''
			WHEN 'thread_id' THEN NEW.thread_id <> ''
			WHEN 'occurred_at' THEN NEW.occurred_at IS NOT NULL
			WHEN 'ends_at' THEN NEW.ends_at IS NOT NULL
			WHEN 'start_date' THEN NEW.start_date IS NOT NULL
			WHEN 'end_date' THEN NEW.end_date IS NOT NULL
			WHEN 'time_zone' THEN NEW.time_zone <> ''
			WHEN 'title' THEN NEW.title <> ''
			WHEN 'content' THEN NEW.content <> ''
			WHEN 'labels' THEN cardinality(NEW.labels) > 0
			WHEN 'participant_count' THEN NEW.participant_count > 0
		END;
		IF present IS NOT TRUE THEN
			RETURN NEW;
		END IF;
	END LOOP;
	NEW.ai_parsing_status := 'pending';
	RETURN NEW;
END
$fn$;
COMMENT ON FUNCTION sluice.artifact_parsing() IS
	'Trigger: pending or skipped, by artifact_processing_config, for new and changed artifacts.';
CALL sluice.protect_function('sluice.artifact_parsing()');
CREATE TRIGGER artifact_parsing BEFORE INSERT OR UPDATE ON public.artifacts
	FOR EACH ROW EXECUTE FUNCTION sluice.artifact_parsing();

CREATE TABLE public.artifact_participants (
	artifact_id uuid NOT NULL,
	user_id uuid NOT NULL,
	position integer NOT NULL,
	kind text NOT NULL CHECK (kind IN ('email', 'handle')),
	value text NOT NULL,
	value_norm text CHECK (octet_length(value_norm) <= 512),
	name text,
	role text NOT NULL,
	response text,
	is_person boolean NOT NULL DEFAULT true,
	is_self boolean NOT NULL DEFAULT false,
	optional boolean NOT NULL DEFAULT false,
	created_at timestamptz NOT NULL DEFAULT now(),
	updated_at timestamptz NOT NULL DEFAULT now(),
	PRIMARY KEY (artifact_id, position),
	FOREIGN KEY (user_id, artifact_id) REFERENCES public.artifacts (user_id, id) ON DELETE CASCADE
);
COMMENT ON TABLE public.artifact_participants IS
	'Who took part, as seen. Contacts are found by joining their identities.';
COMMENT ON COLUMN public.artifact_participants.value_norm IS 'As compared; NULL when no use as an identity.';
COMMENT ON COLUMN public.artifact_participants.role IS 'organizer, attendee, from, to, ...';
COMMENT ON COLUMN public.artifact_participants.is_person IS 'False for rooms, lists and machines.';
CREATE INDEX artifact_participants_artifact_idx
	ON public.artifact_participants (user_id, artifact_id);
CREATE INDEX artifact_participants_value_idx
	ON public.artifact_participants (user_id, kind, value_norm);
CALL sluice.protect_table('public.artifact_participants',
	people => 'select', server => 'select', gateway => 'select, insert, update, delete');

CREATE TABLE public.artifact_aliases (
	id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
	user_id uuid NOT NULL,
	artifact_id uuid NOT NULL,
	alias_kind text NOT NULL CHECK (octet_length(alias_kind) <= 64),
	alias text NOT NULL CHECK (octet_length(alias) <= 1100),
	created_at timestamptz NOT NULL DEFAULT now(),
	updated_at timestamptz NOT NULL DEFAULT now(),
	UNIQUE (user_id, alias_kind, alias),
	FOREIGN KEY (user_id, artifact_id) REFERENCES public.artifacts (user_id, id) ON DELETE CASCADE
);
COMMENT ON TABLE public.artifact_aliases IS
	'Further keys of one artifact: the same message by two roads.';
CREATE INDEX artifact_aliases_artifact_idx ON public.artifact_aliases (user_id, artifact_id);
CALL sluice.protect_table('public.artifact_aliases',
	people => 'select', server => 'select', gateway => 'select, insert, update, delete');

-- What follows from artifacts; it outlives the artifact it was found in.
CREATE TABLE public.loops (
	id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
	user_id uuid NOT NULL REFERENCES auth.users (id) ON DELETE CASCADE,
	contact_id uuid NOT NULL,
	kind text NOT NULL CHECK (kind IN ('pog', 'ask')),
	title text NOT NULL,
	body text,
	status text NOT NULL DEFAULT 'open' CHECK (status IN ('open', 'done', 'dropped')),
	due_at timestamptz,
	artifact_id uuid,
	created_at timestamptz NOT NULL DEFAULT now(),
	updated_at timestamptz NOT NULL DEFAULT now(),
	FOREIGN KEY (user_id, contact_id) REFERENCES public.contacts (user_id, id) ON DELETE CASCADE,
	FOREIGN KEY (user_id, artifact_id) REFERENCES public.artifacts (user_id, id)
		ON DELETE SET NULL (artifact_id)
);
COMMENT ON TABLE public.loops IS 'Open loops with a contact: what was promised, what was asked.';
COMMENT ON COLUMN public.loops.kind IS 'pog: a promise or gift of the user; ask: a request to the contact.';
COMMENT ON COLUMN public.loops.artifact_id IS 'Where it was said, if known.';
CREATE INDEX loops_contact_idx ON public.loops (user_id, contact_id);
CREATE INDEX loops_artifact_idx ON public.loops (user_id, artifact_id);
CALL sluice.protect_table('public.loops',
	people => 'select, delete,
		insert (id, user_id, contact_id, kind, title, body, status, due_at, artifact_id),
		update (contact_id, kind, title, body, status, due_at, artifact_id)',
	server => 'select, insert, update, delete',
	gateway => 'select');

CREATE TABLE public.suggestions (
	id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
	user_id uuid NOT NULL REFERENCES auth.users (id) ON DELETE CASCADE,
	contact_id uuid NOT NULL,
	kind text NOT NULL CHECK (octet_length(kind) <= 64),
	proposal jsonb NOT NULL,
	reason text,
	status text NOT NULL DEFAULT 'open' CHECK (status IN ('open', 'accepted', 'dismissed')),
	artifact_id uuid,
	created_at timestamptz NOT NULL DEFAULT now(),
	updated_at timestamptz NOT NULL DEFAULT now(),
	FOREIGN KEY (user_id, contact_id) REFERENCES public.contacts (user_id, id) ON DELETE CASCADE,
	FOREIGN KEY (user_id, artifact_id) REFERENCES public.artifacts (user_id, id)
		ON DELETE SET NULL (artifact_id)
);
COMMENT ON TABLE public.suggestions IS 'Suggested updates of a contact, for the user to decide.';
COMMENT ON COLUMN public.suggestions.proposal IS 'The values proposed.';
COMMENT ON COLUMN public.suggestions.artifact_id IS 'Where it was found, if known.';
CREATE INDEX suggestions_contact_idx ON public.suggestions (user_id, contact_id);
CREATE INDEX suggestions_artifact_idx ON public.suggestions (user_id, artifact_id);
CALL sluice.protect_table('public.suggestions',
	people => 'select, delete,
		insert (id, user_id, contact_id, kind, proposal, reason, status, artifact_id),
		update (contact_id, kind, proposal, reason, status, artifact_id)',
	server => 'select, insert, update, delete',
	gateway => 'select, insert');

CREATE VIEW public.contact_last_interactions WITH (security_invoker = true) AS
SELECT c.user_id, c.id AS contact_id,
	l.occurred_at AS last_interaction_at,
	l.artifact_id AS last_artifact_id,
	l.type AS last_artifact_type
FROM public.contacts c
CROSS JOIN LATERAL (
	SELECT a.id AS artifact_id, a.type, a.occurred_at
	FROM (
		SELECT 'email' AS kind, e.address_norm AS norm
		FROM public.contact_emails e
		WHERE e.user_id = c.user_id AND e.contact_id = c.id
		UNION ALL
		SELECT 'handle', h.value_norm
		FROM public.contact_handles h
		WHERE h.user_id = c.user_id AND h.contact_id = c.id
	) i
	JOIN public.artifact_participants p
		ON p.user_id = c.user_id AND p.kind = i.kind AND p.value_norm = i.norm
	JOIN public.artifacts a ON a.id = p.artifact_id AND a.user_id = c.user_id
	WHERE a.deleted_at IS NULL AND a.occurred_at <= sluice.clock()
	ORDER BY a.occurred_at DESC, a.id
	LIMIT 1
) l
WHERE NOT c.is_self_contact;
COMMENT ON VIEW public.contact_last_interactions IS
	'The last artifact that a contact took part in, by any of its identities; no row without one, '
	'none for the user''s own contact, who takes part in all.';
CALL sluice.protect_view('public.contact_last_interactions',
	'authenticated, service_role, sluice_gateway');

-- What a connector's migration calls. The setting: with row_security off, as
-- `sluice migrate` runs, the owner's own policy would be an error.
CREATE PROCEDURE sluice.add_artifact_type(new_type text, required text[] DEFAULT '{}')
LANGUAGE sql SET search_path = '' SET row_security = on AS $fn$
	INSERT INTO public.artifact_processing_config (artifact_type, required_fields)
	VALUES (new_type, required)
	ON CONFLICT DO NOTHING
$fn$;
COMMENT ON PROCEDURE sluice.add_artifact_type(text, text[]) IS
	'Adds a type of artifacts; one that is there keeps what the operator chose.';
CREATE PROCEDURE sluice.drop_artifact_type(old_type text)
LANGUAGE sql SET search_path = '' SET row_security = on AS $fn$
	DELETE FROM public.artifact_processing_config c
	WHERE c.artifact_type = old_type
		AND NOT EXISTS (SELECT FROM public.artifacts a WHERE a.type = old_type)
$fn$;
COMMENT ON PROCEDURE sluice.drop_artifact_type(text) IS
	'Takes a type of artifacts away, unless some are there.';
CALL sluice.protect_function('sluice.add_artifact_type(text, text[])');
CALL sluice.protect_function('sluice.drop_artifact_type(text)');

INSERT INTO sluice.sys_table_migrations (version, name)
VALUES ('20261120100300', 'artifacts') ON CONFLICT DO NOTHING;
