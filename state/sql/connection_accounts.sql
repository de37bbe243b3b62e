-- The accounts that a user has of some connectors.
-- $1 uuid    user
-- $2 text[]  connectors
-- Result: account, account_subject text; the oldest first
SELECT min(i.account) AS account, i.account_subject
FROM public.user_integrations i
WHERE i.user_id = $1::uuid AND i.provider = ANY ($2::text[])
	AND i.status NOT IN ('disconnected', 'archive')
GROUP BY i.account_subject
ORDER BY min(i.created_at), i.account_subject
LIMIT 100
