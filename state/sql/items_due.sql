-- Quarantined items whose time has come, or whose mapping has changed: wanted of
-- their streams.
-- $1 uuid, $2 uuid  user, integration
-- $3 text[] stream kind  $4 integer[] its map version
-- $5 integer        most items of one stream
-- Result: id (of the stream), list (what is wanted, as in pending)
SELECT d.id, d.list
FROM sluice.due_items($1::uuid, $2::uuid, $3::text[], $4::integer[],
	$5::integer) AS d
