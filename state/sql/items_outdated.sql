-- What is in quarantine and was not met by a walk that is complete now does not
-- exist any more, or not like that. What waited a month for an item that no log
-- of changes told waits in vain.
-- $1 uuid, $2 uuid, $3 text  user, integration, stream key
-- $4 timestamptz  when the walk started
DELETE FROM public.sync_items q
WHERE q.user_id = $1::uuid AND q.integration_id = $2::uuid
	AND q.stream_key = $3::text
	AND CASE WHEN q.state = 'quarantined' THEN q.seen_at < $4::timestamptz
		ELSE q.raw IS NOT NULL
			AND q.seen_at < $4::timestamptz - interval '30 days' END
