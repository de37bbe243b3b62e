-- Open the streams that every account has.
-- $1 uuid    user
-- $2 uuid    integration
-- $3 text[]  kinds
-- $4 text[]  titles
INSERT INTO public.sync_state (user_id, integration_id, kind, title)
SELECT $1::uuid, $2::uuid, r.kind, r.title
FROM unnest($3::text[], $4::text[]) AS r (kind, title)
WHERE NOT EXISTS (
	SELECT FROM public.sync_state s
	WHERE s.user_id = $1::uuid AND s.integration_id = $2::uuid
		AND s.kind = r.kind AND s.key = '')
ON CONFLICT DO NOTHING
