-- Addresses and contacts that came with an account and that no other account
-- supports, once its artifacts are gone; under people_lock. What a person
-- entered or edited, or has loops with, stays. Of URNs that nothing names any
-- more it is forgotten whose they are.
-- $1 uuid, $2 uuid  user, integration
-- $3 text           its connector
-- $4 bigint         addresses at most
-- Result: emails, handles, links (gone), contacts (text[]: cards that lost one)
WITH others AS MATERIALIZED (
	SELECT i.provider, lower(i.account) AS account
	FROM public.user_integrations i
	WHERE i.user_id = $1::uuid AND i.id <> $2::uuid
), links AS (
	DELETE FROM sluice.handle_links k
	WHERE k.user_id = $1::uuid
		AND NOT EXISTS (
			SELECT FROM public.artifact_participants p
			WHERE p.user_id = $1::uuid AND p.kind = 'handle'
				AND p.value_norm = k.handle)
		AND NOT EXISTS (
			SELECT FROM public.contact_handles h
			JOIN public.contacts c
				ON c.user_id = $1::uuid AND c.id = h.contact_id
			WHERE h.user_id = $1::uuid AND h.value_norm = k.handle
				AND c.is_self_contact AND h.source IN (
					SELECT o.provider FROM others o))
	RETURNING k.handle
), card AS MATERIALIZED (
	SELECT c.id
	FROM public.contacts c
	WHERE c.user_id = $1::uuid AND c.source <> 'manual'
		-- nobody has written on it; people_touch may have named it
		AND (c.updated_at = c.created_at
			OR to_jsonb(c.updated_at) = c.origin -> 'named_at')
		AND NOT EXISTS (
			SELECT FROM public.loops l
			WHERE l.user_id = $1::uuid AND l.contact_id = c.id)
), emails AS (
	DELETE FROM public.contact_emails x
	WHERE x.user_id = $1::uuid AND x.id = ANY (ARRAY (
		SELECT e.id
		FROM public.contact_emails e
		JOIN card c ON c.id = e.contact_id
		WHERE e.user_id = $1::uuid
			AND (e.source = $3::text OR (e.source <> 'manual'
				AND e.source NOT IN (SELECT o.provider FROM others o)))
			AND e.address_norm NOT IN (SELECT o.account FROM others o)
			AND NOT EXISTS (
				SELECT FROM public.artifact_participants p
				WHERE p.user_id = $1::uuid AND p.kind = 'email'
					AND p.value_norm = e.address_norm)
		LIMIT $4::bigint))
	RETURNING x.contact_id
), handles AS (
	DELETE FROM public.contact_handles x
	WHERE x.user_id = $1::uuid AND x.id = ANY (ARRAY (
		SELECT e.id
		FROM public.contact_handles e
		JOIN card c ON c.id = e.contact_id
		WHERE e.user_id = $1::uuid
			AND (e.source = $3::text OR (e.source <> 'manual'
				AND e.source NOT IN (SELECT o.provider FROM others o)))
			AND NOT EXISTS (
				SELECT FROM public.artifact_participants p
				WHERE p.user_id = $1::uuid AND p.kind = 'handle'
					AND p.value_norm = e.value_norm)
		LIMIT $4::bigint))
	RETURNING x.contact_id
)
SELECT (SELECT count(*) FROM emails) AS emails,
	(SELECT count(*) FROM handles) AS handles,
	(SELECT count(*) FROM links) AS links,
	ARRAY (
		SELECT e.contact_id FROM emails e
		UNION
		SELECT h.contact_id FROM handles h)::text AS contacts
