-- What the newest live connection says of people.
-- $1 uuid    user
-- $2 text[]  profiles, normalised
-- Result: ord (1-based), artifact_id, given_name, family_name, company,
-- position, emails (JSON array)
SELECT n.ord, f.id AS artifact_id, f.metadata ->> 'first_name' AS given_name,
	f.metadata ->> 'last_name' AS family_name,
	f.metadata ->> 'company' AS company,
	f.metadata ->> 'position' AS position, f.metadata ->> 'emails' AS emails
FROM unnest($2::text[]) WITH ORDINALITY AS n (norm, ord)
CROSS JOIN LATERAL (
	SELECT a.*
	FROM (
		SELECT x.artifact_id
		FROM public.artifact_participants x
		WHERE x.user_id = $1::uuid AND x.kind = 'handle'
			AND x.value_norm = n.norm AND x.role = 'connection'
		LIMIT 1000
	) p
	CROSS JOIN LATERAL (
		SELECT x.id, x.metadata, x.source_version, x.occurred_at
		FROM public.artifacts x
		WHERE x.user_id = $1::uuid AND x.id = p.artifact_id
			AND x.deleted_at IS NULL
		OFFSET 0
	) a
	ORDER BY a.source_version DESC, a.occurred_at DESC, a.id
	LIMIT 1
) f
ORDER BY n.ord
