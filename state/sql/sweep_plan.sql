-- What follows compares whole tables: hash them, whatever the statistics of
-- tables just filled may say. For this transaction.
SELECT set_config('enable_nestloop', 'off', true)
