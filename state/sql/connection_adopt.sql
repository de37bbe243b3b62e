-- Before an account is written that was not there: what was imported without a
-- consent becomes this account's, if it goes by this account's name; or is the
-- only such one of the user, and nothing says that it is another person's: it
-- goes by an address that is not this account's, while this account's is none of
-- the user's own (an archive tells all of its owner's), or by another name.
-- $1 uuid  user
-- $2 text  connector
-- $3 text  account as shown to people
-- $4 text  account's subject
-- $5 text  the person's name; NULL = not told
-- Result: adopted; other (the only one, which is another person's), or NULL
WITH archive AS MATERIALIZED (
	SELECT a.id, a.account, a.created_at,
		lower(a.account) = lower($3::text) AS same,
		count(*) OVER () = 1 AND CASE
			WHEN a.account LIKE '%@%' THEN $3::text NOT LIKE '%@%'
				OR EXISTS (
					SELECT FROM public.contacts c
					JOIN public.contact_emails e
						ON e.user_id = c.user_id AND e.contact_id = c.id
					WHERE c.user_id = $1::uuid AND c.is_self_contact
						AND e.address_norm = lower($3::text))
			WHEN a.account LIKE '% %' THEN $5::text IS NULL
				OR lower(a.account) = lower($5::text)
			ELSE true END AS may_be
	FROM public.user_integrations a
	WHERE a.user_id = $1::uuid AND a.provider = $2::text
		AND a.account_subject LIKE 'archive:%'
		AND NOT EXISTS (
			SELECT FROM public.user_integrations o
			WHERE o.user_id = $1::uuid AND o.provider = $2::text
				AND o.account_subject = $4::text)
), adopted AS (
	UPDATE public.user_integrations i
	SET account_subject = $4::text
	WHERE i.user_id = $1::uuid AND i.id = (
		SELECT a.id
		FROM archive a
		WHERE a.same OR a.may_be
		ORDER BY a.same DESC, a.created_at
		LIMIT 1)
	RETURNING i.id
)
SELECT EXISTS (SELECT FROM adopted) AS adopted, (
	SELECT min(a.account)
	FROM archive a
	HAVING count(*) = 1 AND NOT bool_or(a.same OR a.may_be)) AS other
