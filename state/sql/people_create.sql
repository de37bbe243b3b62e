-- Make contacts of addresses that are still nobody's; under people_lock.
-- $1 uuid, $2 uuid  user, integration (its connector becomes the source)
-- arrays, one element a person, sorted by norm:
-- $3 text[] norm  $4 text[] address  $5 text[] name, or NULL
-- $6 text[] rule  $7 text[] reason  $8 uuid[] artifact that tells
-- $9 timestamptz  now: first and last seen are those of all that is stored up
-- to then, also of meetings that made nobody a contact; of an address that is
-- named more often than 10,000 times those of as many
-- Result: created
WITH fresh AS MATERIALIZED (
	SELECT i.*, gen_random_uuid() AS contact_id
	FROM unnest($3::text[], $4::text[], $5::text[], $6::text[], $7::text[],
		$8::uuid[])
		WITH ORDINALITY AS i (norm, address, name, rule, reason, artifact_id,
			ord)
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
		seen.first_at, seen.last_at
	FROM fresh f
	CROSS JOIN source s
	CROSS JOIN LATERAL (
		SELECT min(a.occurred_at) AS first_at, max(a.occurred_at) AS last_at
		FROM (
			SELECT x.artifact_id
			FROM public.artifact_participants x
			WHERE x.user_id = $1::uuid AND x.value_norm = f.norm
				AND x.kind = 'email' AND x.is_person
			LIMIT 10000
		) p
		CROSS JOIN LATERAL (
			SELECT x.occurred_at
			FROM public.artifacts x
			WHERE x.user_id = $1::uuid AND x.id = p.artifact_id
				AND x.deleted_at IS NULL
				AND x.occurred_at <= $9::timestamptz
			OFFSET 0
		) a
	) seen
	ORDER BY f.ord
)
SELECT count(*) AS created FROM made
