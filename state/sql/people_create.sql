-- Make contacts of addresses that are still nobody's; under people_lock.
-- $1 uuid, $2 uuid  user, integration (its connector becomes the source)
-- arrays, one element a person, sorted by norm:
-- $3 text[] norm  $4 text[] address  $5 text[] name, or NULL
-- $6 text[] rule  $7 text[] reason  $8 uuid[] artifact that tells
-- $9 timestamptz[] first seen  $10 timestamptz[] last seen
-- Result: created
WITH fresh AS MATERIALIZED (
	SELECT i.*, gen_random_uuid() AS contact_id
	FROM unnest($3::text[], $4::text[], $5::text[], $6::text[], $7::text[],
		$8::uuid[], $9::timestamptz[], $10::timestamptz[])
		WITH ORDINALITY AS i (norm, address, name, rule, reason, artifact_id,
			first_seen_at, last_seen_at, ord)
	WHERE NOT EXISTS (
		SELECT FROM public.contact_emails e
		WHERE e.user_id = $1::uuid AND e.address_norm = i.norm)
), source AS MATERIALIZED (
	SELECT u.provider
	FROM public.user_integrations u
	WHERE u.user_id = $1::uuid AND u.id = $2::uuid
), made AS (
	INSERT INTO public.contacts (id, user_id, display_name, source, origin)
	SELECT f.contact_id, $1::uuid, f.name, s.provider,
		jsonb_build_object('rule', f.rule, 'reason', f.reason,
			'artifact', f.artifact_id)
	FROM fresh f, source s
	ORDER BY f.ord
	RETURNING id
), named AS (
	INSERT INTO public.contact_emails (user_id, contact_id, address,
		address_norm, source, first_seen_at, last_seen_at)
	SELECT $1::uuid, f.contact_id, f.address, f.norm, s.provider,
		f.first_seen_at, f.last_seen_at
	FROM fresh f, source s
	ORDER BY f.ord
)
SELECT count(*) AS created FROM made
