-- Settings of a transaction of the gateway or the operator.
-- Result: timeout_ms bigint: what a statement may take; 0 = no limit
SELECT sluice.settle_session() AS timeout_ms
