-- Give contacts further addresses that a provider says are theirs. One that is
-- another contact's makes a suggestion to merge the two, once, also when it was
-- dismissed; one that the user took from a card stays away. Under people_lock.
-- $1 uuid, $2 uuid  user, integration (its connector becomes the source)
-- arrays, one element an address:
-- $3 uuid[] contact, or NULL: whose  $4 text[] handle is
-- $5 text[] address  $6 text[] normalised  $7 uuid[] artifact that tells, or NULL
-- Result: norm (of an address that became the contact's)
WITH source AS MATERIALIZED (
	SELECT u.provider
	FROM public.user_integrations u
	WHERE u.user_id = $1::uuid AND u.id = $2::uuid
), wish AS MATERIALIZED (
	SELECT DISTINCT ON (i.norm, c.id) c.id AS contact_id, i.address, i.norm,
		i.artifact_id, e.contact_id AS owner, i.ord
	FROM unnest($3::uuid[], $4::text[], $5::text[], $6::text[], $7::uuid[])
		WITH ORDINALITY
		AS i (contact_id, handle, address, norm, artifact_id, ord)
	LEFT JOIN public.contact_handles h
		ON h.user_id = $1::uuid AND h.value_norm = i.handle
	JOIN public.contacts c ON c.user_id = $1::uuid
		AND c.id = coalesce(i.contact_id, h.contact_id)
	LEFT JOIN public.contact_emails e
		ON e.user_id = $1::uuid AND e.address_norm = i.norm
	WHERE NOT c.is_self_contact
	ORDER BY i.norm, c.id, i.ord
), won AS MATERIALIZED (
	SELECT DISTINCT ON (w.norm) w.*
	FROM wish w
	WHERE w.owner IS NULL
		AND NOT EXISTS (SELECT FROM sluice.suppressions x
			WHERE x.user_id = $1::uuid AND x.identity_hash =
				sluice.suppression_hash($1::uuid, 'email', w.norm))
		AND NOT EXISTS (SELECT FROM public.user_integrations u
			WHERE u.user_id = $1::uuid AND lower(u.account) = w.norm)
	ORDER BY w.norm, w.ord
), attached AS (
	INSERT INTO public.contact_emails (user_id, contact_id, address,
		address_norm, source)
	SELECT $1::uuid, w.contact_id, w.address, w.norm, s.provider
	FROM won w
	CROSS JOIN source s
	ORDER BY w.norm
	ON CONFLICT (user_id, address_norm) DO NOTHING
	RETURNING address_norm
), twin AS (
	SELECT DISTINCT ON (least(w.contact_id, o.id), greatest(w.contact_id, o.id))
		w.contact_id, o.id AS other, w.norm, w.artifact_id
	FROM wish w
	LEFT JOIN won v ON v.norm = w.norm
	JOIN public.contacts o ON o.user_id = $1::uuid
		AND o.id = coalesce(w.owner, v.contact_id)
	WHERE o.id <> w.contact_id AND NOT o.is_self_contact
	ORDER BY least(w.contact_id, o.id), greatest(w.contact_id, o.id), w.norm
), suggested AS (
	INSERT INTO public.suggestions (user_id, contact_id, kind, proposal, reason,
		artifact_id)
	SELECT $1::uuid, t.contact_id, 'merge',
		jsonb_build_object('contact_id', t.other, 'address', t.norm),
		'Both have the address ' || t.norm || '.', t.artifact_id
	FROM twin t
	WHERE NOT EXISTS (
		SELECT FROM public.suggestions g
		WHERE g.user_id = $1::uuid AND g.kind = 'merge'
			AND ((g.contact_id = t.contact_id
					AND g.proposal ->> 'contact_id' = t.other::text)
				OR (g.contact_id = t.other
					AND g.proposal ->> 'contact_id' = t.contact_id::text)))
)
SELECT a.address_norm AS norm FROM attached a
