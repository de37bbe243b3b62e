-- Write the instances of some masters, whole; what is the same is not written.
-- $1 uuid         user
-- $2 timestamptz, $3 timestamptz  window
-- $4 text         edition of the zone rules
-- arrays, one element a master:
-- $5 uuid[] artifact       $6 bigint[] length, us  $7 boolean[] all day
-- $8 text[] expansion (local, provider, unexpanded; asked: the provider lists
-- more; due: too much for now)
-- $9 text[] reason         $10 boolean[] there are more
-- arrays, one element an instance:
-- $11 integer[] ord of its master, 1-based         $12 timestamptz[] start
-- again one element a master:
-- $13 timestamptz[] when to ask the provider again; NULL: with the next window
-- $14 boolean[] beside the instances that are there, instead of in their place
WITH master AS MATERIALIZED (
	SELECT i.*
	FROM unnest($5::uuid[], $6::bigint[], $7::boolean[], $8::text[], $9::text[],
		$10::boolean[], $13::timestamptz[], $14::boolean[]) WITH ORDINALITY
		AS i (artifact_id, length_us, all_day, expansion, reason, cut,
			again_at, continues, ord)
), given AS MATERIALIZED (
	SELECT m.artifact_id, g.starts_at,
		g.starts_at + m.length_us * interval '1 microsecond' AS ends_at,
		CASE WHEN m.all_day THEN (g.starts_at AT TIME ZONE 'UTC')::date
		END AS start_date,
		CASE WHEN m.all_day THEN ((g.starts_at
			+ m.length_us * interval '1 microsecond')
			AT TIME ZONE 'UTC')::date END AS end_date
	FROM unnest($11::integer[], $12::timestamptz[]) AS g (ord, starts_at)
	JOIN master m ON m.ord = g.ord
), old AS MATERIALIZED (
	SELECT o.artifact_id, o.starts_at, o.ends_at, o.start_date, o.end_date
	FROM master m
	CROSS JOIN LATERAL (
		SELECT x.*
		FROM public.calendar_occurrences x
		WHERE x.user_id = $1::uuid AND x.artifact_id = m.artifact_id
		OFFSET 0
	) o
), kept AS MATERIALIZED (
	SELECT o.artifact_id, o.starts_at
	FROM old o
	JOIN master m ON m.artifact_id = o.artifact_id AND m.continues
), counted AS MATERIALIZED (
	SELECT x.artifact_id, count(*) AS occurrences
	FROM (SELECT g.artifact_id, g.starts_at FROM given g
		UNION SELECT k.artifact_id, k.starts_at FROM kept k) x
	GROUP BY x.artifact_id
), gone AS (
	DELETE FROM public.calendar_occurrences x
	USING (SELECT o.artifact_id, o.starts_at FROM old o
		EXCEPT (SELECT g.artifact_id, g.starts_at FROM given g
			UNION ALL SELECT k.artifact_id, k.starts_at FROM kept k)) d
	WHERE x.user_id = $1::uuid AND x.artifact_id = d.artifact_id
		AND x.starts_at = d.starts_at
), put AS (
	INSERT INTO public.calendar_occurrences AS x (user_id, artifact_id,
		starts_at, ends_at, start_date, end_date)
	SELECT $1::uuid, n.*
	FROM (SELECT g.* FROM given g EXCEPT SELECT o.* FROM old o) n
	ORDER BY n.artifact_id, n.starts_at
	ON CONFLICT (user_id, artifact_id, starts_at) DO UPDATE
	SET ends_at = excluded.ends_at, start_date = excluded.start_date,
		end_date = excluded.end_date
)
UPDATE public.calendar_series s
SET expansion = m.expansion, reason = m.reason, cut = m.cut,
	occurrences = m.occurrences,
	expanded_from = CASE WHEN m.expansion <> 'due' AND m.again_at IS NULL
		THEN $2::timestamptz END,
	expanded_to = CASE WHEN m.expansion <> 'due'
		THEN coalesce(m.again_at, $3::timestamptz) END,
	zones_version = CASE WHEN m.expansion = 'local' THEN $4::text END
FROM (SELECT x.*, coalesce(c.occurrences, 0) AS occurrences
	FROM master x LEFT JOIN counted c ON c.artifact_id = x.artifact_id) m
WHERE s.user_id = $1::uuid AND s.artifact_id = m.artifact_id
