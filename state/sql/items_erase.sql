-- What is kept raw of an account's items in the ledger goes.
-- $1 uuid, $2 uuid  user, integration
UPDATE public.sync_items q
SET raw = NULL
WHERE q.user_id = $1::uuid AND q.integration_id = $2::uuid
	AND q.raw IS NOT NULL
