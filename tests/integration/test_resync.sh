#!/usr/bin/env bash
# A full resync that somebody asks for: by SQL as a signed-in user, and during a
# run.
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
control POST options '{"latency_ms":60}' >/dev/null
now=$(sql 'SELECT clock_timestamp()')
waited
started 3 sync --full
is 'while a run is going on' "$(request "SELECT accepted FROM request_resync()" | grep -c '^t$')" 1
kill -0 "$run_pid" 2>/dev/null && ok 'it still is' || not_ok 'it still is'
ended 30
is 'the run is not disturbed' "$status" 0
is 'the request is still to be done' "$(open_requests)" 1
control POST options '{"latency_ms":0}' >/dev/null
works 'the next line does it at once' sync --due
works 'and the one after that' sync --due
is 'nothing more: once' "$(modes "$now")" 'full full'
is 'it is done' "$(open_requests)" 0
same 'after a request during a run'
summary
