-- Ask for a full resync of a user's accounts.
-- $1 uuid  user
-- $2 text  connector, or NULL for all
-- Result: one row each that will be resynced
SELECT r.integration_id
FROM sluice.resync_accounts($1::uuid, $2::text, NULL, interval '0', false) r
WHERE r.accepted
