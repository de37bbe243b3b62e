-- A chunk of artifacts loses what may no longer be kept of them. Their hash
-- goes with it: it tells of what is not there, and the same item read again
-- with more than is left must be written.
-- $1 uuid, $2 uuid, $3 bigint  user, integration, fence
-- $4 uuid      where the chunk before ended; NULL = begin
-- $5 bigint    rows looked at
-- $6 boolean   titles go  $7 boolean  contents go  $8 text[] metadata keys that go
-- $9 text      etag of what is left; NULL = as it is
-- $10 text[]   etags that it replaces
-- Result: last (of the chunk; NULL: there was no more), looked, erased. No row:
-- lost.
WITH held AS MATERIALIZED (
	SELECT c.fence
	FROM sluice.schedule c
	WHERE c.integration_id = $2::uuid AND c.user_id = $1::uuid
		AND c.fence = $3::bigint
	FOR SHARE
), chunk AS MATERIALIZED (
	SELECT a.id, a.title, a.content, a.metadata
	FROM held, public.artifacts a
	WHERE a.user_id = $1::uuid AND a.integration_id = $2::uuid
		AND ($4::uuid IS NULL OR a.id > $4::uuid)
	ORDER BY a.id
	LIMIT $5::bigint
), wanted AS MATERIALIZED (
	SELECT c.id,
		CASE WHEN NOT $6::boolean THEN c.title END AS title,
		CASE WHEN NOT $7::boolean THEN c.content END AS content,
		CASE WHEN $9::text IS NOT NULL
				AND c.metadata ->> 'etag' = ANY ($10::text[])
			THEN jsonb_set(c.metadata - $8::text[], '{etag}', to_jsonb($9::text))
			ELSE c.metadata - $8::text[] END AS metadata
	FROM chunk c
), written AS (
	UPDATE public.artifacts a
	SET title = w.title, content = w.content, metadata = w.metadata,
		content_hash = CASE WHEN (a.title, a.content, a.metadata - 'etag')
				IS DISTINCT FROM (w.title, w.content, w.metadata - 'etag')
			THEN sha256(convert_to('erased ' || a.id, 'UTF8'))
			ELSE a.content_hash END
	FROM wanted w
	WHERE a.user_id = $1::uuid AND a.id = w.id
		AND (a.title, a.content, a.metadata)
			IS DISTINCT FROM (w.title, w.content, w.metadata)
	RETURNING a.id
)
SELECT (SELECT max(c.id::text) FROM chunk c) AS last,
	(SELECT count(*) FROM chunk) AS looked,
	(SELECT count(*) FROM written) AS erased
FROM held
