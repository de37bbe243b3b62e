-- An erasure begins: what the streams hold is no longer what the options of their
-- last page ask for, so the next page of each is under other options, whatever
-- the settings say by then.
-- $1 uuid, $2 uuid  user, integration
UPDATE public.sync_state s
SET fingerprint = 'erased'
WHERE s.user_id = $1::uuid AND s.integration_id = $2::uuid
	AND s.fingerprint <> 'erased'
