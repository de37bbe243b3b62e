-- An account that nobody has connected: what is imported belongs to it, and
-- connect takes it over. One that was given up is taken up again.
-- $1 uuid     user
-- $2 text     connector
-- $3 text     account as shown to people
-- $4 text     account's subject: "archive:" and that
-- $5 bigint   seconds between runs, once it is connected
-- Result: id uuid; status; left_open
INSERT INTO public.user_integrations AS i (user_id, provider, account,
	account_subject, status, sync_interval_s)
VALUES ($1::uuid, $2, $3, $4, 'archive', $5::integer)
ON CONFLICT (user_id, provider, account_subject) DO UPDATE SET
	status = CASE i.status WHEN 'disconnected' THEN 'archive'
		ELSE i.status END
RETURNING i.id, i.status, false AS left_open
