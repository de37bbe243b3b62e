-- Book ids that the walk under way has seen.
-- $1 uuid  user  $2 uuid  stream  $3 integer  generation
-- $4 text[]  source ids
INSERT INTO sluice.seen (user_id, stream_id, generation, source_id)
SELECT DISTINCT $1::uuid, $2::uuid, $3::integer, i.source_id
FROM unnest($4::text[]) AS i (source_id)
WHERE octet_length(i.source_id) <= 1100
ON CONFLICT DO NOTHING
