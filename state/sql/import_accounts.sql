-- The accounts of a user that an import may belong to.
-- $1 uuid  user
-- $2 text  connector
-- $3 text  account: its address or its subject; NULL = any
-- Result: id, account, status, left_open (a run has not ended: it works, or was
-- killed); what can be synced comes first
SELECT i.id, i.account, i.status,
	coalesce(c.run_id, c.left_run_id) IS NOT NULL AS left_open
FROM public.user_integrations i
LEFT JOIN sluice.schedule c ON c.user_id = i.user_id AND c.integration_id = i.id
WHERE i.user_id = $1::uuid AND i.provider = $2
	AND ($3::text IS NULL OR lower(i.account) = lower($3::text)
		OR i.account_subject = $3::text)
ORDER BY i.status IN ('disconnected', 'archive'), i.status = 'disconnected',
	i.created_at, i.id
