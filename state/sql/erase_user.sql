-- The user itself, where users are the gateway's own.
-- Result: outcome (erased, left, absent)
SELECT sluice.erase_user() AS outcome
