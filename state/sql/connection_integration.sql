-- Create or reconnect the account's integration. Settings, interval, streams
-- and cursors of one that was there stay as they are, and its name where the
-- provider tells none.
-- $1 uuid    user
-- $2 text    connector
-- $3 text    account as shown to people
-- $4 text    account's subject
-- $5 uuid    grant
-- $6 bigint  seconds between runs, of a new one
-- Result: id uuid, created boolean
INSERT INTO public.user_integrations AS i (user_id, provider, account,
	account_subject, grant_id, status, sync_interval_s, connected_at)
VALUES ($1::uuid, $2, $3, $4, $5::uuid, 'connected', $6::integer, sluice.clock())
ON CONFLICT (user_id, provider, account_subject) DO UPDATE SET
	account = CASE WHEN excluded.account = excluded.account_subject
		THEN i.account ELSE excluded.account END,
	grant_id = excluded.grant_id,
	status = 'connected',
	status_reason = NULL,
	last_error_class = NULL,
	last_error_scope = NULL,
	last_error_text = NULL,
	last_error_at = NULL,
	connected_at = excluded.connected_at
RETURNING i.id, i.xmax = 0 AS created
