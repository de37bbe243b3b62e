-- Book what a run did; the row is made by the first page that changed
-- something, or when the run ends.
-- $1 uuid, $2 uuid, $3 uuid  user, integration, run
-- $4 text                    trigger
-- $5 text                    mode
-- $6 text                    status; only a finished run leaves 'running'
-- $7 timestamptz             started; NULL = as the schedule knows
-- $8 timestamptz             finished, or NULL
-- $9 text, $10 text, $11 text  class, scope, text of the error, or NULL
-- $12 jsonb                  detail, or NULL
-- to be added: $13 requests, $14 retries, $15 bytes, $16 fetched, $17 created,
-- $18 updated, $19 unchanged, $20 deleted, $21 filtered, $22 quarantined,
-- $23 contacts created, $24 pages
INSERT INTO public.sync_logs AS l (id, user_id, integration_id, provider,
	account, trigger, mode, status, started_at, finished_at, error_class,
	error_scope, error_text, detail, host, requests, retries, bytes, fetched,
	created, updated, unchanged, deleted, filtered, quarantined,
	contacts_created, pages, duration_ms)
SELECT $3::uuid, i.user_id, i.id, i.provider, i.account, $4::text, $5::text,
	$6::text, b.started_at, $8::timestamptz, $9::text, $10::text, $11::text,
	coalesce($12::jsonb, '{}'), c.lease_owner ->> 'host', $13::integer,
	$14::integer, $15::bigint, $16::bigint, $17::bigint, $18::bigint,
	$19::bigint, $20::bigint, $21::bigint, $22::bigint, $23::bigint,
	$24::integer, coalesce(greatest(0, (extract(epoch FROM
		$8::timestamptz - b.started_at) * 1000)::bigint), 0)
FROM public.user_integrations i
JOIN sluice.schedule c ON c.user_id = i.user_id AND c.integration_id = i.id
CROSS JOIN LATERAL (
	SELECT coalesce($7::timestamptz, c.run_started_at, sluice.clock())
		AS started_at
) b
WHERE i.user_id = $1::uuid AND i.id = $2::uuid
ON CONFLICT (id) DO UPDATE
SET trigger = excluded.trigger,
	mode = CASE WHEN 'full' IN (l.mode, excluded.mode) THEN 'full'
		ELSE excluded.mode END,
	status = excluded.status,
	started_at = coalesce($7::timestamptz, l.started_at),
	finished_at = excluded.finished_at,
	error_class = excluded.error_class, error_scope = excluded.error_scope,
	error_text = excluded.error_text,
	detail = l.detail || excluded.detail,
	requests = l.requests + excluded.requests,
	retries = l.retries + excluded.retries,
	bytes = l.bytes + excluded.bytes,
	fetched = l.fetched + excluded.fetched,
	created = l.created + excluded.created,
	updated = l.updated + excluded.updated,
	unchanged = l.unchanged + excluded.unchanged,
	deleted = l.deleted + excluded.deleted,
	filtered = l.filtered + excluded.filtered,
	quarantined = l.quarantined + excluded.quarantined,
	contacts_created = l.contacts_created + excluded.contacts_created,
	pages = l.pages + excluded.pages,
	duration_ms = coalesce(greatest(0, (extract(epoch FROM
		$8::timestamptz - coalesce($7::timestamptz, l.started_at)) * 1000
		)::bigint), 0)
