-- Write what connections say on the cards of their people, who may have written
-- on them; under people_lock.
-- $1 uuid, $2 uuid  user, integration (its connector is the part's name)
-- arrays, one element a person:
-- $3 text[] profile, normalised  $4 text[] given name  $5 text[] family name
-- $6 text[] whole name  $7 text[] company  $8 text[] position
WITH source AS MATERIALIZED (
	SELECT u.provider
	FROM public.user_integrations u
	WHERE u.user_id = $1::uuid AND u.id = $2::uuid
), told AS MATERIALIZED (
	SELECT DISTINCT ON (h.contact_id) h.contact_id, i.company, i.title,
		jsonb_build_object('display_name', i.name, 'given_name', i.given,
			'family_name', i.family, 'company', i.company,
			'title', i.title) AS fields
	FROM unnest($3::text[], $4::text[], $5::text[], $6::text[], $7::text[],
		$8::text[]) AS i (norm, given, family, name, company, title)
	JOIN public.contact_handles h
		ON h.user_id = $1::uuid AND h.value_norm = i.norm
	ORDER BY h.contact_id, i.norm
), next AS (
	SELECT c.id, x.new_card AS card, x.new_origin AS origin,
		CASE WHEN jsonb_typeof(c.professional_context) <> 'object'
				THEN c.professional_context
			WHEN p.part = '{}' THEN c.professional_context - s.provider
			ELSE c.professional_context
				|| jsonb_build_object(s.provider, p.part) END AS context,
		c.updated_at = c.created_at
			OR to_jsonb(c.updated_at) = c.origin -> 'named_at' AS untouched
	FROM told t
	CROSS JOIN source s
	JOIN public.contacts c ON c.user_id = $1::uuid AND c.id = t.contact_id
	CROSS JOIN LATERAL (
		SELECT CASE jsonb_typeof(c.professional_context -> s.provider)
				WHEN 'object' THEN (c.professional_context -> s.provider)
					- 'company' - 'position'
				ELSE '{}' END
			|| jsonb_strip_nulls(jsonb_build_object(
				'company', t.company, 'position', t.title)) AS part
	) p
	CROSS JOIN LATERAL sluice.card_told(jsonb_build_object(
		'display_name', c.display_name, 'given_name', c.given_name,
		'family_name', c.family_name, 'company', c.company,
		'title', c.title), c.origin, t.fields, false) x
	WHERE NOT c.is_self_contact
)
UPDATE public.contacts c
SET display_name = n.card ->> 'display_name',
	given_name = n.card ->> 'given_name',
	family_name = n.card ->> 'family_name',
	company = n.card ->> 'company',
	title = n.card ->> 'title',
	professional_context = n.context,
	origin = CASE WHEN coalesce(n.untouched, false)
		THEN n.origin || jsonb_build_object('named_at', now())
		ELSE n.origin END
FROM next n
WHERE c.user_id = $1::uuid AND c.id = n.id
	AND (n.origin IS DISTINCT FROM c.origin
		OR n.context IS DISTINCT FROM c.professional_context)
