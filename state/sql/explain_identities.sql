-- The identities of a contact.
-- $1 uuid  user
-- $2 uuid  contact
-- Result: kind (email, handle), norm
SELECT 'email' AS kind, e.address_norm AS norm
FROM public.contact_emails e
WHERE e.user_id = $1::uuid AND e.contact_id = $2::uuid
UNION ALL
SELECT 'handle', h.value_norm
FROM public.contact_handles h
WHERE h.user_id = $1::uuid AND h.contact_id = $2::uuid
ORDER BY kind, norm
