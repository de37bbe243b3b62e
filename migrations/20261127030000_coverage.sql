-- How complete is what is here? A row a stream: from when to when it is whole,
-- what is missing, and why.

ALTER TABLE public.sync_state
	ADD COLUMN coverage_as_of timestamptz,
	ADD COLUMN gap_from timestamptz,
	ADD COLUMN gap_to timestamptz;
COMMENT ON COLUMN public.sync_state.coverage_from IS
	'Lower bound of the last walk that is complete; NULL: it had none, or there was no walk.';
COMMENT ON COLUMN public.sync_state.coverage_to IS
	'When that walk was complete, and all that it named had been read.';
COMMENT ON COLUMN public.sync_state.coverage_as_of IS
	'When that walk began: all that was there then is stored, or in sync_items.';
COMMENT ON COLUMN public.sync_state.checked_at IS
	'When the provider was asked that had nothing more to tell: the last success, with changes or '
	'without.';
COMMENT ON COLUMN public.sync_state.gap_from IS
	'A stream that only follows changes lost its position: what changed between gap_from and '
	'gap_to was not told. A walk that began since makes up for it.';

-- Walks that are complete already. The setting: with row_security off, as
-- `sluice migrate` has it, the owner would not be let through its own policy.
CREATE PROCEDURE sluice.cover_walks()
LANGUAGE sql SET search_path = '' SET row_security = on AS $fn$
	UPDATE public.sync_state
	SET coverage_as_of = CASE WHEN state = 'live' THEN walk_started_at ELSE walked_at END
	WHERE walked_at IS NOT NULL AND pending IS NULL
$fn$;
CALL sluice.cover_walks();
DROP PROCEDURE sluice.cover_walks();

CREATE FUNCTION sluice.shown_time(shown jsonb, name text) RETURNS timestamptz
LANGUAGE sql STABLE PARALLEL SAFE SET search_path = '' AS $fn$
	SELECT CASE WHEN shown ->> name
		~ '^[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])T([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9](\.[0-9]+)?(Z|[+-][0-9]{2}:[0-9]{2})$'
		THEN (shown ->> name)::timestamptz END
$fn$;
COMMENT ON FUNCTION sluice.shown_time(jsonb, text) IS
	'A time that a connector shows; NULL when there is none.';
CALL sluice.protect_function('sluice.shown_time(jsonb, text)',
	'authenticated, service_role, sluice_gateway, sluice_operator');

CREATE FUNCTION sluice.shown_count(shown jsonb, name text) RETURNS bigint
LANGUAGE sql IMMUTABLE PARALLEL SAFE SET search_path = '' AS $fn$
	SELECT CASE WHEN shown ->> name ~ '^[0-9]{1,18}$' THEN (shown ->> name)::bigint END
$fn$;
COMMENT ON FUNCTION sluice.shown_count(jsonb, text) IS
	'A number that a connector shows; NULL when there is none.';
CALL sluice.protect_function('sluice.shown_count(jsonb, text)',
	'authenticated, service_role, sluice_gateway, sluice_operator');

CREATE VIEW public.sync_coverage WITH (security_invoker = true) AS
SELECT s.id AS stream_id, s.user_id, s.integration_id, i.provider, i.account,
	i.status AS integration_status, s.kind, s.key, s.title, s.state, s.enabled,
	b.complete_from,
	CASE WHEN b.complete_from IS NOT NULL THEN b.complete_to END AS complete_to,
	b.complete_from IS NOT NULL AND s.enabled AND s.state = 'live' AND NOT EXISTS (
		SELECT FROM jsonb_array_elements(g.gaps) AS e (gap)
		WHERE e.gap ->> 'cause' <> 'lower-bound') AS complete,
	g.gaps,
	sluice.shown_count(s.shown, 'listed') AS listed,
	sluice.shown_count(s.shown, 'estimate') AS estimate,
	f.pending, f.quarantined, s.pending_deletions,
	s.walk_started_at, s.checked_at, s.changed_at, s.created_at, s.updated_at
