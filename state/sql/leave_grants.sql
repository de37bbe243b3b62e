-- The consents that are about to lose integrations; locked first, as whoever
-- finds one dead locks it before its runs.
-- $1 uuid    user
-- $2 uuid[]  integrations that leave
-- Result: id, provider, account_subject
SELECT g.id, g.provider, g.account_subject
FROM sluice.grants g
WHERE g.user_id = $1::uuid AND g.id IN (
	SELECT i.grant_id
	FROM public.user_integrations i
	WHERE i.user_id = $1::uuid AND i.id = ANY ($2::uuid[]))
ORDER BY g.id
FOR UPDATE OF g
