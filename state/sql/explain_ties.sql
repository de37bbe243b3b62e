-- What names a person of a network, connections first, then the newest; of the
-- first 5,000 that are found.
-- $1 uuid    user
-- $2 text    profile or URN, normalised
-- $3 bigint  at most
-- Result: artifact_id, integration_id, account, source_id, title, type,
-- occurred_at, total, partial (there is more)
WITH handle AS (
	SELECT $2::text AS norm
	UNION
	SELECT k.handle
	FROM sluice.handle_links k
	WHERE k.user_id = $1::uuid AND k.profile = $2::text
), seat AS MATERIALIZED (
	SELECT p.artifact_id, p.role
	FROM handle h
	CROSS JOIN LATERAL (
		SELECT x.artifact_id, x.role
		FROM public.artifact_participants x
		WHERE x.user_id = $1::uuid AND x.kind = 'handle'
			AND x.value_norm = h.norm
		OFFSET 0
	) p
	LIMIT 5001
), tie AS (
	SELECT s.artifact_id, bool_or(s.role = 'connection') AS connects
	FROM seat s
	GROUP BY s.artifact_id
)
SELECT a.id AS artifact_id, a.integration_id, i.account, a.source_id, a.title,
	a.type, a.occurred_at, count(*) OVER () AS total,
	(SELECT count(*) > 5000 FROM seat) AS partial
FROM tie t
JOIN public.artifacts a ON a.user_id = $1::uuid AND a.id = t.artifact_id
	AND a.type <> 'email'
JOIN public.user_integrations i
	ON i.user_id = $1::uuid AND i.id = a.integration_id
ORDER BY t.connects DESC, a.occurred_at DESC NULLS LAST, a.id
LIMIT $3::bigint
