-- Move when an address was first and last seen; under people_lock.
-- $1 uuid  user
-- $2 text[] norm  $3 timestamptz[] first seen  $4 timestamptz[] last seen
UPDATE public.contact_emails e
SET first_seen_at = least(e.first_seen_at, i.first_seen_at),
	last_seen_at = greatest(e.last_seen_at, i.last_seen_at)
FROM unnest($2::text[], $3::timestamptz[], $4::timestamptz[])
	AS i (norm, first_seen_at, last_seen_at)
WHERE e.user_id = $1::uuid AND e.address_norm = i.norm
