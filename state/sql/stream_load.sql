-- The streams of an integration that are not closed.
-- $1 uuid  user
-- $2 uuid  integration
-- $3 text  edition of the zone rules
-- Result: the columns of struct sl_stream_row
SELECT s.* FROM sluice.run_streams($1::uuid, $2::uuid, $3::text) AS s
