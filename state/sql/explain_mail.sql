-- Mail that names an address: the newest of each way it went. Of an address
-- that more than 5,000 participations name, what of the user's newest 20,000
-- artifacts is its mail, and the message that made it a contact.
-- $1 uuid    user
-- $2 text    normalised address
-- $3 bigint  of each way at most
-- Result, newest first: artifact_id, integration_id, account, source_id,
-- external_uid, title, occurred_at, way (to: the user wrote to the address;
-- from: it wrote; named: neither), total (of the way), partial (there is more)
WITH own AS MATERIALIZED (
	SELECT e.address_norm AS norm
	FROM public.contacts s
	JOIN public.contact_emails e
		ON e.user_id = s.user_id AND e.contact_id = s.id
	WHERE s.user_id = $1::uuid AND s.is_self_contact
	UNION ALL
	SELECT lower(u.account)
	FROM public.user_integrations u
	WHERE u.user_id = $1::uuid
), first AS MATERIALIZED (
	SELECT q.artifact_id
	FROM public.artifact_participants q
	WHERE q.user_id = $1::uuid AND q.kind = 'email'
		AND q.value_norm = $2::text
	LIMIT 5001
), size AS MATERIALIZED (
	SELECT count(*) > 5000 AS many
	FROM first f
), candidate AS MATERIALIZED (
	SELECT f.artifact_id
	FROM first f
	WHERE NOT (SELECT z.many FROM size z)
	UNION
	SELECT n.id
	FROM (
		SELECT x.id
		FROM public.artifacts x
		WHERE x.user_id = $1::uuid AND x.occurred_at <= sluice.clock()
			AND (SELECT z.many FROM size z)
		ORDER BY x.occurred_at DESC
		LIMIT 20000
	) n
	UNION
	SELECT (c.origin ->> 'artifact')::uuid
	FROM public.contact_emails e
	JOIN public.contacts c ON c.user_id = $1::uuid AND c.id = e.contact_id
	WHERE e.user_id = $1::uuid AND e.address_norm = $2::text
		AND c.origin ->> 'artifact' ~ '^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$'
), seat AS MATERIALIZED (
	SELECT c.artifact_id, s.is_author, s.is_recipient, s.by_user
	FROM candidate c
	CROSS JOIN LATERAL (
		SELECT bool_or(x.value_norm = $2::text AND x.kind = 'email')
				AS is_named,
			bool_or(x.value_norm = $2::text AND x.role = 'from')
				AS is_author,
			bool_or(x.value_norm = $2::text
				AND x.role IN ('to', 'cc', 'bcc')) AS is_recipient,
			bool_or(x.role = 'from' AND (x.is_self OR x.value_norm IN (
				SELECT o.norm FROM own o))) AS by_user
		FROM public.artifact_participants x
		WHERE x.user_id = $1::uuid AND x.artifact_id = c.artifact_id
	) s
	WHERE s.is_named
), mail AS (
	SELECT a.*, CASE WHEN s.is_recipient AND s.by_user THEN 'to'
		WHEN s.is_author THEN 'from'
		ELSE 'named' END AS way
	FROM seat s
	CROSS JOIN LATERAL (
		SELECT x.id AS artifact_id, x.integration_id, x.source_id,
			x.external_uid, x.title, x.occurred_at
		FROM public.artifacts x
		WHERE x.user_id = $1::uuid AND x.id = s.artifact_id
			AND x.type = 'email'
		OFFSET 0
	) a
), ranked AS (
	SELECT m.*, count(*) OVER (PARTITION BY m.way) AS total,
		row_number() OVER (PARTITION BY m.way
			ORDER BY m.occurred_at DESC NULLS LAST, m.artifact_id) AS nth
	FROM mail m
)
SELECT r.artifact_id, r.integration_id, i.account, r.source_id,
	r.external_uid, r.title, r.occurred_at, r.way, r.total,
	z.many AS partial
FROM ranked r
CROSS JOIN size z
JOIN public.user_integrations i
	ON i.user_id = $1::uuid AND i.id = r.integration_id
WHERE r.nth <= $3::bigint
ORDER BY r.occurred_at DESC NULLS LAST, r.artifact_id
