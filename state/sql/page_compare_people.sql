-- Stored artifacts whose list of participants differs from the page's.
-- $1 to $14 as in artifacts_participants
-- Result: id
WITH input AS MATERIALIZED (
	SELECT i.*
	FROM unnest($2::uuid[], $3::integer[], $4::text[], $5::text[],
		$6::text[], $7::text[], $8::text[], $9::text[], $10::boolean[],
		$11::boolean[], $12::boolean[])
		AS i (artifact_id, position, kind, value, value_norm, name, role,
			response, is_person, is_self, optional)
)
SELECT t.artifact_id AS id
FROM unnest($13::uuid[], $14::integer[]) AS t (artifact_id, size)
CROSS JOIN LATERAL (
	SELECT count(*) AS size
	FROM public.artifact_participants x
	WHERE x.user_id = $1::uuid AND x.artifact_id = t.artifact_id
	OFFSET 0
) n
WHERE n.size <> t.size
UNION
SELECT i.artifact_id
FROM input i
LEFT JOIN LATERAL (
	SELECT x.*
	FROM public.artifact_participants x
	WHERE x.user_id = $1::uuid AND x.artifact_id = i.artifact_id
		AND x.position = i.position
	OFFSET 0
) p ON true
WHERE (p.kind, p.value, p.value_norm, p.name, p.role, p.response, p.is_person,
		p.is_self, p.optional)
	IS DISTINCT FROM (i.kind, i.value, i.value_norm, i.name, i.role, i.response,
		i.is_person, i.is_self, i.optional)
