#!/usr/bin/env bash
# Tokens in a fleet: one refresh, whoever asks; a grant that dies stops all
# that live by it, once, keeps its cursors, and says what a person can do.
# shellcheck source=tests/integration/fault_kit.bash
. "$(dirname "$0")/fault_kit.bash"

export SLUICE_QUOTA=off LC_ALL=C
processes=32
[ "${MODE:-release}" = release ] || processes=8
counter() { control GET stats | grep -o "\"$1\": *[0-9]*" | tr -cd 0-9; }
option() { control POST options "$1" >/dev/null; }
die() { control POST expire "{\"account\":\"$ana\",\"what\":\"grant\",\"cause\":\"$1\"}" >/dev/null; }
reset_counters() { control POST stats/reset >/dev/null; }
statuses() {
	sql "SELECT g.status || ': ' || string_agg(i.provider || ' ' || i.status, ', ' ORDER BY i.provider)
		FROM sluice.grants g JOIN user_integrations i ON i.grant_id = g.id GROUP BY g.id"
}
cursors() {
	sql "SELECT md5(string_agg(kind || key || coalesce(cursor::text, '-') || state, ',' ORDER BY kind, key, cursor::text))
		FROM sync_state"
}
run_out() { sql "UPDATE sluice.grants SET access_expires_at = now() - interval '1 minute'"; }
connected='active: gmail connected, google_calendar connected'
stopped='needs_reauth: gmail needs_reauth, google_calendar needs_reauth'

start_emulator --seed 21 --account "$ana:12:1" --mailbox "$ana:20"
migrated_database refresh
new_keys "$work/keys"
export SLUICE_KEY_FILE="$work/keys"
client_file "$work/client.json"
sluice setup google --client-file "$work/client.json" >/dev/null 2>&1
sluice user add --email $ana >/dev/null
user=$(sql "SELECT id FROM auth.users")
connector=google connect $ana
is 'one consent for calendar and mail' "$status $(statuses)" "0 $connected"
works 'the first sync' sync --user $ana

# fleet: so many processes at once, of which two take a lease of an account
# and all others look only; $ended: how many ended with which status
fleet() {
	local pids=() n pid code codes=()
	control POST fault '{"kind":"latency","match":"/token","ms":400}' >/dev/null
	reset_counters
	for ((n = 0; n < processes; n++)); do
		local provider=gmail look=--dry-run
		((n % 2)) && provider=google_calendar
		((n < 2)) && look=
		# shellcheck disable=SC2086  # no word for none
		timeout 100 sluice sync --user $ana --provider $provider $look --json \
			>"$work/fleet.$n.out" 2>"$work/fleet.$n.err" </dev/null &
		pids+=($!)
	done
	for pid in "${pids[@]}"; do
		code=0
		wait "$pid" || code=$?
		codes+=("$code")
	done
	control DELETE fault >/dev/null
	cat "$work"/fleet.* >>"$work/everything"
	ended=$(printf '%s\n' "${codes[@]}" | sort | uniq -c | tr -s ' ' | sed 's/^ //')
}

run_out
fleet
is "$processes processes at once, a token that ran out: all end well" "$ended" "$processes 0"
is 'and one of them refreshed' "$(counter token_refreshes)" 1

control POST expire "{\"account\":\"$ana\",\"what\":\"access_tokens\"}" >/dev/null
fleet
is 'a token that is refused: all end well' "$ended" "$processes 0"
is 'and one of them refreshed it' "$(counter token_refreshes)" 1

option '{"rotate":true}'
run_out
fleet
is 'a provider that rotates at once and forgives nothing: all end well' "$ended" "$processes 0"
is 'and one of them refreshed, once' "$(counter token_refreshes) $(statuses)" "1 $connected"
is 'the lease is given back' "$(sql "SELECT count(*) FROM sluice.grants
	WHERE refresh_lease_until IS NOT NULL OR refresh_lease_owner IS NOT NULL")" 0
option '{"rotate":false}'

# --- the lease of a process that is no more, and of one on another host -------
run_out
sql "UPDATE sluice.grants SET refresh_lease_until = now() + interval '30 seconds', refresh_lease_owner =
	jsonb_build_object('host', '$(uname -n)/$(head -n 1 /etc/machine-id)/$(stat -Lc %i /proc/self/ns/pid)', 'boot_id', '$(cat /proc/sys/kernel/random/boot_id)',
		'pid', 2147483647, 'started', 1, 'run', 'x')::text"
