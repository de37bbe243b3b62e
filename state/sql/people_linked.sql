-- Whose is what a page linked: the contact that has one of the two handles gets
-- the other one.
-- $1 uuid    user
-- $2 text[]  URN  $3 text[]  profile
-- Result: contact_id, handle (normalised) that it gets
SELECT p.contact_id, i.urn AS handle
FROM unnest($2::text[], $3::text[]) AS i (urn, profile)
JOIN public.contact_handles p
	ON p.user_id = $1::uuid AND p.value_norm = i.profile
UNION
SELECT u.contact_id, i.profile
FROM unnest($2::text[], $3::text[]) AS i (urn, profile)
JOIN public.contact_handles u
	ON u.user_id = $1::uuid AND u.value_norm = i.urn
WHERE NOT EXISTS (
	SELECT FROM public.contact_handles p
	WHERE p.user_id = $1::uuid AND p.value_norm = i.profile)
ORDER BY contact_id, handle
