-- The row id of an OAuth client, or a fresh one.
-- $1 text  provider
-- $2 text  client id at the provider
-- Result: id uuid
SELECT coalesce(
	(SELECT c.id FROM sluice.oauth_clients c
	WHERE c.provider = $1 AND c.client_id = $2),
	gen_random_uuid()) AS id
