#!/usr/bin/env bash
# Disconnecting an account: the consent is revoked or kept, runs stop, and with
# --erase everything that came with it goes, and nothing else.
# shellcheck source=tests/integration/fault_kit.bash
. "$(dirname "$0")/fault_kit.bash"

ben=ben@example.org
revokes() {
	local n
	n=$(control GET stats | grep -o '"revoke": *[0-9]*' | tr -cd 0-9)
	echo "${n:-0}"
}
count() { sql "SELECT count(*) FROM $1"; }
of() { sql "SELECT count(*) FROM $1 WHERE user_id = '$2'"; }
user_of() { sql "SELECT id FROM auth.users WHERE email = '$1'"; }
status_of() { sql "SELECT status FROM user_integrations WHERE user_id = '$1' AND provider = '$2'"; }
# Every row of a user, and of nobody else, as one sum; log rows and times of
# looking apart.
sum_of() {
	local t
	for t in $(sql "SELECT format('%s.%s', n.nspname, c.relname) FROM pg_class c
		JOIN pg_namespace n ON n.oid = c.relnamespace
		JOIN pg_attribute a ON a.attrelid = c.oid AND a.attname = 'user_id'
		WHERE c.relkind = 'r' AND n.nspname IN ('public', 'sluice') ORDER BY 1"); do
		sql "SELECT '$t', md5(string_agg(x::text, '|' ORDER BY x::text)) FROM $t x WHERE user_id = '$1'"
	done | md5sum
}
again() { # USER CONNECTOR: the same account consents once more
	connector=$2 connect "$1" --account "$1"
	is "connect $2 again" "$status" 0
}

start_emulator --seed 5 --account $ana:120:2 --account $ben:40:1 --mailbox $ana:60 --mailbox $ben:20
migrated_database leaving
new_keys "$work/keys"
export SLUICE_KEY_FILE="$work/keys" SLUICE_QUOTA=off
client_file "$work/client.json"
works 'setup' setup google --client-file "$work/client.json"
works 'ana' user add --email $ana
works 'ben' user add --email $ben
ana_id=$(user_of $ana) ben_id=$(user_of $ben)
connector=google again $ana google
connector=google again $ben google
works 'all is synced' sync
ben_before=$(sum_of "$ben_id")

# --- the command line -----------------------------------------------------------
refuse 'it wants a provider' 2 'disconnect' disconnect --user $ana
refuse 'it wants a user' 2 'needs --user' disconnect gmail
refuse 'a known one' 2 'no user' disconnect gmail --user nobody@example.com
refuse 'of a provider that there is' 2 'unknown provider yahoo' disconnect yahoo --user $ana
refuse 'an account that the user has' 1 'has no account of gmail' disconnect gmail --user $ana --account eve@example.com
mv "$work/keys" "$work/keys.away"
refuse 'and the keys, before anything is changed' 3 'keys' disconnect gmail --user $ana
mv "$work/keys.away" "$work/keys"
is 'nothing is changed' "$(status_of "$ana_id" gmail)" connected

# --- one consent, two integrations -------------------------------------------------
works 'mail is disconnected' disconnect gmail --user $ana
like 'it says so' "$out" 'Gmail of ana@example.com is disconnected'
like 'and that the consent stays' "$out" 'consent stays: google_calendar'
is 'the provider is asked nothing' "$(revokes)" 0
is 'one rests, the other goes on' "$(status_of "$ana_id" gmail) $(status_of "$ana_id" google_calendar)" \
	'disconnected connected'
is 'its schedule is off' "$(sql "SELECT enabled FROM sluice.schedule WHERE user_id = '$ana_id' AND provider = 'gmail'")" f
mail=$(sql "SELECT count(*) FROM artifacts WHERE user_id = '$ana_id' AND type = 'email'")
is 'its mail is kept' "$((mail > 30))" 1
is 'and its cursors' "$(sql "SELECT count(*) FROM sync_state s JOIN user_integrations i ON i.id = s.integration_id
	WHERE s.user_id = '$ana_id' AND i.provider = 'gmail' AND cursor IS NOT NULL")" 2
works 'a sync leaves it alone' sync --user $ana --provider google_calendar
refuse 'and resync does' 1 'is disconnected: sluice connect gmail' resync --user $ana --provider gmail
works 'once more is well' disconnect gmail --user $ana
like 'and says so' "$out" 'disconnected already'

works 'the calendar is disconnected, too' disconnect google_calendar --user $ana
like 'now the consent is revoked' "$out" 'revoked at Google'
like 'and what that means is told' "$out" 'whole Cloud project'
is 'by one request' "$(revokes)" 1
is 'no token is left of it' "$(of sluice.user_secrets "$ana_id") $(of sluice.grants "$ana_id") $(count sluice.revocations)" '0 0 0'
is 'that is in the audit log' "$(sql "SELECT string_agg(event, ' ' ORDER BY id) FROM sluice.secret_audit_logs
	WHERE user_id = '$ana_id' AND event IN ('disconnected', 'revoked')")" 'disconnected revoked'
unlike 'status says that it rests, and wants nothing' "$(sluice status --user $ana)" 'connect again'

# --- connected again, it goes on where it was -----------------------------------
control POST stats/reset >/dev/null
again $ana google
works 'a sync' sync --user $ana
is 'it is incremental' "$(sql "SELECT DISTINCT mode FROM sync_logs WHERE user_id = '$ana_id'
	AND started_at > now() - interval '1 hour' AND id IN (SELECT id FROM sync_logs ORDER BY started_at DESC LIMIT 2)")" incremental

is 'and no row is there twice' "$(sql "SELECT count(*) FROM (SELECT FROM artifacts
	GROUP BY integration_id, stream_key, source_id HAVING count(*) > 1) d") $(sql "SELECT count(*)
	FROM user_integrations WHERE user_id = '$ana_id'")" '0 2'

# --- two consents of one account: revoking one would end the other ----------------
works 'both are disconnected' disconnect google --user $ana
connector=google_calendar again $ana google_calendar
connector=gmail again $ana gmail
control POST stats/reset >/dev/null
works 'one is disconnected' disconnect gmail --user $ana
like 'it is not revoked, and why' "$out" 'not revoked at Google: that would end google_calendar'
is 'no request' "$(revokes)" 0
is 'its token is gone' "$(of sluice.grants "$ana_id") $(count sluice.revocations)" '1 0'
works 'the other one lives' sync --user $ana --provider google_calendar
connector=gmail again $ana gmail

# --- the provider is away -------------------------------------------------------
control POST fault '{"match":"/revoke","kind":"status","status":503,"count":2}' >/dev/null
works 'it is disconnected while the provider fails' disconnect google --user $ana
like 'that is said' "$err" 'could not be revoked .*503.*sealed.*sync --due'
is 'the tokens wait, sealed' "$(sql "SELECT count(*), min(attempts), bool_and(octet_length(ciphertext) > 17) FROM sluice.revocations")" '2|1|t'
is 'with a time to try again' "$(sql "SELECT bool_and(next_try_at > now() + interval '50 s') FROM sluice.revocations")" t
works 'doctor' doctor
like 'doctor tells that they wait' "$out" 'warn +revocations +2 tokens still to be revoked'
works 'cron comes too early' sync --due --provider google_calendar
is 'and does not ask' "$(count sluice.revocations)" 2
sql "UPDATE sluice.revocations SET next_try_at = now()"
before=$(revokes)
works 'cron comes in time' sync --due --provider google_calendar
is 'both are dead: the first by this, the second with it' \
	"$(count sluice.revocations) $(($(revokes) - before))" '0 2'
is 'which the audit log tells' "$(sql "SELECT string_agg(coalesce(detail, 'now'), ', ' ORDER BY id DESC) FROM (
	SELECT * FROM sluice.secret_audit_logs WHERE event = 'revoked' ORDER BY id DESC LIMIT 2) l")" 'was dead already, now'

# --- a run that is going on stops ---------------------------------------------------
again $ana google
sql "DELETE FROM artifacts WHERE user_id = '$ana_id'; DELETE FROM sync_state WHERE user_id = '$ana_id'"
control POST fault '{"match":"/events","kind":"hang","ms":4000,"count":1}' >/dev/null
started 1 sync --user $ana --provider google_calendar
settle 20 holds_lease
works 'it is disconnected while it runs' disconnect google_calendar --user $ana
like 'that is said' "$out" 'run that was going on was stopped'
rows=$(of artifacts "$ana_id")
ended 60
is 'the run ends by itself, and fails' "$status" 1
like 'it says why' "$out$err" 'disconnected'
is 'and has written nothing since' "$(of artifacts "$ana_id") $(status_of "$ana_id" google_calendar)" "$rows disconnected"
is 'no run is left open' "$(sql "SELECT count(*) FROM sync_logs WHERE status = 'running'") $(leases)" '0 0'
# One that writes its log row while disconnecting waits for its page.
log_row() { # a run's of the mail, as its page writes it
	echo "INSERT INTO sync_logs (id, user_id, integration_id, provider, account, trigger, mode, status, started_at)
		SELECT gen_random_uuid(), user_id, id, provider, account, 'schedule', 'full', 'running', now()
		FROM user_integrations WHERE user_id = '$ana_id' AND provider = 'gmail';"
}
waits_for() { # STATE: of the other session, or of one that waits for it
	[ "$(sql "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND $1")" -gt 0 ]
}
mkfifo "$work/page.sql"
PGAPPNAME=page psql -XAtq -v ON_ERROR_STOP=1 <"$work/page.sql" >/dev/null &
page=$!
children+=("$page")
exec 7>"$work/page.sql"
echo "BEGIN; SELECT FROM sluice.schedule WHERE user_id = '$ana_id' AND provider = 'gmail' FOR SHARE;" >&7
settle 20 waits_for "application_name = 'page' AND state = 'idle in transaction'"
begun disconnect google --user $ana
settle 20 waits_for "wait_event_type = 'Lock'"
log_row >&7
echo 'COMMIT;' >&7
exec 7>&-
wait "$page"
ended 20
is 'the rest is disconnected, while a page is committed' "$status" 0
is 'no run is left open: the row of that page is closed' "$(sql "SELECT string_agg(status, ' ') FROM sync_logs
	WHERE provider = 'gmail' AND mode = 'full' AND started_at > now() - interval '1 minute' AND status IN ('running', 'interrupted')")" interrupted

# --- with --erase ------------------------------------------------------------------
again $ana google
works 'all is there again' sync --user $ana
sql "UPDATE contacts SET notes = 'met in Rome' WHERE id = (SELECT c.id FROM contacts c
	JOIN contact_emails e ON e.contact_id = c.id
	WHERE c.user_id = '$ana_id' AND c.source = 'google_calendar' AND NOT c.is_self_contact
		AND NOT EXISTS (SELECT FROM artifact_participants p JOIN artifacts a ON a.id = p.artifact_id
			WHERE p.user_id = c.user_id AND p.value_norm = e.address_norm AND a.type = 'email')
	ORDER BY e.address_norm LIMIT 1)"
