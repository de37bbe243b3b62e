-- Status and last error of the integration, written only when they change.
-- What a person chose (paused, disconnected, archive) stays.
-- $1 uuid, $2 uuid          user, integration
-- $3 text                   status; NULL = leave
-- $4 text, $5 text, $6 text class, scope, text of the error; NULL = none
UPDATE public.user_integrations i
SET status = CASE WHEN i.status IN ('connected', 'error', 'needs_reauth')
			AND NOT (i.status = 'needs_reauth' AND $3::text = 'connected')
		THEN coalesce($3::text, i.status) ELSE i.status END,
	status_reason = CASE WHEN i.status IN ('connected', 'error',
			'needs_reauth') AND $3::text IS NOT NULL
		THEN $6::text ELSE i.status_reason END,
	last_error_class = $4::text, last_error_scope = $5::text,
	last_error_text = $6::text,
	last_error_at = CASE WHEN $4::text IS NOT NULL THEN sluice.clock() END
WHERE i.user_id = $1::uuid AND i.id = $2::uuid
	AND ((i.last_error_class, i.last_error_scope, i.last_error_text)
			IS DISTINCT FROM ($4::text, $5::text, $6::text)
		OR (i.status IN ('connected', 'error', 'needs_reauth')
			AND i.status <> $3::text
			AND NOT (i.status = 'needs_reauth' AND $3::text = 'connected')))
