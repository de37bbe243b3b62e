-- A walk begins under other options: what was left out under the old ones is
-- judged anew where it is met; but not what waits for an item.
-- $1 uuid, $2 uuid, $3 text  user, integration, stream key
-- $4 uuid, $5 text           stream, fingerprint of the options now
DELETE FROM public.sync_items q
WHERE q.user_id = $1::uuid AND q.integration_id = $2::uuid
	AND q.stream_key = $3::text AND q.state = 'filtered'
	AND q.raw IS NULL
	AND EXISTS (
		SELECT FROM public.sync_state s
		WHERE s.user_id = $1::uuid AND s.id = $4::uuid
			AND s.fingerprint <> $5::text)
