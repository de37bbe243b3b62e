-- Who is behind an identity: the contact, or that it was deleted.
-- $1 uuid  user
-- $2 text  email or handle
-- $3 text  the value, normalised
-- Result: known, doc (JSON)
SELECT c.list <> '[]' OR p.artifacts > 0 OR x.since IS NOT NULL OR o.own
		OR g.list <> '[]' AS known,
	jsonb_build_object(
		'kind', $2::text,
		'norm', $3::text,
		'own', o.own,
		'contact', c.list -> 0,
		'suppressed_at', x.since,
		'suggestions', g.list,
		'participations', p.artifacts,
		'names', p.names) AS doc
FROM (
	SELECT coalesce(jsonb_agg(jsonb_build_object('id', c.id,
		'name', c.display_name, 'self', c.is_self_contact,
		'source', i.source, 'contact_source', c.source,
		'origin', c.origin, 'created_at', i.created_at,
		'first_seen_at', i.first_seen_at,
		'last_seen_at', i.last_seen_at) ORDER BY i.created_at), '[]') AS list
	FROM (
		SELECT e.contact_id, e.source, e.created_at, e.first_seen_at,
			e.last_seen_at
		FROM public.contact_emails e
		WHERE e.user_id = $1::uuid AND $2::text = 'email'
			AND e.address_norm = $3::text
		UNION ALL
		SELECT h.contact_id, h.source, h.created_at, h.first_seen_at,
			h.last_seen_at
		FROM public.contact_handles h
		WHERE h.user_id = $1::uuid AND $2::text = 'handle'
			AND h.value_norm = $3::text
	) i
	JOIN public.contacts c ON c.user_id = $1::uuid AND c.id = i.contact_id
) c
CROSS JOIN (
	SELECT count(DISTINCT q.artifact_id) AS artifacts,
		coalesce(jsonb_agg(DISTINCT q.name)
			FILTER (WHERE q.name <> ''), '[]') AS names
	FROM public.artifact_participants q
	WHERE q.user_id = $1::uuid AND q.kind = $2::text
		AND q.value_norm = $3::text
) p
CROSS JOIN (
	SELECT min(s.created_at) AS since
	FROM sluice.suppressions s
	WHERE s.user_id = $1::uuid AND s.identity_hash
		= sluice.suppression_hash($1::uuid, $2::text, $3::text)
) x
CROSS JOIN (
	SELECT $2::text = 'email' AND EXISTS (
		SELECT FROM public.contacts s
		JOIN public.contact_emails e
			ON e.user_id = s.user_id AND e.contact_id = s.id
		WHERE s.user_id = $1::uuid AND s.is_self_contact
			AND e.address_norm = $3::text
		UNION ALL
		SELECT FROM public.user_integrations u
		WHERE u.user_id = $1::uuid AND lower(u.account) = $3::text)
	OR $2::text = 'handle' AND EXISTS (
		SELECT FROM public.contacts s
		JOIN public.contact_handles h
			ON h.user_id = s.user_id AND h.contact_id = s.id
		WHERE s.user_id = $1::uuid AND s.is_self_contact
			AND h.value_norm = $3::text) AS own
) o
CROSS JOIN (
	SELECT coalesce(jsonb_agg(jsonb_build_object('id', s.id, 'kind', s.kind,
		'status', s.status, 'contact_id', s.contact_id,
		'other_contact_id', s.proposal ->> 'contact_id',
		'reason', s.reason, 'created_at', s.created_at)
		ORDER BY s.created_at, s.id), '[]') AS list
	FROM public.suggestions s
	WHERE s.user_id = $1::uuid
		AND s.proposal ->> CASE $2::text WHEN 'email' THEN 'address'
			ELSE 'handle' END = $3::text
) g
