-- The user's choice about streams, which no listing changes again. One that has
-- no key, as it is one of its kind, is named by that; what everything else of an
-- account comes by cannot be chosen.
-- $1 uuid     user
-- $2 text     connector, or NULL for any
-- $3 text     the streams' key, or kind
-- $4 boolean  pull it?
UPDATE public.sync_state s
SET enabled_choice = $4::boolean,
	switched_at = CASE WHEN s.enabled = $4::boolean THEN s.switched_at
		ELSE sluice.clock() END
FROM public.user_integrations i
WHERE i.user_id = s.user_id AND i.id = s.integration_id
	AND s.user_id = $1::uuid
	AND ($2::text IS NULL OR i.provider = $2)
	AND (s.key = $3::text AND s.key <> ''
		OR s.key = '' AND s.kind = $3::text AND s.opened_by IS NOT NULL)
