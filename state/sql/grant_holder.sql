-- Who refreshes a grant's tokens?
-- $1 uuid, $2 uuid  user, grant
-- $3 bigint         version of the tokens that are to be refreshed
-- Result: stale (those are not the tokens any more, or the grant is dead);
-- owner, and of it host, boot_id, pid, started
SELECT (g.version <> $3::bigint OR g.status <> 'active') AS stale,
	g.refresh_lease_owner AS owner, o.j ->> 'host' AS host,
	o.j ->> 'boot_id' AS boot_id, (o.j ->> 'pid')::bigint AS pid,
	(o.j ->> 'started')::bigint AS started
FROM sluice.grants g
CROSS JOIN LATERAL (SELECT g.refresh_lease_owner::jsonb AS j) o
WHERE g.user_id = $1::uuid AND g.id = $2::uuid
