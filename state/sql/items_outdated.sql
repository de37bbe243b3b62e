-- What is in quarantine and was not met by a walk that is complete now does not
-- exist any more, or not like that.
-- $1 uuid, $2 uuid, $3 text  user, integration, stream key
-- $4 timestamptz  when the walk started
DELETE FROM public.sync_items q
WHERE q.user_id = $1::uuid AND q.integration_id = $2::uuid
	AND q.stream_key = $3::text AND q.state = 'quarantined' AND q.seen_at < $4::timestamptz
