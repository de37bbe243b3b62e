-- Who reads an export may be slow: the snapshot waits ten minutes for it.
SELECT set_config('idle_in_transaction_session_timeout', '10min', true)
