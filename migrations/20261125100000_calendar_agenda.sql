-- What recurring events mean: their instances over a rolling window, and the
-- agenda that an application reads.

CREATE TABLE public.calendar_series (
	artifact_id uuid PRIMARY KEY,
	user_id uuid NOT NULL,
	integration_id uuid NOT NULL,
	stream_key text NOT NULL CHECK (octet_length(stream_key) <= 512),
	recurrence text[] NOT NULL,
	basis bytea NOT NULL,
	expansion text NOT NULL DEFAULT 'due' CHECK (expansion IN
		('due', 'asked', 'local', 'provider', 'unexpanded', 'gone')),
	reason text,
	occurrences integer NOT NULL DEFAULT 0,
	cut boolean NOT NULL DEFAULT false,
	expanded_from timestamptz,
	expanded_to timestamptz,
	zones_version text CHECK (octet_length(zones_version) <= 64),
	created_at timestamptz NOT NULL DEFAULT now(),
	updated_at timestamptz NOT NULL DEFAULT now(),
	UNIQUE (user_id, artifact_id),
	FOREIGN KEY (user_id, artifact_id) REFERENCES public.artifacts (user_id, id) ON DELETE CASCADE
);
-- No foreign key to the integration, which the artifact has: an index of that
-- key would be taken for the key checks of every occurrence while the table is
-- new, and read the user's whole series each time.
COMMENT ON TABLE public.calendar_series IS
	'Recurring masters: how, and how far, each is expanded into calendar_occurrences.';
COMMENT ON COLUMN public.calendar_series.integration_id IS 'That of the artifact.';
COMMENT ON COLUMN public.calendar_series.recurrence IS 'RRULE, RDATE, EXDATE lines as sent.';
COMMENT ON COLUMN public.calendar_series.basis IS
	'Hash of all that the instances depend on; a change expands anew.';
COMMENT ON COLUMN public.calendar_series.expansion IS
	'due: soon; asked: the provider is being asked; local: by the rule; provider: as the provider '
	'listed them; unexpanded: neither can (see reason); gone: the master is deleted.';
COMMENT ON COLUMN public.calendar_series.reason IS
	'Why it is not expanded by the rule alone, as a code, e.g. rule-byweekno.';
COMMENT ON COLUMN public.calendar_series.cut IS
	'There are more instances in the window than are kept: the first ones are.';
COMMENT ON COLUMN public.calendar_series.expanded_to IS
	'End of the window that was expanded; NULL when it must be expanded anew. Without expanded_from: '
	'the provider did not tell, and is asked again then.';
COMMENT ON COLUMN public.calendar_series.zones_version IS
	'Edition of the time zone rules that it was expanded with, e.g. 2026a.';
CREATE INDEX calendar_series_due_idx ON public.calendar_series
	(user_id, integration_id, stream_key, expanded_to) WHERE expansion <> 'gone';
CREATE INDEX calendar_series_zones_idx ON public.calendar_series
	(user_id, integration_id, stream_key, zones_version) WHERE expansion = 'local';
CALL sluice.protect_table('public.calendar_series',
	people => 'select', server => 'select', gateway => 'select, insert, update, delete');

CREATE TABLE public.calendar_occurrences (
	user_id uuid NOT NULL,
	artifact_id uuid NOT NULL,
	starts_at timestamptz NOT NULL,
	ends_at timestamptz NOT NULL,
	start_date date,
	end_date date,
	created_at timestamptz NOT NULL DEFAULT now(),
	updated_at timestamptz NOT NULL DEFAULT now(),
	PRIMARY KEY (user_id, artifact_id, starts_at),
	FOREIGN KEY (user_id, artifact_id)
		REFERENCES public.calendar_series (user_id, artifact_id) ON DELETE CASCADE
);
COMMENT ON TABLE public.calendar_occurrences IS
	'Instances of recurring masters, by the master alone: cancelled and moved ones are among them. '
	'Read calendar_agenda for what takes place.';
COMMENT ON COLUMN public.calendar_occurrences.artifact_id IS 'The master.';
COMMENT ON COLUMN public.calendar_occurrences.starts_at IS
	'The slot; midnight UTC of start_date when all-day. An exception names it as original_start_at.';
COMMENT ON COLUMN public.calendar_occurrences.end_date IS
	'Of an all-day event: the day after the last one.';
CREATE INDEX calendar_occurrences_time_idx ON public.calendar_occurrences (user_id, starts_at);
CALL sluice.protect_table('public.calendar_occurrences',
	people => 'select', server => 'select', gateway => 'select, insert, update, delete');

-- A master that is deleted has no instances; one that lives again is due.
CREATE FUNCTION sluice.series_liveness() RETURNS trigger
LANGUAGE plpgsql SET search_path = '' AS $fn$
BEGIN
	IF NEW.deleted_at IS NOT NULL THEN
		DELETE FROM public.calendar_occurrences o
		WHERE o.user_id = NEW.user_id AND o.artifact_id = NEW.id;
	END IF;
	UPDATE public.calendar_series s
	SET expansion = CASE WHEN NEW.deleted_at IS NULL THEN 'due' ELSE 'gone' END,
		reason = NULL, occurrences = 0, cut = false,
		expanded_from = NULL, expanded_to = NULL, zones_version = NULL
	WHERE s.user_id = NEW.user_id AND s.artifact_id = NEW.id;
	RETURN NULL;
