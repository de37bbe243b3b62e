DROP VIEW public.calendar_agenda;
CREATE OR REPLACE VIEW public.contact_last_interactions WITH (security_invoker = true) AS
SELECT c.user_id, c.id AS contact_id,
	l.occurred_at AS last_interaction_at,
	l.artifact_id AS last_artifact_id,
	l.type AS last_artifact_type
FROM public.contacts c
CROSS JOIN LATERAL (
	SELECT a.id AS artifact_id, a.type, a.occurred_at
	FROM (
		SELECT 'email' AS kind, e.address_norm AS norm
		FROM public.contact_emails e
		WHERE e.user_id = c.user_id AND e.contact_id = c.id
		UNION ALL
		SELECT 'handle', h.value_norm
		FROM public.contact_handles h
		WHERE h.user_id = c.user_id AND h.contact_id = c.id
	) i
	JOIN public.artifact_participants p
		ON p.user_id = c.user_id AND p.kind = i.kind AND p.value_norm = i.norm
	JOIN public.artifacts a ON a.id = p.artifact_id AND a.user_id = c.user_id
	WHERE a.deleted_at IS NULL AND a.occurred_at <= sluice.clock()
	ORDER BY a.occurred_at DESC, a.id
	LIMIT 1
) l
WHERE NOT c.is_self_contact;
DROP TRIGGER series_liveness ON public.artifacts;
DROP FUNCTION sluice.series_liveness();
DROP TABLE public.calendar_occurrences;
DROP TABLE public.calendar_series;
DELETE FROM sluice.sys_table_migrations WHERE version = '20261125100000';
