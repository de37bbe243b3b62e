-- Ask for a full resync of a user's accounts.
-- $1 uuid     user
-- $2 text     connector, or NULL for all
-- $3 boolean  with consent to the deletions that are held back
-- Result: see struct sl_resync_account
SELECT r.integration_id, r.provider AS connector, i.account, r.reason,
	coalesce(g.purpose, r.provider) AS consent, r.resync_no, r.run_id,
	(SELECT l.id FROM public.sync_logs l
	WHERE l.user_id = $1::uuid AND l.integration_id = r.integration_id
	ORDER BY l.started_at DESC, l.created_at DESC LIMIT 1) AS log_id
FROM sluice.resync_accounts($1::uuid, $2::text, NULL, interval '0',
	$3::boolean) r
JOIN public.user_integrations i ON i.user_id = $1::uuid AND i.id = r.integration_id
LEFT JOIN sluice.grants g ON g.user_id = i.user_id AND g.id = i.grant_id
ORDER BY i.account, r.provider, i.id