reset_counters
began=$SECONDS
works "a dead process's lease is taken over" sync --user $ana --provider gmail
is 'at once' "$(counter token_refreshes) $((SECONDS - began < 15))" '1 1'
run_out
sql "UPDATE sluice.grants SET refresh_lease_until = now() + interval '2 seconds', refresh_lease_owner =
	'{\"host\":\"elsewhere\",\"boot_id\":\"x\",\"pid\":1,\"started\":1,\"run\":\"x\"}'"
reset_counters
works "another host's lease is waited for" sync --user $ana --provider gmail
is 'until it ran out' "$(counter token_refreshes)" 1

# --- the operator's mistake ------------------------------------------------------
option '{"client_secret":"another"}'
run_out
call sync --user $ana
is 'a wrong client secret fails the run' "$status" 1
like 'and says so' "$err$out" 'invalid_client: The provided client secret is invalid'
is 'it marks nobody' "$(statuses | sed 's/ error/ connected/g')" "$connected"
is 'and holds nobody up' "$(sql 'SELECT count(*) FROM sluice.grants WHERE refresh_lease_owner IS NOT NULL')" 0
option '{"client_secret":"GOCSPX-emulator-secret"}'
works 'put right, all goes on' sync --user $ana
is 'all of it' "$(statuses)" "$connected"

# --- a grant that dies -------------------------------------------------------------
before=$(cursors)
die withdrawn
fleet
is "a dead grant: $processes processes fail" "$ended" "$processes 1"
is 'after one refusal' "$(counter refresh_refusals)" 1
is 'all that live by it stop' "$(statuses)" "$stopped"
is 'the cursors stay' "$(cursors)" "$before"
is 'its death is in the audit log once' "$(sql "SELECT count(*) FROM sluice.secret_audit_logs WHERE event = 'grant-dead'")" 1
reset_counters
call sync --user $ana
is 'no further call is made' "$status $(requests)" '1 0'
works 'cron is silent about it' sync --due
is 'and makes none' "$(requests)" 0
connector=google connect $ana
is 'connected again' "$status $(statuses)" "0 $connected"
reset_counters
works 'the next run' sync --user $ana --json
like 'goes on where it was' "$out" '"mode":"incremental"'
unlike 'and reads nothing twice' "$out" '"mode":"full"|"created":[1-9]|"updated":[1-9]'
like "the cursors were used" "$(control GET "stats?last=20")" "syncToken=.*startHistoryId=|startHistoryId=.*syncToken="

# --- each cause of the reference, in a person's words --------------------------------
again="ana@example.com must be connected again: run .sluice connect google --user $user.; token endpoint says"
caused() { # CAUSE WORDS
	die "$1"
	call sync --user $ana --provider google_calendar
	is "$1: the run fails" "$status" 1
	like "$1: what a person reads" "$err$out" "$again $2"
	call status
	like "$1: and finds in status" "$out" "$again $2"
	is "$1: everything of the consent stops" "$(statuses)" "$stopped"
	connector=google connect $ana
	is "$1: connected again" "$status $(statuses)" "0 $connected"
}
revoked='invalid_grant: Token has been expired or revoked\.'
unknown='it was withdrawn or has run out, or the account has changed .password, suspension, too many consents.; which, is not told'
caused withdrawn "$revoked; $unknown"
caused password "$revoked; $unknown"
caused crowded "$revoked; $unknown"
caused suspended "invalid_grant: Bad Request; $unknown"
caused admin 'admin_policy_enforced: .*; an administrator of the organisation must allow this application first'
caused session 'invalid_grant/invalid_rapt: .*; the organisation wants its people to sign in again'
caused session_required 'invalid_grant/rapt_required: .*; the organisation wants its people to sign in again'
sql "UPDATE sluice.grants SET refreshed_at = now() - interval '181 days'"
caused unused "$revoked; most likely: a consent that is not used for six months ends"
sql "UPDATE sluice.grants SET refresh_expires_at = now() - interval '1 minute'"
sql "UPDATE user_integrations SET connected_at = now() - interval '7 days'"
caused testing "$revoked; most likely: the OAuth client is in testing, where a consent lasts seven days: set its publishing status to \"In production\""
sql "UPDATE sluice.grants SET refresh_expires_at = now() - interval '1 minute'"
sql "UPDATE user_integrations SET connected_at = now() - interval '30 days'"
caused limited "$revoked; most likely: access was allowed for a limited time"

summary
