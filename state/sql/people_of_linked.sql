-- Stored items that name handles of which it has become known whose they are.
-- $1 uuid    user
-- $2 text[]  URNs
-- Result: id
SELECT DISTINCT x.artifact_id AS id
FROM unnest($2::text[]) AS i (urn)
CROSS JOIN LATERAL (
	SELECT p.artifact_id
	FROM public.artifact_participants p
	WHERE p.user_id = $1::uuid AND p.kind = 'handle' AND p.value_norm = i.urn
	LIMIT 1000
) x
