-- Keep by what an account's people were judged, and how far.
-- $1 uuid, $2 uuid   user, integration
-- $3 text            basis, as of people_basis
-- $4 text, $5 text   stream key and id of the last one; NULL = all of it
-- $6 boolean         unless something is kept already
INSERT INTO sluice.people_judged AS j (user_id, integration_id, basis,
	after_key, after_id)
VALUES ($1::uuid, $2::uuid, $3::text, $4::text, $5::text)
ON CONFLICT (user_id, integration_id) DO UPDATE
SET basis = excluded.basis, after_key = excluded.after_key,
	after_id = excluded.after_id
WHERE NOT $6::boolean
