-- A provider's active OAuth client; no row when there is none.
-- $1 text  provider
-- Result: id uuid; provider, client_id, kind, project text;
--         redirect_uris text (JSON array); secret_ciphertext, secret_iv bytea,
--         secret_key_id text
SELECT c.id, c.provider, c.client_id, c.kind, c.project,
	to_json(c.redirect_uris)::text AS redirect_uris,
	c.secret_ciphertext, c.secret_iv, c.secret_key_id
FROM sluice.oauth_clients c
WHERE c.provider = $1 AND c.active
