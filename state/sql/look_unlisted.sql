-- Streams that a walk which names streams would close now that it has ended,
-- unless it named them on a page that was only looked at.
-- $1 uuid, $2 uuid  user, integration
-- $3 text           kind of the stream that walked
-- $4 integer        generation of its walk
-- Result: id
SELECT s.id
FROM public.sync_state s
WHERE s.user_id = $1::uuid AND s.integration_id = $2::uuid
	AND s.state <> 'closed'
	AND s.opened_by = $3::text AND s.opened_generation < $4::integer
