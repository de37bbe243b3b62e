-- Some rows of all that the acting user has; none: there are no more.
-- $1 bigint  at most
-- Result: counts (JSON, by table), total
SELECT coalesce(jsonb_object_agg(r.relation, r.erased), '{}')::text AS counts,
	coalesce(sum(r.erased), 0) AS total
FROM sluice.erase_rows($1::integer) AS r (relation, erased)
