-- Whole lists of participants: writes what differs, drops what is too much.
-- $1 uuid  user
-- arrays, one element a participant:
-- $2 uuid[] artifact  $3 integer[] position  $4 text[] kind  $5 text[] value
-- $6 text[] normalised value  $7 text[] name  $8 text[] role
-- $9 text[] response  $10 boolean[] is a person  $11 boolean[] is self
-- $12 boolean[] optional
-- arrays, one element an artifact that was there before:
-- $13 uuid[] artifact  $14 integer[] participants it has now
WITH trimmed AS (
	DELETE FROM public.artifact_participants p
	WHERE p.user_id = $1::uuid AND p.ctid = ANY (ARRAY (
		SELECT n.ctid
		FROM unnest($13::uuid[], $14::integer[]) AS t (artifact_id, size)
		CROSS JOIN LATERAL (
			SELECT x.ctid
			FROM public.artifact_participants x
			WHERE x.user_id = $1::uuid AND x.artifact_id = t.artifact_id
				AND x.position >= t.size
			OFFSET 0
		) n))
)
INSERT INTO public.artifact_participants AS p (user_id, artifact_id, position,
	kind, value, value_norm, name, role, response, is_person, is_self,
	optional)
SELECT $1::uuid, i.*
FROM unnest($2::uuid[], $3::integer[], $4::text[], $5::text[], $6::text[],
	$7::text[], $8::text[], $9::text[], $10::boolean[], $11::boolean[],
	$12::boolean[]) AS i
ON CONFLICT (artifact_id, position) DO UPDATE
SET kind = excluded.kind, value = excluded.value,
	value_norm = excluded.value_norm, name = excluded.name,
	role = excluded.role, response = excluded.response,
	is_person = excluded.is_person, is_self = excluded.is_self,
	optional = excluded.optional
WHERE (p.kind, p.value, p.value_norm, p.name, p.role, p.response, p.is_person,
		p.is_self, p.optional)
	IS DISTINCT FROM (excluded.kind, excluded.value, excluded.value_norm,
		excluded.name, excluded.role, excluded.response, excluded.is_person,
		excluded.is_self, excluded.optional)
