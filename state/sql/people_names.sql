-- Names that stored items give people: first how people sign themselves.
-- $1 uuid    user
-- $2 text    email or handle
-- $3 text[]  normalised addresses or handles
-- Result, best first: norm, name
SELECT n.norm, p.name
FROM unnest($3::text[]) AS n (norm)
CROSS JOIN LATERAL (
	(SELECT 1 AS rank, x.name
	FROM public.artifact_participants x
	WHERE x.user_id = $1::uuid AND x.kind = $2::text
		AND x.value_norm = n.norm AND x.role = 'from'
	LIMIT 50)
	UNION ALL
	(SELECT 2, x.name
	FROM public.artifact_participants x
	WHERE x.user_id = $1::uuid AND x.kind = $2::text
		AND x.value_norm = n.norm
	LIMIT 50)
) p
WHERE p.name <> ''
GROUP BY n.norm, p.name
ORDER BY n.norm, min(p.rank), count(*) DESC, p.name
