-- A chunk of artifacts loses what may no longer be kept of them. Their hash
-- goes with it: it tells of what is not there, and the same item read again
-- with more than is left must be written.
-- $1 uuid, $2 uuid, $3 bigint  user, integration, fence
-- $4 text, $5 text  behind this stream key and id; '' = from the first
-- $6 bigint    rows looked at
-- $7 boolean   titles go  $8 boolean  contents go  $9 text[] metadata keys that go
-- $10 text     etag of what is left; NULL = as it is
-- $11 text[]   etags that it replaces
-- Result: stream_key, source_id (of the chunk's last; NULL: there was none),
-- looked, erased. No row: lost.
WITH held AS MATERIALIZED (
	SELECT c.fence
	FROM sluice.schedule c
	WHERE c.integration_id = $2::uuid AND c.user_id = $1::uuid
		AND c.fence = $3::bigint
	FOR SHARE
), chunk AS MATERIALIZED (
	SELECT a.id, a.stream_key, a.source_id, a.title, a.content, a.metadata
	FROM public.artifacts a
	WHERE a.user_id = $1::uuid AND a.integration_id = $2::uuid
		AND (a.stream_key, a.source_id) > ($4::text, $5::text)
		AND EXISTS (SELECT FROM held)
	ORDER BY a.stream_key, a.source_id
	LIMIT $6::bigint
), wanted AS MATERIALIZED (
	SELECT c.id,
		CASE WHEN NOT $7::boolean THEN c.title END AS title,
		CASE WHEN NOT $8::boolean THEN c.content END AS content,
		CASE WHEN $10::text IS NOT NULL
				AND c.metadata ->> 'etag' = ANY ($11::text[])
			THEN jsonb_set(c.metadata - $9::text[], '{etag}', to_jsonb($10::text))
			ELSE c.metadata - $9::text[] END AS metadata
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
), last AS (
	SELECT c.stream_key, c.source_id
	FROM chunk c
	ORDER BY c.stream_key DESC, c.source_id DESC
	LIMIT 1
)
SELECT l.stream_key, l.source_id,
	(SELECT count(*) FROM chunk) AS looked,
	(SELECT count(*) FROM written) AS erased
FROM held
LEFT JOIN last l ON true