END
$fn$;
COMMENT ON FUNCTION sluice.series_liveness() IS
	'Trigger: instances go with their master, and are due when it lives again.';
CALL sluice.protect_function('sluice.series_liveness()');
CREATE TRIGGER series_liveness AFTER UPDATE OF deleted_at ON public.artifacts
	FOR EACH ROW
	WHEN (OLD.parent_source_id IS NULL
		AND (OLD.deleted_at IS NULL) <> (NEW.deleted_at IS NULL))
	EXECUTE FUNCTION sluice.series_liveness();

CREATE VIEW public.calendar_agenda WITH (security_invoker = true) AS
SELECT a.user_id, a.integration_id, a.stream_key, a.id AS artifact_id,
	CASE WHEN a.parent_source_id IS NOT NULL THEN 'exception'
		WHEN s.artifact_id IS NOT NULL THEN 'series'
		ELSE 'single' END AS kind,
	a.source_id, a.parent_source_id,
	a.occurred_at AS starts_at, a.ends_at, a.all_day, a.start_date, a.end_date,
	a.original_start_at, a.time_zone, a.title, a.labels
FROM public.artifacts a
LEFT JOIN public.calendar_series s ON s.user_id = a.user_id AND s.artifact_id = a.id
WHERE a.type = 'calendar_event' AND a.deleted_at IS NULL
	AND (s.artifact_id IS NULL OR s.expansion = 'unexpanded'
		OR (s.expansion IN ('due', 'asked') AND s.occurrences = 0))
UNION ALL
SELECT a.user_id, a.integration_id, a.stream_key, a.id, 'occurrence',
	a.source_id, a.parent_source_id,
	o.starts_at, o.ends_at, o.start_date IS NOT NULL, o.start_date, o.end_date,
	o.starts_at, a.time_zone, a.title, a.labels
FROM public.calendar_occurrences o
JOIN public.artifacts a ON a.user_id = o.user_id AND a.id = o.artifact_id
WHERE a.deleted_at IS NULL
	AND NOT EXISTS (
		SELECT
		FROM public.artifacts x
		WHERE x.user_id = a.user_id AND x.integration_id = a.integration_id
			AND x.stream_key = a.stream_key AND x.parent_source_id = a.source_id
			-- one that a walk missed was taken back: its slot is as the rule says
			AND x.deleted_reason IS DISTINCT FROM 'not-listed'
			AND (x.original_start_at = o.starts_at
				OR x.original_start_date = o.start_date));
COMMENT ON VIEW public.calendar_agenda IS
	'What takes place: single events, occurrences of series that no exception replaces, and live '
	'exceptions. A series that nobody can expand stands there once, as kind series.';
CALL sluice.protect_view('public.calendar_agenda',
	'authenticated, service_role, sluice_gateway');

-- A series counts by its last occurrence that has begun.
CREATE OR REPLACE VIEW public.contact_last_interactions WITH (security_invoker = true) AS
SELECT c.user_id, c.id AS contact_id,
	l.occurred_at AS last_interaction_at,
	l.artifact_id AS last_artifact_id,
	l.type AS last_artifact_type
FROM public.contacts c
CROSS JOIN LATERAL (
	SELECT a.id AS artifact_id, a.type, coalesce(r.starts_at, a.occurred_at) AS occurred_at
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
	LEFT JOIN LATERAL (
		SELECT o.starts_at
		FROM public.calendar_occurrences o
		WHERE o.user_id = a.user_id AND o.artifact_id = a.id
			AND o.starts_at <= sluice.clock()
			AND NOT EXISTS (
				SELECT
				FROM public.artifacts x
				WHERE x.user_id = a.user_id
					AND x.integration_id = a.integration_id
					AND x.stream_key = a.stream_key
					AND x.parent_source_id = a.source_id
					AND x.deleted_reason IS DISTINCT FROM 'not-listed'
					AND x.original_start_at = o.starts_at)
		ORDER BY o.starts_at DESC
		LIMIT 1
	) r ON true
	WHERE a.deleted_at IS NULL AND a.occurred_at <= sluice.clock()
	ORDER BY coalesce(r.starts_at, a.occurred_at) DESC, a.id
	LIMIT 1
) l
WHERE NOT c.is_self_contact;

-- Masters that are stored already are due. The setting: with row_security off,
-- as `sluice migrate` runs, the owner's own policy would be an error.
CREATE PROCEDURE sluice.find_series()
LANGUAGE sql SET search_path = '' SET row_security = on AS $fn$
	INSERT INTO public.calendar_series (artifact_id, user_id, integration_id, stream_key,
		recurrence, basis, expansion)
	SELECT a.id, a.user_id, a.integration_id, a.stream_key,
		ARRAY (SELECT l.line FROM jsonb_array_elements_text(a.metadata -> 'recurrence')
			WITH ORDINALITY AS l (line, n) ORDER BY l.n),
		'', CASE WHEN a.deleted_at IS NULL THEN 'due' ELSE 'gone' END
	FROM public.artifacts a
	WHERE a.type = 'calendar_event' AND a.parent_source_id IS NULL
		AND jsonb_typeof(a.metadata -> 'recurrence') = 'array'
	ON CONFLICT DO NOTHING
$fn$;
CALL sluice.find_series();
DROP PROCEDURE sluice.find_series();

INSERT INTO sluice.sys_table_migrations (version, name)
VALUES ('20261125100000', 'calendar_agenda') ON CONFLICT DO NOTHING;
