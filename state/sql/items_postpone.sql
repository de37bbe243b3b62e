-- Items that were asked for again and are in quarantine as before: the answer
-- was older than what was refused. Not again before tomorrow.
-- $1 uuid, $2 uuid, $3 text  user, integration, stream key
-- $4 timestamptz  now
-- $5 integer      map version
-- $6 text[]       source ids that were answered
UPDATE public.sync_items q
SET attempts = q.attempts + 1, map_version = $5::integer,
	next_try_at = $4::timestamptz + interval '1 day'
WHERE q.user_id = $1::uuid AND q.integration_id = $2::uuid
	AND q.stream_key = $3::text
	AND q.source_id = ANY ($6::text[]) AND q.state = 'quarantined'
	AND (q.next_try_at <= $4::timestamptz OR q.map_version < $5::integer)
