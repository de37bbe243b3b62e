-- Incomplete lists of participants: known people are updated, new ones added
-- behind, nobody is removed. $1 to $12 as in artifacts_participants.
WITH input AS MATERIALIZED (
	SELECT i.*
	FROM unnest($2::uuid[], $3::integer[], $4::text[], $5::text[],
		$6::text[], $7::text[], $8::text[], $9::text[], $10::boolean[],
		$11::boolean[], $12::boolean[])
		AS i (artifact_id, position, kind, value, value_norm, name, role,
			response, is_person, is_self, optional)
), hit AS (
	UPDATE public.artifact_participants p
	SET name = coalesce(i.name, p.name), role = i.role,
		response = i.response, is_person = i.is_person,
		is_self = i.is_self, optional = i.optional
	FROM input i
	WHERE p.user_id = $1::uuid AND p.ctid = ANY (ARRAY (
			SELECT n.ctid
			FROM (SELECT DISTINCT j.artifact_id FROM input j) d
			CROSS JOIN LATERAL (
				SELECT x.ctid
				FROM public.artifact_participants x
				WHERE x.user_id = $1::uuid
					AND x.artifact_id = d.artifact_id
				OFFSET 0
			) n))
		AND p.artifact_id = i.artifact_id AND p.kind = i.kind
		AND coalesce(p.value_norm, p.value) = coalesce(i.value_norm, i.value)
	RETURNING i.artifact_id, i.position
)
INSERT INTO public.artifact_participants (user_id, artifact_id, position,
	kind, value, value_norm, name, role, response, is_person, is_self,
	optional)
SELECT $1::uuid, i.artifact_id,
	coalesce((SELECT max(o.position) FROM public.artifact_participants o
		WHERE o.user_id = $1::uuid AND o.artifact_id = i.artifact_id), -1)
	+ row_number() OVER (PARTITION BY i.artifact_id ORDER BY i.position),
	i.kind, i.value, i.value_norm, i.name, i.role, i.response, i.is_person,
	i.is_self, i.optional
FROM input i
WHERE (i.artifact_id, i.position) NOT IN (
	SELECT h.artifact_id, h.position FROM hit h)
