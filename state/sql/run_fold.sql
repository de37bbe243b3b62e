-- A run that found nothing extends the row of the one before, if that found
-- nothing either.
-- $1 uuid, $2 uuid, $3 uuid  user, integration, run
-- $4 text, $5 text           trigger, mode
-- $6 timestamptz, $7 timestamptz  started, finished
-- $8 requests, $9 retries, $10 bytes, $11 fetched, $12 unchanged, $13 pages
-- Affected: 0 = there is no such row.
UPDATE public.sync_logs l
SET runs = l.runs + 1,
	finished_at = $7::timestamptz,
	requests = l.requests + $8::integer,
	retries = l.retries + $9::integer,
	bytes = l.bytes + $10::bigint,
	fetched = l.fetched + $11::bigint,
	unchanged = l.unchanged + $12::bigint,
	pages = l.pages + $13::integer,
	duration_ms = l.duration_ms + greatest(0, (extract(epoch FROM
		$7::timestamptz - $6::timestamptz) * 1000)::bigint)
WHERE l.user_id = $1::uuid AND l.id = (
		SELECT p.id
		FROM public.sync_logs p
		WHERE p.user_id = $1::uuid AND p.integration_id = $2::uuid
		ORDER BY p.started_at DESC, p.created_at DESC
		LIMIT 1)
	AND l.id <> $3::uuid
	AND l.status = 'ok' AND l.trigger = $4::text AND l.mode = $5::text
	AND l.created + l.updated + l.deleted + l.filtered + l.quarantined
		+ l.contacts_created = 0
	AND l.detail = '{}'
	-- a row that never ended could never go
	AND l.started_at > $6::timestamptz - interval '7 days'
	AND NOT EXISTS (
		SELECT FROM public.sync_logs o
		WHERE o.id = $3::uuid AND o.user_id = $1::uuid)
