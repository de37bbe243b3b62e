-- Move a stream on; holds the fence, so one statement does for a page that
-- changed nothing else.
-- $1 uuid          user
-- $2 uuid          integration
-- $3 bigint        fence
-- $4 uuid          stream
-- $5 timestamptz   now
-- $6 boolean       this page starts a walk
-- $7 boolean       this page ends a walk
-- $8 jsonb         cursor; NULL = keep (a new walk: none)
-- $9 jsonb         shown: members that change; NULL = none
-- $10 text         fingerprint; NULL = keep
-- $11 jsonb        pending; NULL = nothing
-- $12 integer      generation
-- $13 timestamptz  when the walk started
-- $14 timestamptz  scope of the walk; NULL = unbounded
-- $15 boolean      rows were there when the walk started
-- $16 integer      resyncs in a row
-- $17 timestamptz  nothing more to ask: the listing that said so was asked for
--                  then; NULL = there is more
-- $18 boolean      rows changed
-- $19 text         stream key of artifacts
-- $20 boolean      a stream without a walk takes up its position
-- $21 text         what the settings say about contacts
-- $22 text         the walk lists in full: artifacts of this type; '' = nothing;
--                  NULL = all of the key
-- $23 bigint       of a type: as of this source_version
-- Result: state, enabled, rewalk_at, sweep_state, cursor, people_from (events
-- begun up to there were judged), begun (others have begun since), people_judged
-- (it is kept by what the account's people were judged), people_due (it is no
-- longer that, see people_basis), xid. No row: fence moved.
WITH held AS MATERIALIZED (
	SELECT c.fence, c.run_resync_no
	FROM sluice.schedule c
	WHERE c.integration_id = $2::uuid AND c.user_id = $1::uuid
		AND c.fence = $3::bigint
	FOR SHARE
), old AS MATERIALIZED (
	SELECT o.people_at, EXISTS (
		SELECT
		FROM (
			SELECT x.integration_id, x.stream_key, x.deleted_at, x.type
			FROM public.artifacts x
			WHERE x.user_id = $1::uuid AND x.occurred_at > o.people_at
				AND x.occurred_at <= $5::timestamptz
			OFFSET 0
		) a
		WHERE a.integration_id = $2::uuid AND a.stream_key = $19::text
			AND a.deleted_at IS NULL AND a.type <> 'email') AS begun,
		j.basis IS NOT NULL AS people_judged,
		j.basis IS NOT NULL AND (j.after_id IS NOT NULL
			OR j.basis <> sluice.people_basis($1::uuid, $21::text)) AS people_due,
		-- a walk ends, or has ended, and nothing that it named is to be read
		$11::jsonb IS NULL AND ($7::boolean OR (NOT $6::boolean
			AND o.state = 'live' AND o.walked_at IS NOT NULL
			AND (o.walk_started_at > o.coverage_as_of) IS NOT FALSE)) AS whole,
		-- what it followed up to now is over: since when nothing is known of
		CASE WHEN o.gap_to IS NOT NULL AND EXISTS (
			SELECT FROM public.sync_state w
			WHERE $20::boolean AND w.user_id = $1::uuid
				AND w.integration_id = $2::uuid AND w.opened_by = o.kind
				AND w.key = o.key
				AND (w.coverage_as_of >= o.gap_to) IS NOT TRUE)
			THEN o.gap_from ELSE o.checked_at END AS gap_from,
		$7::boolean AND $22::text <> '' AS listed,
		-- a newer listing knows better
		$7::boolean AND $22::text IS NOT NULL AND ($22::text = '' OR EXISTS (
			SELECT FROM public.sync_state n
			WHERE n.user_id = $1::uuid AND n.integration_id = $2::uuid
				AND n.listed_type = $22::text
				AND n.listed_version > $23::bigint)) AS sweeps_nothing
	FROM public.sync_state o
	LEFT JOIN sluice.people_judged j
		ON j.user_id = $1::uuid AND j.integration_id = $2::uuid
	WHERE o.id = $4::uuid AND o.user_id = $1::uuid
)
UPDATE public.sync_state s
SET state = CASE WHEN s.state = 'closed' THEN 'closed'
		WHEN $7::boolean OR $20::boolean THEN 'live'
		WHEN $6::boolean THEN 'walking'
		ELSE s.state END,
	cursor = CASE WHEN s.state = 'closed' THEN NULL
		WHEN $6::boolean THEN $8::jsonb
		ELSE coalesce($8::jsonb, s.cursor) END,
	shown = CASE WHEN $9::jsonb IS NULL THEN s.shown
		ELSE coalesce(s.shown, '{}') || $9::jsonb END,
	fingerprint = coalesce($10::text, s.fingerprint),
	pending = CASE WHEN s.state = 'closed' THEN NULL ELSE $11::jsonb END,
	generation = $12::integer,
	walk_started_at = CASE WHEN $6::boolean OR $20::boolean THEN $13::timestamptz
		ELSE s.walk_started_at END,
	rewalk_at = CASE WHEN s.rewalk_at > $13::timestamptz + interval '1 minute'
			AND ($6::boolean OR $20::boolean) THEN $13::timestamptz
		ELSE s.rewalk_at END, -- asked for when the clock was ahead
	walk_resync_no = CASE WHEN $6::boolean
		THEN coalesce(held.run_resync_no, s.walk_resync_no)
		ELSE s.walk_resync_no END,
	scope_from = CASE WHEN $6::boolean THEN $14::timestamptz
		ELSE s.scope_from END,
	walk_had_rows = CASE WHEN $6::boolean THEN $15::boolean
		ELSE s.walk_had_rows END,
	walked_at = CASE WHEN $7::boolean THEN $5::timestamptz
		ELSE s.walked_at END,
	coverage_from = CASE WHEN NOT old.whole THEN s.coverage_from
		WHEN $6::boolean THEN $14::timestamptz
		ELSE s.scope_from END,
	coverage_to = CASE WHEN old.whole THEN $5::timestamptz
		ELSE s.coverage_to END,
	coverage_as_of = CASE WHEN NOT old.whole THEN s.coverage_as_of
		WHEN $6::boolean THEN $13::timestamptz
		ELSE s.walk_started_at END,
	gap_from = CASE WHEN $20::boolean THEN old.gap_from ELSE s.gap_from END,
	gap_to = CASE WHEN $20::boolean AND old.gap_from IS NOT NULL
		THEN $13::timestamptz ELSE s.gap_to END,
	sweep_state = CASE
		WHEN $7::boolean AND CASE WHEN $6::boolean THEN $15::boolean
			ELSE s.walk_had_rows END
			AND NOT coalesce(old.sweeps_nothing, false) THEN 'due'
		WHEN $6::boolean OR $7::boolean THEN 'none'
		ELSE s.sweep_state END,
	listed_type = CASE WHEN old.listed THEN $22::text ELSE s.listed_type END,
	listed_version = CASE WHEN old.listed THEN $23::bigint
		ELSE s.listed_version END,
	pending_deletions = CASE WHEN $6::boolean THEN 0
		ELSE s.pending_deletions END,
	sweep_samples = CASE WHEN $6::boolean THEN '{}'
		ELSE s.sweep_samples END,
	-- whatever is left out is met again
	filtered_before = CASE WHEN $6::boolean THEN '{}'
		ELSE s.filtered_before END,
	people_at = greatest(s.people_at, $5::timestamptz),
	resyncs = $16::integer,
	checked_at = coalesce($17::timestamptz, s.checked_at),
	changed_at = CASE WHEN $18::boolean THEN $5::timestamptz
		ELSE s.changed_at END,
	not_before = NULL,
	failures = 0,
	last_error_class = NULL, last_error_scope = NULL,
	last_error_text = NULL, last_error_at = NULL
FROM held, old
WHERE s.id = $4::uuid AND s.user_id = $1::uuid
RETURNING s.state, s.enabled, s.rewalk_at, s.sweep_state, s.cursor,
	old.people_at AS people_from,
	old.begun, old.people_judged, old.people_due,
	pg_current_xact_id()::text AS xid
