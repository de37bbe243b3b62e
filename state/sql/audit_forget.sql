-- Forget some of what audits of an integration have met.
-- $1 uuid, $2 uuid  user, integration
-- $3 boolean        keep what was found wrong
-- $4 bigint         most rows
-- Affected: rows forgotten.
DELETE FROM sluice.audit_items n
WHERE n.user_id = $1::uuid AND n.ctid = ANY (ARRAY (
	SELECT o.ctid
	FROM public.sync_state s
	JOIN sluice.audit_items o
		ON o.user_id = $1::uuid AND o.stream_id = s.id
	WHERE s.user_id = $1::uuid AND s.integration_id = $2::uuid
		AND NOT ($3::boolean AND o.finding IS NOT NULL)
	LIMIT $4::bigint))
