-- Make contacts of entries of an address book; their identities follow. Under
-- people_lock.
-- $1 uuid, $2 uuid  user, integration (its connector becomes the source)
-- $3 text           rule
-- arrays, one element a person: $4 text[] reason  $5 text[] name, or NULL
-- Result: ord (1-based), contact_id
WITH fresh AS MATERIALIZED (
	SELECT i.*, gen_random_uuid() AS id
	FROM unnest($4::text[], $5::text[])
		WITH ORDINALITY AS i (reason, name, ord)
), made AS (
	INSERT INTO public.contacts (id, user_id, display_name, source, origin)
	SELECT f.id, $1::uuid, f.name, u.provider,
		jsonb_build_object('rule', $3::text, 'reason', f.reason, 'filled',
			jsonb_strip_nulls(jsonb_build_object('display_name', f.name)))
	FROM fresh f
	JOIN public.user_integrations u
		ON u.user_id = $1::uuid AND u.id = $2::uuid
	ORDER BY f.ord
)
SELECT f.ord, f.id AS contact_id FROM fresh f ORDER BY f.ord
