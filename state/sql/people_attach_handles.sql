-- The same as people_attach for handles.
-- $1 uuid, $2 uuid  user, integration (its connector becomes the source)
-- arrays, one element a handle:
-- $3 uuid[] contact  $4 text[] as written  $5 text[] normalised
-- $6 timestamptz    now: first and last seen are those of what is stored
-- Result: norm (of a handle that became the contact's)
WITH source AS MATERIALIZED (
	SELECT u.provider
	FROM public.user_integrations u
	WHERE u.user_id = $1::uuid AND u.id = $2::uuid
), wish AS MATERIALIZED (
	SELECT DISTINCT ON (i.norm, c.id) c.id AS contact_id, i.value, i.norm,
		h.contact_id AS owner, i.ord
	FROM unnest($3::uuid[], $4::text[], $5::text[])
		WITH ORDINALITY AS i (contact_id, value, norm, ord)
	JOIN public.contacts c ON c.user_id = $1::uuid AND c.id = i.contact_id
	LEFT JOIN LATERAL (
		SELECT x.contact_id
		FROM public.contact_handles x
		WHERE x.user_id = $1::uuid AND x.value_norm = i.norm
		ORDER BY x.contact_id <> c.id, x.created_at, x.id
		LIMIT 1
	) h ON true
	WHERE NOT c.is_self_contact
	ORDER BY i.norm, c.id, i.ord
), won AS MATERIALIZED (
	SELECT DISTINCT ON (w.norm) w.*
	FROM wish w
	WHERE w.owner IS NULL
		AND NOT EXISTS (SELECT FROM sluice.suppressions x
			WHERE x.user_id = $1::uuid AND x.identity_hash =
				sluice.suppression_hash($1::uuid, 'handle', w.norm))
	ORDER BY w.norm, w.ord
), attached AS (
	INSERT INTO public.contact_handles (user_id, contact_id, kind, value,
		value_norm, source, first_seen_at, last_seen_at)
	SELECT $1::uuid, w.contact_id,
		CASE WHEN w.norm LIKE 'urn:%' THEN 'urn' ELSE 'profile_url' END,
		CASE WHEN octet_length(w.value) <= 2048 THEN w.value ELSE w.norm END,
		w.norm, s.provider, seen.first_at, seen.last_at
	FROM won w
	CROSS JOIN source s
	CROSS JOIN LATERAL (
		SELECT min(a.occurred_at) AS first_at, max(a.occurred_at) AS last_at
		FROM (
			SELECT x.artifact_id
			FROM public.artifact_participants x
			WHERE x.user_id = $1::uuid AND x.value_norm = w.norm
				AND x.kind = 'handle' AND x.is_person
			LIMIT 10000
		) p
		CROSS JOIN LATERAL (
			SELECT x.occurred_at
			FROM public.artifacts x
			WHERE x.user_id = $1::uuid AND x.id = p.artifact_id
				AND x.deleted_at IS NULL
				AND x.occurred_at <= $6::timestamptz
			OFFSET 0
		) a
	) seen
	ORDER BY w.norm
	ON CONFLICT (user_id, kind, value_norm) DO NOTHING
	RETURNING value_norm
), twin AS (
	SELECT DISTINCT ON (least(w.contact_id, o.id), greatest(w.contact_id, o.id))
		w.contact_id, o.id AS other, w.norm
	FROM wish w
	LEFT JOIN won v ON v.norm = w.norm
	JOIN public.contacts o ON o.user_id = $1::uuid
		AND o.id = coalesce(w.owner, v.contact_id)
	WHERE o.id <> w.contact_id AND NOT o.is_self_contact
	ORDER BY least(w.contact_id, o.id), greatest(w.contact_id, o.id), w.norm
), suggested AS (
	INSERT INTO public.suggestions (user_id, contact_id, kind, proposal, reason)
	SELECT $1::uuid, t.contact_id, 'merge',
		jsonb_build_object('contact_id', t.other, 'handle', t.norm),
		'Both are ' || t.norm || '.'
	FROM twin t
	WHERE NOT EXISTS (
		SELECT FROM public.suggestions g
		WHERE g.user_id = $1::uuid AND g.kind = 'merge'
			AND ((g.contact_id = t.contact_id
					AND g.proposal ->> 'contact_id' = t.other::text)
				OR (g.contact_id = t.other
					AND g.proposal ->> 'contact_id' = t.contact_id::text)))
)
SELECT a.norm FROM (SELECT value_norm AS norm FROM attached) a
