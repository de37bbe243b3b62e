-- Items that were asked for again and are in quarantine as before: the answer
-- was older than what was refused. Not again before tomorrow.
-- $1 uuid, $2 uuid, $3 text, $4 text  user, integration, stream kind and key
-- $5 timestamptz  now
-- $6 integer      map version
-- $7 text[]       source ids that were answered
UPDATE public.sync_items q
SET attempts = q.attempts + 1, map_version = $6::integer,
	next_try_at = $5::timestamptz + interval '1 day'
WHERE q.user_id = $1::uuid AND q.integration_id = $2::uuid
	AND q.stream_kind = $3::text AND q.stream_key = $4::text
	AND q.source_id = ANY ($7::text[]) AND q.state = 'quarantined'
	AND (q.next_try_at <= $5::timestamptz OR q.map_version < $6::integer)
