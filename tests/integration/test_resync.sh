#!/usr/bin/env bash
# A full resync that somebody asks for: by SQL as a signed-in user, during a run,
# and by command, with consent to deletions.
# shellcheck source=tests/integration/fault_kit.bash
. "$(dirname "$0")/fault_kit.bash"

installed resync 300:3
integration=$(sql 'SELECT id FROM user_integrations')
user=$(sql 'SELECT user_id FROM user_integrations')

# request SQL...: in one session, as PostgREST does it for the user
request() {
	psql -XAtq -v ON_ERROR_STOP=1 -c 'LISTEN sluice' -c BEGIN \
		-c "SELECT set_config('request.jwt.claims', '{\"sub\":\"$user\",\"role\":\"authenticated\"}', true)" \
		-c 'SET LOCAL ROLE authenticated' -c "$1" -c COMMIT 2>&1 | tail -n +2
}
# Who waited a minute may ask again.
waited() { sql "UPDATE sluice.schedule SET resync_requested_at = resync_requested_at - interval '1 minute'"; }
open_requests() { sql 'SELECT sum(resync_no - resync_done_no) FROM sluice.schedule'; }
modes() { sql "SELECT string_agg(mode, ' ' ORDER BY started_at) FROM sync_logs WHERE status = 'ok' AND started_at > '$1'"; }

works 'the first sync' sync
same 'after it'
answer=$(request "SELECT integration_id, provider, accepted, reason FROM request_resync()")
like 'a user asks' "$answer" "^$integration\|google_calendar\|t\|$"
like 'whoever listens hears of it: the id alone' "$answer" "\"sluice\" with payload \"$integration\" "
answer=$(request "SELECT accepted, reason FROM request_resync('google_calendar')")
is 'again at once: too soon, and nobody hears of it' "$answer" 'f|too_soon'
is 'it is one request' "$(open_requests)" 1
now=$(sql 'SELECT clock_timestamp()')
works 'the cron line does it' sync --due
is 'in full' "$(modes "$now")" full
is 'and then it is done' "$(open_requests)" 0
works 'the next line' sync --due
is 'finds nothing to do' "$(modes "$now")" full
same 'after a resync'

# During a run: that one walks on, then it is done, once.
control POST fault '{"kind":"hang","ms":5000,"match":"/events","count":1}' >/dev/null
now=$(sql 'SELECT clock_timestamp()')
waited
started 3 sync --full
is 'while a run is going on' "$(request "SELECT accepted FROM request_resync()" | grep -c '^t$')" 1
kill -0 "$run_pid" 2>/dev/null && ok 'it still is' || not_ok 'it still is'
ended 30
is 'the run is not disturbed' "$status" 0
is 'the request is still to be done' "$(open_requests)" 1
control DELETE fault >/dev/null
works 'the next line does it at once' sync --due
works 'and the one after that' sync --due
is 'nothing more: once' "$(modes "$now")" 'full full'
is 'it is done' "$(open_requests)" 0
same 'after a request during a run'

# --- the command -----------------------------------------------------------
live() { sql 'SELECT count(*) FROM artifacts WHERE deleted_at IS NULL'; }
refuse 'no user' 2 'needs --user' resync --wait
refuse 'a time without waiting' 2 'goes with --wait' resync --user $ana --max-time 5s
refuse 'no time' 2 'max-time soon' resync --user $ana --wait --max-time soon
works 'asked for' resync --user $ana
like 'it says of which' "$out" "^Google Calendar of $ana will be walked in full by the next sync$"
works 'status' status
like 'shows it' "$out" "Google Calendar of $ana: a full walk was asked for "
call resync --user $ana --wait --max-time 1s
is 'waited for in vain' "$status" 1
like 'the request stays' "$err" '1 account not done in time: the request stays'
is 'as one to be done' "$(open_requests)" 2
begun resync --user $ana --wait --max-time 50s
settle 20 grep -q 'will be walked' "$work/run.out"
kill -TERM "$run_pid" # a shell's background job would not hear Ctrl-C
ended 5
is 'a signal ends the waiting' "$status" 143
is 'and leaves the request' "$(open_requests)" 3
begun resync --user $ana --wait --max-time 50s
settle 20 grep -q 'will be walked' "$work/run.out"
works 'somebody syncs' sync --due
ended 10
is 'who waited hears of it' "$status" 0
like 'in words' "$out" "^Google Calendar of $ana is walked in full$"
is 'nothing is left to do' "$(open_requests)" 0
works 'status again' status
unlike 'shows no request' "$out" 'asked for'

