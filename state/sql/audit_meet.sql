-- Note what a page showed, and what is wrong with it.
-- $1 uuid  user  $2 uuid  stream
-- $3 text[] source ids  $4 text[] findings; NULL = agrees
-- Result, of what was not met before: ord (1-based)
WITH input AS MATERIALIZED (
	SELECT DISTINCT ON (i.source_id) i.*
	FROM unnest($3::text[], $4::text[])
		WITH ORDINALITY AS i (source_id, finding, ord)
	WHERE octet_length(i.source_id) <= 1100
	ORDER BY i.source_id, i.ord
), met AS (
	INSERT INTO sluice.audit_items (user_id, stream_id, source_id, finding)
	SELECT $1::uuid, $2::uuid, i.source_id, i.finding
	FROM input i
	ON CONFLICT DO NOTHING
	RETURNING source_id
)
SELECT i.ord
FROM input i
JOIN met m ON m.source_id = i.source_id
