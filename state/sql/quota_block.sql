-- The provider wants a client to wait. Who was told of a longer wait is right.
-- $1 uuid    OAuth client
-- $2 text    API: connector name
-- $3 bigint  microseconds from now
INSERT INTO sluice.quota_blocks AS b (oauth_client_id, api, blocked_until)
SELECT c.id, $2::text, sluice.clock() + make_interval(secs => $3::bigint / 1e6)
FROM sluice.oauth_clients c
WHERE c.id = $1::uuid
ON CONFLICT (oauth_client_id, api) DO UPDATE
SET blocked_until = CASE
	WHEN b.blocked_until < sluice.clock() + interval '2 days'
	THEN greatest(b.blocked_until, excluded.blocked_until)
	ELSE excluded.blocked_until END