# A run that fails.
control POST fault '{"kind":"status","match":"/calendar/v3","status":403,"reason":"accessNotConfigured","count":50}' >/dev/null
begun resync --user $ana --wait --max-time 50s
settle 20 grep -q 'will be walked' "$work/run.out"
call sync --due
control DELETE fault >/dev/null
ended 10
is 'a run that fails' "$status" 1
like 'is told, and that it is tried again' "$err" 'the run failed, and a later one tries again: '
works 'the next sync' sync
is 'does it' "$(open_requests)" 0

# Nothing is gone, the provider lists nothing: more than a fifth, held back.
before=$(live)
nothing='{"kind":"body_patch","match":"/calendars/primary/events","not_query":"syncToken","patch":{"items":[]}}'
control POST fault "$nothing" >/dev/null
begun resync --user $ana --wait --max-time 50s
settle 20 grep -q 'will be walked' "$work/run.out"
works 'a walk that finds little' sync --due
ended 10
is 'is a walk' "$status" 0
like 'who waits hears what is held back' "$out" "[0-9]+ deletions held back; sluice resync --user $user --provider google_calendar --accept-deletions"
is 'the screen is not empty' "$(live)" "$before"
call status
is 'a person is needed' "$status" 1
like 'shows how many' "$out" '[0-9]+ deletions held back: .*--accept-deletions'
call status --check
is 'monitoring hears of it' "$status" 1
like 'in a line' "$out" "^Google Calendar of $ana: [0-9]+ deletions held back, if they are right: sluice resync --user $user --provider google_calendar --accept-deletions$"
held=$(sql 'SELECT sum(pending_deletions) FROM sync_state')
works 'a resync without consent' resync --user $ana
works 'is one' sync
is 'that deletes nothing' "$(live)" "$before"
is 'a user cannot agree by rpc' "$(waited; request "SELECT accepted FROM request_resync()" | head -1) $(sql 'SELECT accept_deletions FROM sluice.schedule')" 't f'
works 'consent' resync --user $ana --accept-deletions
is 'deletes nothing yet' "$(live)" "$before"
works 'status: nobody is needed any more' status
like 'shows that it was given' "$out" "[0-9]+ deletions agreed to: the next run carries them out"
works 'the next run' sync
# those that were looked up as samples are gone by that consent, too
is 'carries them out' "$(($(live) <= before - held && $(live) >= before - held - 10))" 1
is 'the consent is used up' "$(sql "SELECT accept_deletions FROM sluice.schedule")" f
is 'nothing is held any more' "$(sql 'SELECT sum(pending_deletions) FROM sync_state')" 0
control DELETE fault >/dev/null
works 'the provider lists them again' sync --full
same 'after all that'

# Who cannot run is named, with what helps.
status_is() { sql "UPDATE user_integrations SET status = '$1'"; }
status_is needs_reauth
refuse 'needs a person' 1 "Google Calendar of $ana needs consent again: sluice connect google_calendar --user $user" resync --user $ana
status_is paused
refuse 'paused' 1 "is paused: sluice resume --user $user --provider google_calendar" resync --user $ana --wait
status_is archive
refuse 'an archive' 1 'was read from a file' resync --user $ana
status_is disconnected
refuse 'disconnected' 1 'is disconnected: sluice connect google_calendar' resync --user $ana
status_is connected
is 'nothing was asked for' "$(open_requests)" 0
begun resync --user $ana --wait --max-time 50s
settle 20 grep -q 'will be walked' "$work/run.out"
status_is needs_reauth
ended 10
is 'one that stops meanwhile' "$status" 1
like 'is told' "$(cat "$work/run.err")" 'needs consent again'
summary
