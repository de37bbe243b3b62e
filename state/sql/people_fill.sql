-- Write what address books say on cards where nothing is; under people_lock.
-- $1 uuid  user
-- arrays, one element a person:
-- $2 uuid[] contact  $3 text[] name  $4 text[] given name  $5 text[] family name
-- $6 text[] company  $7 text[] title
-- Result: contact_id, of those that were written
WITH told AS MATERIALIZED (
	SELECT i.id, jsonb_build_object(
		'display_name', (array_agg(i.name ORDER BY i.ord) FILTER (WHERE i.name <> ''))[1],
		'given_name', (array_agg(i.given ORDER BY i.ord) FILTER (WHERE i.given <> ''))[1],
		'family_name', (array_agg(i.family ORDER BY i.ord) FILTER (WHERE i.family <> ''))[1],
		'company', (array_agg(i.company ORDER BY i.ord) FILTER (WHERE i.company <> ''))[1],
		'title', (array_agg(i.title ORDER BY i.ord) FILTER (WHERE i.title <> ''))[1]) AS fields
	FROM unnest($2::uuid[], $3::text[], $4::text[], $5::text[], $6::text[],
		$7::text[])
		WITH ORDINALITY AS i (id, name, given, family, company, title, ord)
	GROUP BY i.id
), next AS (
	SELECT c.id, x.new_card AS card, x.new_origin AS origin,
		c.updated_at = c.created_at
			OR to_jsonb(c.updated_at) = c.origin -> 'named_at' AS untouched
	FROM told t
	JOIN public.contacts c ON c.user_id = $1::uuid AND c.id = t.id
	CROSS JOIN LATERAL sluice.card_told(jsonb_build_object(
		'display_name', c.display_name, 'given_name', c.given_name,
		'family_name', c.family_name, 'company', c.company,
		'title', c.title), c.origin, t.fields, true) x
)
UPDATE public.contacts c
SET display_name = n.card ->> 'display_name',
	given_name = n.card ->> 'given_name',
	family_name = n.card ->> 'family_name',
	company = n.card ->> 'company',
	title = n.card ->> 'title',
	origin = CASE WHEN coalesce(n.untouched, false)
		THEN n.origin || jsonb_build_object('named_at', now())
		ELSE n.origin END
FROM next n
WHERE c.user_id = $1::uuid AND c.id = n.id
	AND n.origin IS DISTINCT FROM c.origin
RETURNING c.id AS contact_id
