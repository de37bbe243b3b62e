-- The accounts that a user has of some connectors.
-- $1 uuid    user
-- $2 text[]  connectors; NULL = all
-- $3 text    account: its address or its subject; NULL = any
-- Result, in the order of the account: id, provider, account, account_subject,
-- status, grant_id
SELECT i.id, i.provider, i.account, i.account_subject, i.status, i.grant_id
FROM public.user_integrations i
WHERE i.user_id = $1::uuid
	AND ($2::text[] IS NULL OR i.provider = ANY ($2::text[]))
	AND ($3::text IS NULL OR lower(i.account) = lower($3::text)
		OR i.account_subject = $3::text)
ORDER BY i.account, i.account_subject, i.provider
