-- Before an account is written that was not there: what was imported without a
-- consent becomes this account's, if it is the only such one of the user, or
-- goes by this account's name.
-- $1 uuid  user
-- $2 text  connector
-- $3 text  account as shown to people
-- $4 text  account's subject
-- Affected: 1 when there was one
UPDATE public.user_integrations i
SET account_subject = $4
WHERE i.user_id = $1::uuid AND i.provider = $2
	AND NOT EXISTS (
		SELECT FROM public.user_integrations o
		WHERE o.user_id = $1::uuid AND o.provider = $2
			AND o.account_subject = $4)
	AND i.id = (
		SELECT a.id
		FROM public.user_integrations a
		WHERE a.user_id = $1::uuid AND a.provider = $2
			AND a.account_subject LIKE 'archive:%'
			AND (lower(a.account) = lower($3) OR 1 = (
				SELECT count(*)
				FROM public.user_integrations n
				WHERE n.user_id = $1::uuid AND n.provider = $2
					AND n.account_subject LIKE 'archive:%'))
		ORDER BY lower(a.account) = lower($3) DESC, a.created_at
		LIMIT 1)
