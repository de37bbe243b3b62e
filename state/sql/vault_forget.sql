-- Give up what is sealed under a key that is lost. A grant that has no other
-- refresh token is dead until a person grants again.
-- $1 uuid  user
-- $2 text  key id
-- $3 text  why
-- Result: secrets, grants bigint
WITH tokens AS (
	DELETE FROM sluice.user_secrets s
	WHERE s.user_id = $1::uuid AND s.key_id = $2::text
	RETURNING s.grant_id
), revocations AS (
	DELETE FROM sluice.revocations r
	WHERE r.user_id = $1::uuid AND r.key_id = $2::text
	RETURNING r.id
), dead AS (
	UPDATE sluice.grants g
	SET status = 'needs_reauth', reauth_at = sluice.clock(),
		last_error = $3::text, version = g.version + 1,
		refresh_lease_until = NULL, refresh_lease_owner = NULL
	WHERE g.user_id = $1::uuid AND g.status = 'active'
		AND g.id IN (SELECT t.grant_id FROM tokens t)
		AND NOT EXISTS (
			SELECT FROM sluice.user_secrets s
			WHERE s.user_id = g.user_id AND s.grant_id = g.id
				AND s.purpose = 'refresh_token' AND s.key_id <> $2::text)
	RETURNING g.id
), stopped AS (
	UPDATE public.user_integrations i
	SET status = 'needs_reauth', status_reason = $3::text,
		last_error_class = 'reauth', last_error_scope = 'grant',
		last_error_text = $3::text, last_error_at = sluice.clock()
	WHERE i.user_id = $1::uuid AND i.grant_id IN (SELECT d.id FROM dead d)
		AND i.status IN ('connected', 'error')
	RETURNING i.id
)
SELECT (SELECT count(*) FROM tokens) + (SELECT count(*) FROM revocations)
		AS secrets,
	(SELECT count(*) FROM dead) AS grants,
	(SELECT count(*) FROM stopped) AS stopped
