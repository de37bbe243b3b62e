-- A token that the new consent does not have.
-- $1 uuid  user
-- $2 uuid  grant
-- $3 text  purpose
DELETE FROM sluice.user_secrets
WHERE user_id = $1::uuid AND grant_id = $2::uuid AND purpose = $3
