-- Cards that an account made or gave an address, and that stay.
-- $1 uuid  user
-- $2 text  the account's connector
-- Result: kept (JSON): by_hand (entered or edited by a person, or with loops),
-- supported (another account's items name them)
SELECT jsonb_build_object(
	'by_hand', count(*) FILTER (WHERE k.by_hand),
	'supported', count(*) FILTER (WHERE NOT k.by_hand))::text AS kept
FROM (
	SELECT c.source = 'manual' OR (c.updated_at <> c.created_at
			AND to_jsonb(c.updated_at)
				IS DISTINCT FROM c.origin -> 'named_at') OR EXISTS (
			SELECT FROM public.loops l
			WHERE l.user_id = $1::uuid AND l.contact_id = c.id) AS by_hand
	FROM public.contacts c
	WHERE c.user_id = $1::uuid
		AND (c.source = $2::text
			OR EXISTS (
				SELECT FROM public.contact_emails e
				WHERE e.user_id = $1::uuid AND e.contact_id = c.id
					AND e.source = $2::text)
			OR EXISTS (
				SELECT FROM public.contact_handles h
				WHERE h.user_id = $1::uuid AND h.contact_id = c.id
					AND h.source = $2::text))
) k
