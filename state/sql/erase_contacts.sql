-- Of cards that lost an identity, those that have none left; under people_lock.
-- $1 uuid    user
-- $2 uuid[]  cards
-- Result: contacts, suggestions (gone with them)
WITH empty AS MATERIALIZED (
	SELECT c.id
	FROM public.contacts c
	WHERE c.user_id = $1::uuid AND c.id = ANY ($2::uuid[])
		AND NOT EXISTS (
			SELECT FROM public.contact_emails e
			WHERE e.user_id = $1::uuid AND e.contact_id = c.id)
		AND NOT EXISTS (
			SELECT FROM public.contact_handles h
			WHERE h.user_id = $1::uuid AND h.contact_id = c.id)
), counted AS MATERIALIZED (
	SELECT count(*) AS n
	FROM empty e
	JOIN public.suggestions g ON g.user_id = $1::uuid AND g.contact_id = e.id
), gone AS (
	DELETE FROM public.contacts c
	WHERE c.user_id = $1::uuid AND c.id = ANY (ARRAY (SELECT e.id FROM empty e))
		AND EXISTS (SELECT FROM counted)
	RETURNING c.id
)
SELECT (SELECT count(*) FROM gone) AS contacts, n.n AS suggestions
FROM counted n
