-- A stream rests: no answer is under way that could be too old.
-- $1 uuid, $2 uuid  user, stream
DELETE FROM sluice.overtaken o
WHERE o.user_id = $1::uuid AND o.stream_id = $2::uuid