FROM public.sync_state s
JOIN public.user_integrations i ON i.user_id = s.user_id AND i.id = s.integration_id
-- what follows the changes of the items that a walk lists
LEFT JOIN LATERAL (
	SELECT coalesce(x.checked_at, x.walk_started_at) AS checked_at, x.gap_from, x.gap_to
	FROM public.sync_state x
	WHERE x.user_id = s.user_id AND x.integration_id = s.integration_id
		AND x.kind = s.opened_by AND x.key = s.key AND x.state = 'live'
		AND x.walked_at IS NULL AND x.walk_started_at IS NOT NULL
) p ON true
CROSS JOIN LATERAL (
	SELECT s.state = 'live' AND s.walked_at IS NULL AND s.walk_started_at IS NOT NULL AS follows,
		sluice.shown_time(s.shown, 'complete_from') AS shown_from,
		sluice.shown_time(s.shown, 'complete_to') AS shown_to,
		sluice.shown_time(s.shown, 'lost_from') AS lost_from,
		sluice.shown_time(s.shown, 'lost_to') AS lost_to,
		coalesce(jsonb_array_length(s.pending), 0) AS pending,
		(SELECT count(*) FROM public.sync_items q
		WHERE q.user_id = s.user_id AND q.integration_id = s.integration_id
			AND q.stream_kind = s.kind AND q.stream_key = s.key
			AND q.state = 'quarantined') AS quarantined,
		s.gap_to IS NOT NULL AND EXISTS (
			SELECT FROM public.sync_state w
			WHERE w.user_id = s.user_id AND w.integration_id = s.integration_id
				AND w.opened_by = s.kind AND w.key = s.key
				AND w.enabled AND w.state <> 'closed'
				AND (w.coverage_as_of >= s.gap_to) IS NOT TRUE) AS gap
) f
CROSS JOIN LATERAL (
	SELECT CASE
			-- nobody tells what changed before the consent
			WHEN f.follows THEN greatest(least(i.connected_at, s.created_at),
				coalesce(f.shown_from, s.walk_started_at))
			WHEN s.coverage_as_of IS NOT NULL THEN coalesce(s.coverage_from, '-infinity')
			ELSE f.shown_from END AS complete_from,
		CASE
			WHEN f.follows THEN greatest(s.checked_at, s.walk_started_at)
			WHEN f.shown_to IS NOT NULL THEN f.shown_to
			WHEN p.gap_to IS NOT NULL AND (s.coverage_as_of >= p.gap_to) IS NOT TRUE
				THEN p.gap_from
			WHEN p.checked_at IS NOT NULL THEN p.checked_at
			ELSE greatest(s.checked_at, s.coverage_as_of) END AS complete_to,
		p.gap_to IS NOT NULL AND f.shown_to IS NULL
			AND (s.coverage_as_of >= p.gap_to) IS NOT TRUE AS behind
) b
CROSS JOIN LATERAL (
	SELECT coalesce(jsonb_agg(jsonb_strip_nulls(jsonb_build_object('cause', c.cause,
			'from', c.since, 'to', c.until, 'items', c.items, 'text', c.words))
			ORDER BY c.n), '[]') AS gaps
	FROM (
		SELECT 1 AS n, 'not-pulled' AS cause, NULL::timestamptz AS since,
			NULL::timestamptz AS until, NULL::bigint AS items,
			coalesce(i.status, '') AS words
		WHERE i.status NOT IN ('connected', 'error') AND i.status <> 'archive'
		UNION ALL
		SELECT 2, 'off', b.complete_to, NULL, NULL, CASE
			WHEN s.enabled_choice IS NOT NULL AND s.state <> 'closed' THEN 'by choice'
			ELSE s.disabled_reason END
		WHERE NOT s.enabled OR s.state = 'closed'
		UNION ALL
		SELECT 3, 'not-begun', NULL, NULL, NULL, NULL
		WHERE s.enabled AND s.state = 'new'
		UNION ALL
		SELECT 4, 'failing', s.checked_at, NULL, NULL, s.last_error_text
		WHERE s.enabled AND s.state <> 'closed' AND s.failures > 0
		UNION ALL
		SELECT 5, 'nothing-there', NULL, NULL, NULL, s.shown ->> 'waiting'
		WHERE s.enabled AND s.state = 'walking' AND s.shown ->> 'waiting' IS NOT NULL
		UNION ALL
		-- the member's own archive holds the same, and there is none
		SELECT 6, 'no-archive', NULL, NULL, NULL, 'sluice import linkedin'
		WHERE s.enabled AND s.state = 'walking' AND s.shown ->> 'waiting' IS NOT NULL
			AND i.provider = 'linkedin' AND b.complete_from IS NULL
			AND NOT EXISTS (
				SELECT FROM public.sync_state x
				WHERE x.user_id = s.user_id AND x.integration_id = s.integration_id
					AND x.kind = 'archive')
		UNION ALL
		SELECT 6, CASE WHEN s.resyncs > 0 THEN 'refused-cursor' ELSE 'walking' END,
			CASE WHEN s.coverage_as_of IS NULL THEN coalesce(s.scope_from, '-infinity')
				ELSE b.complete_to END,
			CASE WHEN s.coverage_as_of IS NULL THEN b.complete_from END, NULL, NULL
		WHERE s.enabled AND s.state = 'walking' AND s.shown ->> 'waiting' IS NULL
		UNION ALL
		SELECT 7, 'refused-cursor', s.gap_from, s.gap_to, NULL, NULL
		WHERE f.gap
		UNION ALL
		SELECT 7, 'refused-cursor', p.gap_from, p.gap_to, NULL, NULL
		WHERE b.behind AND s.enabled AND s.state = 'live'
		UNION ALL
		SELECT 8, 'changes-lost', f.lost_from, f.lost_to, NULL, NULL
		WHERE f.lost_to IS NOT NULL
		UNION ALL
		SELECT 9, 'to-be-read', NULL, NULL, f.pending, NULL
		WHERE f.pending > 0
		UNION ALL
		SELECT 10, 'quarantined', NULL, NULL, f.quarantined, NULL
		WHERE f.quarantined > 0
		UNION ALL
		SELECT 11, 'deletions-held', NULL, NULL, s.pending_deletions, NULL
		WHERE s.pending_deletions > 0
		UNION ALL
		SELECT 12, 'incomplete', NULL, NULL, NULL, s.shown ->> 'incomplete'
		WHERE s.shown ->> 'incomplete' IS NOT NULL
		UNION ALL
		SELECT 13, 'lower-bound', '-infinity', coalesce(s.coverage_from, s.scope_from),
			NULL, NULL
		WHERE s.enabled AND s.state <> 'new'
			AND coalesce(s.coverage_from, s.scope_from) IS NOT NULL
	) c
) g;
COMMENT ON VIEW public.sync_coverage IS
	'How complete each stream is: every item from complete_from to complete_to that the provider '
	'had is stored, or in sync_items with the reason, but for what gaps names.';
COMMENT ON COLUMN public.sync_coverage.complete_from IS
	'By the time of the item; -infinity: without a bound. NULL: nothing is complete yet.';
COMMENT ON COLUMN public.sync_coverage.complete_to IS
	'What the provider had up to then is known, changes and deletions included.';
COMMENT ON COLUMN public.sync_coverage.complete IS
	'Pulled, and without a gap but the lower bound that the settings set.';
COMMENT ON COLUMN public.sync_coverage.gaps IS
	'Array of objects: cause, and where they apply from, to (times), items (a count), text. Causes: '
	'not-pulled (the account rests), off, not-begun, failing, nothing-there, no-archive (none was '
	'imported, either), walking, refused-cursor, changes-lost, to-be-read, quarantined, '
	'deletions-held, incomplete, lower-bound.';
COMMENT ON COLUMN public.sync_coverage.pending IS 'Items that were listed and are still to be read.';
CALL sluice.protect_view('public.sync_coverage',
	'authenticated, service_role, sluice_gateway, sluice_operator');

INSERT INTO sluice.sys_table_migrations (version, name)
VALUES ('20261127030000', 'coverage') ON CONFLICT DO NOTHING;
