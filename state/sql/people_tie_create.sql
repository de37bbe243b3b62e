-- Make contacts of profiles that are still nobody's; one whose e-mail address a
-- contact has joins that contact. Under people_lock.
-- $1 uuid, $2 uuid  user, integration (its connector becomes the source)
-- arrays, one element a person, sorted by norm:
-- $3 text[] norm  $4 text[] as written  $5 text[] name, or NULL
-- $6 text[] rule  $7 text[] reason  $8 uuid[] artifact that tells
-- $9 timestamptz  now: as in people_create
-- arrays, one element an address:
-- $10 integer[] whose (1-based)  $11 text[] normalised address
-- Result: created
WITH fresh AS MATERIALIZED (
	SELECT i.*, j.contact_id AS joined,
		coalesce(j.contact_id, gen_random_uuid()) AS contact_id
	FROM unnest($3::text[], $4::text[], $5::text[], $6::text[], $7::text[],
		$8::uuid[])
		WITH ORDINALITY AS i (norm, value, name, rule, reason, artifact_id, ord)
	LEFT JOIN LATERAL (
		SELECT e.contact_id
		FROM unnest($10::integer[], $11::text[])
			WITH ORDINALITY AS m (ord, norm, nth)
		JOIN public.contact_emails e
			ON e.user_id = $1::uuid AND e.address_norm = m.norm
		JOIN public.contacts c ON c.user_id = $1::uuid AND c.id = e.contact_id
		WHERE m.ord = i.ord AND NOT c.is_self_contact
		ORDER BY m.nth
		LIMIT 1
	) j ON true
	WHERE NOT EXISTS (
		SELECT FROM public.contact_handles h
		WHERE h.user_id = $1::uuid AND h.value_norm = i.norm)
), source AS MATERIALIZED (
	SELECT u.provider
	FROM public.user_integrations u
	WHERE u.user_id = $1::uuid AND u.id = $2::uuid
), made AS (
	INSERT INTO public.contacts (id, user_id, display_name, source, origin)
	SELECT f.contact_id, $1::uuid, f.name, s.provider,
		jsonb_build_object('rule', f.rule, 'reason', f.reason,
			'artifact', f.artifact_id, 'wrote',
			jsonb_strip_nulls(jsonb_build_object('display_name', f.name)))
	FROM fresh f, source s
	WHERE f.joined IS NULL
	ORDER BY f.ord
	RETURNING id
), identity AS (
	SELECT f.contact_id, 'profile_url' AS kind, coalesce((
			SELECT x.value
			FROM public.artifact_participants x
			WHERE x.user_id = $1::uuid AND x.kind = 'handle'
				AND x.value_norm = f.norm AND octet_length(x.value) <= 2048
			LIMIT 1), f.norm) AS value, f.norm, f.ord
	FROM fresh f
	UNION ALL
	SELECT f.contact_id, 'urn', k.handle, k.handle, f.ord
	FROM fresh f
	JOIN sluice.handle_links k ON k.user_id = $1::uuid AND k.profile = f.norm
), named AS (
	INSERT INTO public.contact_handles (user_id, contact_id, kind, value,
		value_norm, source, first_seen_at, last_seen_at)
	SELECT $1::uuid, i.contact_id, i.kind, i.value, i.norm, s.provider,
		seen.first_at, seen.last_at
	FROM identity i
	CROSS JOIN source s
	CROSS JOIN LATERAL (
		SELECT min(a.occurred_at) AS first_at, max(a.occurred_at) AS last_at
		FROM (
			SELECT x.artifact_id
			FROM public.artifact_participants x
			WHERE x.user_id = $1::uuid AND x.value_norm = i.norm
				AND x.kind = 'handle' AND x.is_person
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
	ORDER BY i.ord, i.norm
	ON CONFLICT (user_id, kind, value_norm) DO NOTHING
)
SELECT count(*) AS created FROM made
