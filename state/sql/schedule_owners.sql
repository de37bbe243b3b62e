-- Who holds leases on this host.
-- $1 text  host
-- Result: owner (JSON), host, boot_id, pid, started
SELECT DISTINCT c.lease_owner::text AS owner, c.lease_owner ->> 'host' AS host,
	c.lease_owner ->> 'boot_id' AS boot_id,
	(c.lease_owner ->> 'pid')::bigint AS pid,
	(c.lease_owner ->> 'started')::bigint AS started
FROM sluice.schedule c
WHERE c.lease_owner ->> 'host' = $1::text AND c.lease_until IS NOT NULL
