-- Paused accounts run again; one whose consent ended meanwhile waits for a
-- person.
-- $1 uuid    user
-- $2 uuid[]  integrations
UPDATE public.user_integrations i
SET status = CASE WHEN g.status = 'active' THEN 'connected'
		ELSE 'needs_reauth' END,
	status_reason = CASE WHEN g.status = 'active' THEN NULL
		ELSE coalesce(g.last_error, 'the consent ended while it was paused') END,
	last_error_class = CASE WHEN g.status = 'active' THEN NULL ELSE 'reauth' END,
	last_error_scope = CASE WHEN g.status = 'active' THEN NULL ELSE 'grant' END,
	last_error_text = CASE WHEN g.status = 'active' THEN NULL
		ELSE coalesce(g.last_error, 'the consent ended while it was paused') END,
	last_error_at = CASE WHEN g.status = 'active' THEN NULL
		ELSE sluice.clock() END
FROM public.user_integrations o
LEFT JOIN sluice.grants g ON g.user_id = o.user_id AND g.id = o.grant_id
WHERE o.user_id = $1::uuid AND o.id = ANY ($2::uuid[])
	AND i.user_id = $1::uuid AND i.id = o.id AND i.status = 'paused'
