-- Store an OAuth client, its secret sealed, as the active one, and tell the
-- audit log.
-- $1 uuid    id the secret is sealed to
-- $2 text    provider
-- $3 text    client id at the provider
-- $4 text    kind
-- $5 text    project, or NULL
-- $6 text[]  redirect URIs
-- $7 bytea   secret, ciphertext with tag
-- $8 bytea   secret, iv
-- $9 text    secret, key id
-- Result: id uuid, created boolean
WITH put AS (
	INSERT INTO sluice.oauth_clients AS c (id, provider, client_id, kind, project,
		redirect_uris, secret_ciphertext, secret_iv, secret_key_id, active)
	VALUES ($1::uuid, $2, $3, $4, $5, $6::text[], $7::bytea, $8::bytea, $9, true)
	ON CONFLICT (provider, client_id) DO UPDATE SET
		kind = excluded.kind,
		project = excluded.project,
		redirect_uris = excluded.redirect_uris,
		secret_ciphertext = excluded.secret_ciphertext,
		secret_iv = excluded.secret_iv,
		secret_key_id = excluded.secret_key_id,
		active = true
	RETURNING c.id, c.xmax = 0 AS created
)
SELECT p.id, p.created, sluice.audit_secret(NULL, NULL,
	CASE WHEN p.created THEN 'created' ELSE 'replaced' END, 'cli',
	'client_secret of ' || $2)
FROM put p
