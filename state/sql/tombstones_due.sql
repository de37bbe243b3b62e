-- Accounts with tombstones that are to lose their content; as sluice_operator.
-- $1 bigint  at most
-- Result: user_id, integration_id
SELECT t.user_id, t.integration_id
FROM sluice.old_tombstones($1::integer) AS t (user_id, integration_id)
