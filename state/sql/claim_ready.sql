-- Root streams are opened, and items that are due become wanted.
-- $1 uuid, $2 uuid         user, integration
-- $3 text[], $4 text[]     kind and title of streams that every account has
-- $5 text[], $6 integer[]  stream kind, its map version
-- $7 integer               most items of one stream
SELECT sluice.ready_streams($1::uuid, $2::uuid, $3::text[], $4::text[],
	$5::text[], $6::integer[], $7::integer)
