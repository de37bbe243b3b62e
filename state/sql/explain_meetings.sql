-- Where an address took part: what explain asks the evidence about.
-- $1 uuid  user
-- $2 text  normalised address
-- Result: artifact_id, integration_id, account, title, role, response,
-- judged_at (events begun up to there were judged for contacts), now
SELECT a.id AS artifact_id, a.integration_id, i.account, a.title, p.role,
	p.response, (
		SELECT max(s.people_at)
		FROM public.sync_state s
		WHERE s.user_id = $1::uuid
			AND s.integration_id = a.integration_id
			AND s.key = a.stream_key) AS judged_at,
	sluice.clock() AS now
FROM (
	SELECT DISTINCT ON (q.artifact_id) q.artifact_id, q.role, q.response
	FROM public.artifact_participants q
	WHERE q.user_id = $1::uuid AND q.kind = 'email'
		AND q.value_norm = $2::text
		AND q.role NOT IN ('from', 'sender', 'reply_to', 'to', 'cc', 'bcc')
	ORDER BY q.artifact_id, q.position
) p
JOIN public.artifacts a ON a.user_id = $1::uuid AND a.id = p.artifact_id
	AND a.type <> 'email'
JOIN public.user_integrations i
	ON i.user_id = $1::uuid AND i.id = a.integration_id
ORDER BY a.id
