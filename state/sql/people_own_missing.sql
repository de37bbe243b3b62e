-- Which of the user's own addresses is not yet the self contact's? One that a
-- person entered on another card is left there once there is a self contact.
-- $1 uuid    user
-- $2 text[]  normalised addresses
-- Result: ord (1-based)
SELECT i.ord
FROM unnest($2::text[]) WITH ORDINALITY AS i (norm, ord)
LEFT JOIN public.contact_emails e
	ON e.user_id = $1::uuid AND e.address_norm = i.norm
LEFT JOIN public.contacts c
	ON c.user_id = $1::uuid AND c.id = e.contact_id
WHERE c.id IS NULL OR (NOT c.is_self_contact
	AND (c.source <> 'manual' OR NOT EXISTS (
		SELECT FROM public.contacts s
		WHERE s.user_id = $1::uuid AND s.is_self_contact)))
ORDER BY i.ord
