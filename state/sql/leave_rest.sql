-- What of an account's consents is left in use, and what is not. Those that
-- nobody uses any more are to go.
-- $1 uuid  user
-- $2 text  provider
-- $3 text  account's subject
-- Result: id, used (connectors that use it, or NULL)
SELECT g.id, (
		SELECT string_agg(i.provider, ', ' ORDER BY i.provider)
		FROM public.user_integrations i
		WHERE i.user_id = $1::uuid AND i.grant_id = g.id) AS used
FROM sluice.grants g
WHERE g.user_id = $1::uuid AND g.provider = $2::text
	AND g.account_subject = $3::text
ORDER BY g.id
FOR UPDATE OF g
