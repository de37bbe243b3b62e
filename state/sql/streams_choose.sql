-- The user's choice about streams, which no listing changes again.
-- $1 uuid     user
-- $2 text     connector, or NULL for any
-- $3 text     the streams' key
-- $4 boolean  pull it?
UPDATE public.sync_state s SET enabled_choice = $4::boolean
FROM public.user_integrations i
WHERE i.user_id = s.user_id AND i.id = s.integration_id
	AND s.user_id = $1::uuid
	AND ($2::text IS NULL OR i.provider = $2)
	AND s.key = $3 AND s.key <> ''
