-- Make room: one client a provider is active. Grants of the old one go on.
-- $1 text  provider
-- $2 text  client id at the provider: the one that stays
UPDATE sluice.oauth_clients SET active = false
WHERE provider = $1 AND client_id <> $2 AND active
