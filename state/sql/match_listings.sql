-- As of when is each type known to be listed in full?
-- $1 uuid, $2 uuid  user, integration
-- Result: listed_type, listed_version
SELECT s.listed_type, max(s.listed_version) AS listed_version
FROM public.sync_state s
WHERE s.user_id = $1::uuid AND s.integration_id = $2::uuid
	AND s.listed_type IS NOT NULL
GROUP BY s.listed_type
