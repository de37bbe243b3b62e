-- A walk that names streams has ended: close those it did not name.
-- $1 uuid, $2 uuid  user, integration
-- $3 text           kind of the stream that walked
-- $4 integer        generation of its walk
UPDATE public.sync_state s
SET state = 'closed', cursor = NULL, pending = NULL,
	disabled_reason = 'not-listed', sweep_state = 'none',
	sweep_samples = '{}', pending_deletions = 0
WHERE s.user_id = $1::uuid AND s.integration_id = $2::uuid
	AND s.state <> 'closed'
	AND s.opened_by = $3::text AND s.opened_generation < $4::integer
