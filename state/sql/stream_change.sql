-- Open, change or close streams that a page named.
-- $1 uuid, $2 uuid  user, integration
-- $3 integer        generation of the stream that names them
-- $4 text[] kind  $5 text[] key  $6 text[] title  $7 boolean[] close
-- $8 boolean[] enabled by default  $9 text[] why off or closed
-- $10 text[] shown, JSON  $11 boolean[] walk anew
-- $12 text  kind of the stream that names them  $13 timestamptz  now
-- Result: opened (streams that became runnable), changed (rows written)
WITH input AS MATERIALIZED (
	SELECT DISTINCT ON (i.kind, i.key) i.*
	FROM unnest($4::text[], $5::text[], $6::text[], $7::boolean[],
		$8::boolean[], $9::text[], $10::text[], $11::boolean[])
		WITH ORDINALITY AS i (kind, key, title, close, enabled, reason,
			shown, rewalk, ord)
	ORDER BY i.kind, i.key, i.ord DESC
), old AS MATERIALIZED (
	SELECT s.id, i.kind, i.key, s.state, s.enabled
	FROM input i
	JOIN public.sync_state s ON s.user_id = $1::uuid
		AND s.integration_id = $2::uuid AND s.kind = i.kind AND s.key = i.key
), written AS (
	INSERT INTO public.sync_state AS s (user_id, integration_id, kind, key,
		title, enabled_default, disabled_reason, shown, opened_by,
		opened_generation, rewalk_at)
	SELECT $1::uuid, $2::uuid, i.kind, i.key, i.title, i.enabled, i.reason,
		i.shown::jsonb, $12::text, $3::integer,
		CASE WHEN i.rewalk THEN $13::timestamptz END
	FROM input i
	WHERE NOT i.close
	ON CONFLICT (user_id, integration_id, kind, key) DO UPDATE
	SET title = excluded.title,
		enabled_default = excluded.enabled_default,
		switched_at = CASE WHEN s.enabled IS DISTINCT FROM
				coalesce(s.enabled_choice, excluded.enabled_default)
			THEN $13::timestamptz ELSE s.switched_at END,
		disabled_reason = excluded.disabled_reason,
		shown = coalesce(excluded.shown, s.shown),
		opened_by = excluded.opened_by,
		opened_generation = excluded.opened_generation,
		rewalk_at = coalesce(excluded.rewalk_at, s.rewalk_at),
		state = CASE WHEN s.state = 'closed' THEN 'new' ELSE s.state END,
		cursor = CASE WHEN s.state = 'closed' THEN NULL ELSE s.cursor END,
		pending = CASE WHEN s.state = 'closed' THEN NULL ELSE s.pending END
	WHERE s.state = 'closed' OR excluded.rewalk_at IS NOT NULL OR (s.title, s.enabled_default,
			s.disabled_reason, s.shown, s.opened_generation)
		IS DISTINCT FROM (excluded.title, excluded.enabled_default,
			excluded.disabled_reason, coalesce(excluded.shown, s.shown),
			excluded.opened_generation)
	RETURNING s.kind, s.key, s.enabled
), closed AS (
	UPDATE public.sync_state s
	SET state = 'closed', cursor = NULL, pending = NULL,
		disabled_reason = i.reason, sweep_state = 'none',
		sweep_samples = '{}', pending_deletions = 0
	FROM input i
	WHERE i.close AND s.user_id = $1::uuid AND s.integration_id = $2::uuid
		AND s.kind = i.kind AND s.key = i.key AND s.state <> 'closed'
	RETURNING s.id
)
SELECT
	(SELECT count(*) FROM written w LEFT JOIN old o USING (kind, key)
		WHERE w.enabled AND (o.id IS NULL OR o.state = 'closed'
			OR NOT o.enabled)) AS opened,
	(SELECT count(*) FROM written) + (SELECT count(*) FROM closed) AS changed
