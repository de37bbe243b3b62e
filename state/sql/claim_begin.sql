-- A run that was leased for a batch begins: one that was left open is closed, root
-- streams are opened, and items that are due become wanted.
-- $1 uuid, $2 uuid, $3 bigint, $4 uuid  user, integration, fence, run
-- $5 bigint                microseconds that the lease lasts
-- $6 text[], $7 text[]     kind and title of streams that every account has
-- $8 text[], $9 integer[]  stream kind, its map version
-- $10 integer              most items of one stream
-- Result: held boolean; false: the lease is lost, or the user was deleted
SELECT sluice.begin_run($1::uuid, $2::uuid, $3::bigint, $4::uuid, $5::bigint,
	$6::text[], $7::text[], $8::text[], $9::integer[], $10::integer) AS held
