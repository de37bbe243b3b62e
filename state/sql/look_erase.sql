-- How many artifacts of a chunk would lose something to artifacts_erase?
-- $1 uuid, $2 uuid   user, integration
-- $3 text, $4 text   behind this stream key and id; '' = from the first
-- $5 bigint          rows looked at
-- $6 boolean  titles go  $7 boolean  contents go  $8 text[] metadata keys that go
-- Result: stream_key, source_id (of the chunk's last), looked, erased
SELECT (array_agg(c.stream_key ORDER BY c.stream_key DESC, c.source_id DESC))[1]
		AS stream_key,
	(array_agg(c.source_id ORDER BY c.stream_key DESC, c.source_id DESC))[1]
		AS source_id,
	count(*) AS looked,
	count(*) FILTER (WHERE c.loses) AS erased
FROM (
	SELECT a.stream_key, a.source_id,
		($6::boolean AND a.title IS NOT NULL)
			OR ($7::boolean AND a.content IS NOT NULL)
			OR a.metadata ?| $8::text[] AS loses
	FROM public.artifacts a
	WHERE a.user_id = $1::uuid AND a.integration_id = $2::uuid
		AND (a.stream_key, a.source_id) > ($3::text, $4::text)
	ORDER BY a.stream_key, a.source_id
	LIMIT $5::bigint
) c
