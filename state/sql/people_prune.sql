-- Drop contacts made by sync that no identity is left of; under people_lock.
-- $1 uuid    user
-- $2 uuid[]  contacts
DELETE FROM public.contacts c
WHERE c.user_id = $1::uuid AND c.id = ANY ($2::uuid[])
	AND NOT c.is_self_contact AND c.source <> 'manual'
	-- nobody has written on the card; people_touch may have named it
	AND (c.updated_at = c.created_at
		OR to_jsonb(c.updated_at) = c.origin -> 'named_at')
	AND NOT EXISTS (
		SELECT FROM public.suggestions g
		WHERE g.user_id = $1::uuid AND g.contact_id = c.id)
	AND NOT EXISTS (
		SELECT FROM public.contact_emails e
		WHERE e.user_id = $1::uuid AND e.contact_id = c.id)
	AND NOT EXISTS (
		SELECT FROM public.contact_handles h
		WHERE h.user_id = $1::uuid AND h.contact_id = c.id)
	AND NOT EXISTS (
		SELECT FROM public.loops l
		WHERE l.user_id = $1::uuid AND l.contact_id = c.id)
