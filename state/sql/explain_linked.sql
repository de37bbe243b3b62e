-- The profile that a URN is known to be.
-- $1 uuid  user
-- $2 text  URN, normalised
-- Result: profile; no row: none is known
SELECT k.profile
FROM sluice.handle_links k
WHERE k.user_id = $1::uuid AND k.handle = $2::text
