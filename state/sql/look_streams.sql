-- Streams that a page names, as they are stored: closed ones, too.
-- $1 uuid, $2 uuid  user, integration
-- $3 text[] kind  $4 text[] key  $5 boolean[] enabled by default, says the page
-- Result, of those that are stored: ord (1-based), id, enabled (as it would
-- be)
SELECT i.ord, s.id, coalesce(s.enabled_choice, i.enabled) AS enabled
FROM unnest($3::text[], $4::text[], $5::boolean[])
	WITH ORDINALITY AS i (kind, key, enabled, ord)
JOIN public.sync_state s ON s.user_id = $1::uuid
	AND s.integration_id = $2::uuid AND s.kind = i.kind AND s.key = i.key
