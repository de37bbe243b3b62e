-- From here on the transaction cannot write. Nothing may stand before it but
-- the identity.
-- Result: nothing of interest.
SELECT pg_catalog.set_config('transaction_read_only', 'on', true)
