-- A stream that no page of another one opens: made, or opened again.
-- $1 uuid, $2 uuid, $3 bigint  user, integration, fence
-- $4 text, $5 text             kind, key
-- $6 text                      title; NULL = the one it has
-- Affected: one row; none: the fence moved.
WITH held AS MATERIALIZED (
	SELECT c.fence
	FROM sluice.schedule c
	WHERE c.integration_id = $2::uuid AND c.user_id = $1::uuid
		AND c.fence = $3::bigint
	FOR SHARE
)
INSERT INTO public.sync_state AS s (user_id, integration_id, kind, key, title)
SELECT $1::uuid, $2::uuid, $4::text, $5::text, $6::text
FROM held
ON CONFLICT (user_id, integration_id, kind, key) DO UPDATE
SET title = coalesce(excluded.title, s.title),
	state = CASE WHEN s.state = 'closed' THEN 'new' ELSE s.state END
