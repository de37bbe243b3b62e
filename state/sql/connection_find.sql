-- The grant of a user, purpose and account, or a fresh id for one.
-- $1 uuid  user
-- $2 text  purpose
-- $3 text  account's subject
-- $4 uuid  OAuth client's row: a refresh token of another one is of no use
-- Result: id uuid; exists, has_refresh boolean; now timestamptz
SELECT coalesce(g.id, gen_random_uuid()) AS id,
	g.id IS NOT NULL AS exists,
	coalesce(g.oauth_client_id = $4::uuid AND EXISTS (
		SELECT FROM sluice.user_secrets s
		WHERE s.user_id = g.user_id AND s.grant_id = g.id
			AND s.purpose = 'refresh_token'), false) AS has_refresh,
	sluice.clock() AS now
FROM (SELECT) AS one
LEFT JOIN sluice.grants g ON g.user_id = $1::uuid AND g.purpose = $2
	AND g.account_subject = $3
