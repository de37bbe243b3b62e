-- A hint that something may be due: the id of the integration.
LISTEN sluice
