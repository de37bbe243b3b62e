-- Masters that a page wrote: note those that are new or whose instances change.
-- A written row that is no master any more loses its series.
-- $1 uuid, $2 uuid, $3 text  user, integration, stream key
-- arrays, one element a master:
-- $4 uuid[] artifact  $5 bytea[] basis  $6 text[] recurrence, array literals
-- $7 uuid[]                  rows that were there and are no master now
-- Result: ord (1-based) of the masters that are due
WITH input AS MATERIALIZED (
	SELECT i.*
	FROM unnest($4::uuid[], $5::bytea[], $6::text[])
		WITH ORDINALITY AS i (artifact_id, basis, recurrence, ord)
), ended AS (
	DELETE FROM public.calendar_series s
	WHERE s.user_id = $1::uuid AND s.artifact_id = ANY ($7::uuid[])
), old AS MATERIALIZED (
	SELECT i.ord, o.basis = i.basis AS same, o.expansion
	FROM input i
	CROSS JOIN LATERAL (
		SELECT s.basis, s.expansion
		FROM public.calendar_series s
		WHERE s.user_id = $1::uuid AND s.artifact_id = i.artifact_id
		OFFSET 0
	) o
), put AS (
	INSERT INTO public.calendar_series AS s (artifact_id, user_id,
		integration_id, stream_key, recurrence, basis)
	SELECT i.artifact_id, $1::uuid, $2::uuid, $3::text,
		i.recurrence::text[], i.basis
	FROM input i
	WHERE NOT EXISTS (SELECT FROM old o WHERE o.ord = i.ord AND o.same)
	ON CONFLICT (artifact_id) DO UPDATE
	SET recurrence = excluded.recurrence, basis = excluded.basis,
		expansion = 'due', reason = NULL, expanded_to = NULL
	RETURNING s.artifact_id
)
SELECT i.ord
FROM input i
WHERE i.artifact_id IN (SELECT p.artifact_id FROM put p)
	OR EXISTS (SELECT FROM old o
		WHERE o.ord = i.ord AND o.same AND o.expansion = 'due')
ORDER BY i.ord