sql "INSERT INTO contacts (user_id, display_name) VALUES ('$ana_id', 'By hand')"
# A contact of the calendar that mail names as well.
sql "INSERT INTO artifact_participants (artifact_id, user_id, position, kind, value, value_norm, role)
	SELECT (SELECT id FROM artifacts WHERE user_id = '$ana_id' AND type = 'email' LIMIT 1), '$ana_id', 9000,
		'email', e.address, e.address_norm, 'cc'
	FROM contact_emails e JOIN contacts c ON c.id = e.contact_id
	WHERE c.user_id = '$ana_id' AND c.source = 'google_calendar' AND c.updated_at = c.created_at
		AND NOT c.is_self_contact ORDER BY e.address_norm DESC LIMIT 1"
lost=$(sql "SELECT count(*) FROM contacts c WHERE c.user_id = '$ana_id' AND c.source = 'google_calendar'
	AND (c.updated_at = c.created_at OR to_jsonb(c.updated_at) = c.origin -> 'named_at') AND NOT EXISTS (
		SELECT FROM contact_emails e JOIN artifact_participants p ON p.user_id = e.user_id AND p.value_norm = e.address_norm
		JOIN artifacts a ON a.id = p.artifact_id
		WHERE e.contact_id = c.id AND a.type = 'email')
	AND NOT c.is_self_contact")
is 'some contacts are the calendar'"'"'s alone' "$((lost > 3))" 1
contacts=$(of contacts "$ana_id") mail=$(sql "SELECT count(*) FROM artifacts WHERE user_id = '$ana_id' AND type = 'email'")
events=$(sql "SELECT count(*) FROM artifacts WHERE user_id = '$ana_id' AND type = 'calendar_event'")
works 'the calendar is disconnected and erased' disconnect google_calendar --user $ana --erase
like 'the consent stays' "$out" 'consent stays: gmail'
like 'a receipt' "$out" 'Receipt [0-9a-f-]{36}: Google Calendar of user'
like 'with counts' "$out" "public.artifacts +$events"
like 'with what stayed by hand' "$out" '1 contact stayed: entered or edited'
like 'and with what stayed because of mail' "$out" 'stayed: another account'
is 'no event is left, all mail is' "$(sql "SELECT count(*) FILTER (WHERE type = 'calendar_event'), count(*) FILTER (WHERE type = 'email')
	FROM artifacts WHERE user_id = '$ana_id'")" "0|$mail"
is 'the contacts that only it had are gone' "$((contacts - $(of contacts "$ana_id")))" "$lost"
is 'the edited one, the one by hand and the user itself stay' "$(sql "SELECT count(*) FROM contacts
	WHERE user_id = '$ana_id' AND (notes = 'met in Rome' OR display_name = 'By hand' OR is_self_contact)")" 3
is 'no contact without an address, but for hers' "$(sql "SELECT count(*) FROM contacts c WHERE user_id = '$ana_id'
	AND NOT EXISTS (SELECT FROM contact_emails e WHERE e.contact_id = c.id) AND source <> 'manual'")" 0
is 'the account, its streams, runs and series are gone' "$(sql "SELECT
	(SELECT count(*) FROM user_integrations WHERE user_id = '$ana_id' AND provider = 'google_calendar') +
	(SELECT count(*) FROM sync_logs WHERE user_id = '$ana_id' AND provider = 'google_calendar') +
	(SELECT count(*) FROM calendar_series WHERE user_id = '$ana_id') +
	(SELECT count(*) FROM sync_state WHERE user_id = '$ana_id' AND kind IN ('events', 'calendars'))")" 0
is 'nobody is remembered as unwanted' "$(of sluice.suppressions "$ana_id")" 0
is 'the receipt stays' "$(sql "SELECT provider, (counts ->> 'public.artifacts')::int, finished_at IS NOT NULL FROM sluice.erasures")" "google_calendar|$events|t"
works 'mail goes on' sync --user $ana
call disconnect gmail --user $ana --erase --json
is 'and goes, as JSON' "$status" 0
is 'one object' "$(wc -l <"$work/out")" 1
like 'of the receipt' "$out" '"provider": ?"gmail"'
is 'only what a person wrote is left' "$(of artifacts "$ana_id") $(of contact_emails "$ana_id") $(sql "SELECT string_agg(coalesce(notes, display_name), ', ' ORDER BY notes) FROM contacts WHERE user_id = '$ana_id'")" \
	'0 1 met in Rome, By hand'

is 'not a row of the other user has changed' "$(sum_of "$ben_id")" "$ben_before"
works 'who syncs on' sync --user $ben

# --- a provider that wants its client, and gave no refresh token ------------------
redirect=http://127.0.0.1:$(free_port)/callback
control POST options "{\"linkedin_redirect_uris\":\"$redirect\"}" >/dev/null
(umask 077 && printf 'WPL_AP1.emu/secret+=.x==\n' >"$work/secret")
works 'setup linkedin' setup linkedin --client-id emu-linkedin-app \
	--client-secret-file "$work/secret" --redirect-uri "$redirect"
connector=linkedin again $ana linkedin
is 'it has an access token alone' "$(sql "SELECT string_agg(purpose, ' ') FROM sluice.user_secrets WHERE user_id = '$ana_id'")" access_token
control POST stats/reset >/dev/null
works 'it is disconnected' disconnect linkedin --user $ana
like 'and revoked' "$out" 'revoked at LinkedIn'
unlike 'for what it is worth there' "$out" 'Cloud project'
is 'by its access token' "$(count sluice.revocations) $(of sluice.user_secrets "$ana_id")" '0 0'
summary
