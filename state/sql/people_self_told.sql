-- What the user says of itself, on the self contact: names as on any card, and
-- a part of its professional context, which an older version does not undo.
-- Under people_lock.
-- $1 uuid, $2 uuid  user, integration (its connector is the parts' name)
-- $3 text name  $4 text given name  $5 text family name  $6 text company
-- $7 text title
-- $8 text part, or NULL  $9 jsonb that part  $10 bigint version; 0 = unknown
-- Result: changed (more than the version). No row: an older version
UPDATE public.contacts c
SET display_name = x.new_card ->> 'display_name',
	given_name = x.new_card ->> 'given_name',
	family_name = x.new_card ->> 'family_name',
	company = x.new_card ->> 'company',
	title = x.new_card ->> 'title',
	professional_context = n.context,
	origin = x.new_origin || jsonb_build_object('versions',
		coalesce(c.origin -> 'versions', '{}')
			|| jsonb_build_object(n.part, $10::bigint))
FROM (
	SELECT o.id, o.origin, o.professional_context AS old_context,
		u.provider || coalesce('.' || $8::text, '') AS part,
		CASE WHEN $8::text IS NULL
				OR jsonb_typeof(o.professional_context) <> 'object'
				THEN o.professional_context
			ELSE o.professional_context || jsonb_build_object(u.provider,
				CASE jsonb_typeof(o.professional_context -> u.provider)
					WHEN 'object' THEN o.professional_context -> u.provider
					ELSE '{}' END
				|| jsonb_build_object($8::text, $9::jsonb)) END AS context
	FROM public.contacts o
	JOIN public.user_integrations u
		ON u.user_id = $1::uuid AND u.id = $2::uuid
	WHERE o.user_id = $1::uuid AND o.is_self_contact
) n
CROSS JOIN LATERAL (
	SELECT y.*
	FROM public.contacts o
	CROSS JOIN LATERAL sluice.card_told(jsonb_build_object(
		'display_name', o.display_name, 'given_name', o.given_name,
		'family_name', o.family_name, 'company', o.company,
		'title', o.title), o.origin,
		jsonb_strip_nulls(jsonb_build_object('display_name', $3::text,
			'given_name', $4::text, 'family_name', $5::text,
			'company', $6::text, 'title', $7::text)), false) y
	WHERE o.user_id = $1::uuid AND o.id = n.id
) x
WHERE c.user_id = $1::uuid AND c.id = n.id
	AND ($10::bigint = 0 OR $10::bigint >
		coalesce((c.origin #>> ARRAY['versions', n.part])::bigint, -1))
RETURNING n.context IS DISTINCT FROM n.old_context
	OR x.new_origin IS DISTINCT FROM n.origin AS changed
