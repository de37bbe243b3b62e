-- Book a stream's failure; its cursor stays.
-- $1 uuid, $2 uuid, $3 bigint  user, integration, fence
-- $4 uuid                      stream
-- $5 text, $6 text, $7 text    class, scope, text of the error
-- $8 timestamptz               not before; NULL = at any time
-- Affected: 0 when the fence moved.
WITH held AS MATERIALIZED (
	SELECT c.fence
	FROM sluice.schedule c
	WHERE c.integration_id = $2::uuid AND c.user_id = $1::uuid
		AND c.fence = $3::bigint
	FOR SHARE
)
UPDATE public.sync_state s
SET failures = s.failures + 1,
	last_error_class = $5::text, last_error_scope = $6::text,
	last_error_text = $7::text, last_error_at = sluice.clock(),
	not_before = $8::timestamptz
FROM held
WHERE s.id = $4::uuid AND s.user_id = $1::uuid
