-- By which rule and which own addresses and handles an account's people were
-- judged, and by which they would be now; stream_commit compares the same.
-- $1 uuid, $2 uuid  user, integration
-- $3 text           what the settings say about contacts
-- Result: basis (of now), known (somebody was judged), same, after_key,
-- after_id (judged up to there; NULL = all of it)
SELECT n.basis, j.basis IS NOT NULL AS known,
	coalesce(j.basis = n.basis, false) AS same, j.after_key, j.after_id
FROM (SELECT sluice.people_basis($1::uuid, $3::text) AS basis OFFSET 0) n
LEFT JOIN sluice.people_judged j
	ON j.user_id = $1::uuid AND j.integration_id = $2::uuid
