#!/usr/bin/env bash
# SLUICE_NOTIFY_COMMAND is run once each time that an account stops, knows what
# a person needs to know and nothing else, and holds no run up.
# shellcheck source=tests/integration/fault_kit.bash
. "$(dirname "$0")/fault_kit.bash"

export SLUICE_QUOTA=off LC_ALL=C
unset LANG TZ
notes=$work/notes
mkdir "$notes"
note="env >'$notes/'\$\$; echo canary-of-the-command; echo canary-of-the-command >&2"
told() { find "$notes" -type f | wc -l; }
of() { cat "$notes"/* | sed -n "s/^SLUICE_$1=//p" | sort | tr '\n' ' '; }
forget_notes() { rm -f "$notes"/*; }
die() { control POST expire "{\"account\":\"$ana\",\"what\":\"grant\"}" >/dev/null; }
again() { connector=google connect $ana; }

start_emulator --seed 22 --account "$ana:6:1" --mailbox "$ana:6"
migrated_database notify
new_keys "$work/keys"
export SLUICE_KEY_FILE="$work/keys"
client_file "$work/client.json"
sluice setup google --client-file "$work/client.json" >/dev/null 2>&1
sluice user add --email $ana >/dev/null
user=$(sql "SELECT id FROM auth.users")
again
export SLUICE_NOTIFY_COMMAND=$note
works 'all is well' sync --user $ana
is 'nobody is told of that' "$(told)" 0

# --- a dead grant ------------------------------------------------------------------
die
call sync --user $ana --json
is 'the grant is dead' "$status" 1
is 'the command is run once for each account' "$(told)" 2
is 'it knows which' "$(of PROVIDER)" 'gmail google_calendar '
is 'and of whom' "$(of ACCOUNT)$(of USER)" "$ana $ana $user $user "
is 'and what' "$(of EVENT)" 'needs_reauth needs_reauth '
like 'and what to do' "$(of REASON)" "$ana must be connected again: run .sluice connect google --user $user."
is 'by id, too' "$(of INTEGRATION)" "$(sql "SELECT string_agg(id::text, ' ' ORDER BY id::text) FROM user_integrations") "
is 'it has nothing else of ours' "$(cat "$notes"/* | sed 's/=.*//' | sort -u | tr '\n' ' ')" \
	'HOME PATH PWD SLUICE_ACCOUNT SLUICE_EVENT SLUICE_INTEGRATION SLUICE_PROVIDER SLUICE_REASON SLUICE_USER '
unlike 'no secret' "$(cat "$notes"/*)" 'p4ss-canary|ya29|1//emu|GOCSPX'
unlike 'what it prints goes nowhere' "$out$err" canary
forget_notes
call sync --user $ana
works 'cron' sync --due
is 'nobody is told twice' "$(told)" 0
again
die
call sync --dry-run --user $ana
is 'a dry run finds out as well' "$(told)" 2
forget_notes

# --- one account of two --------------------------------------------------------------
again
control POST fault '{"kind":"status","status":403,"reason":"insufficientPermissions",
	"info":"ACCESS_TOKEN_SCOPE_INSUFFICIENT","match":"/gmail/"}' >/dev/null
call sync --user $ana
control DELETE fault >/dev/null
is 'a scope is missing for mail: told of mail alone' "$(of PROVIDER)" 'gmail '
is 'and it alone stops' "$(sql "SELECT string_agg(provider || ' ' || status, ', ' ORDER BY provider) FROM user_integrations")" \
	'gmail needs_reauth, google_calendar connected'
call sync --user $ana
is 'once' "$(told)" 1
forget_notes

# --- commands that misbehave -----------------------------------------------------------
misbehave() { # COMMAND
	again
	sql "DELETE FROM user_integrations WHERE provider = 'gmail'"
	die
	SLUICE_NOTIFY_COMMAND=$1 call sync --user $ana --log-level error --json
}
misbehave 'exit 3'
is 'a command that fails: the run ends as it would' "$status" 1
like 'it is a line in the log' "$err" 'notify-failed .*ended with a status other than 0'
misbehave 'kill -9 $$'
like 'one that dies' "$err" 'notify-failed .*ended by a signal'
misbehave '/no/such/command'
like 'one that is not there' "$err" 'notify-failed'
began=$SECONDS
misbehave "echo \$\$ >'$notes/pid'; sleep 1000 & sleep 1000"
is 'one that hangs: the run ends as it would' "$status" 1
like 'it is killed' "$err" 'notify-failed .*took too long'
below 'soon' $((SECONDS - began)) 25
is 'with all it started' "$(ps -eo pgid=,stat= | awk -v group="$(cat "$notes/pid")" '$1 == group && $2 !~ /^Z/' | wc -l)" 0
is 'one JSON object for the run, nothing else' "$(wc -l <"$work/out")" 1
forget_notes

summary
