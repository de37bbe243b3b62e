#!/usr/bin/env bash
# The daemon: it pulls what is due, hears what is asked for, outlives the
# database, and ends in good order.
# shellcheck source=tests/integration/worker_kit.bash
. "$(dirname "$0")/worker_kit.bash"

export SLUICE_QUOTA=off
bob=bob@example.com
start_emulator --seed 5 --account "$ana:60:2" --account "$bob:40:1"
migrated_database worker
new_keys "$work/keys"
export SLUICE_KEY_FILE="$work/keys"
client_file "$work/client.json"
works 'setup' setup google --client-file "$work/client.json"
for who in $ana $bob; do works "user $who" user add --email "$who"; done

# --- what is wrong is found at the start ---------------------------------------
refuse 'no database' 3 'cannot connect' worker --database-url 'host=127.0.0.1 port=1 user=a'
new_keys "$work/other.keys"
sed -i "s/^[^:]*/$(cut -d: -f1 "$work/keys")/" "$work/other.keys"
refuse 'a wrong key' 3 'is not the key of that id' worker --key-file "$work/other.keys"
refuse 'no runs' 2 'runs 0: a number from 1 to 1000' worker --runs 0
refuse 'no threads' 2 'workers x: a number' worker --workers x
refuse 'no grace' 2 'grace soon: a length of time' worker --grace soon
refuse 'no number for a connector' 2 'provider-runs gmail: CONNECTOR=N' worker --provider-runs gmail=3,gmail
refuse 'no such connector' 2 'unknown provider mail' worker --provider-runs mail=3

# --- an empty database, and what comes into it ------------------------------------
before=$(requests)
worker --poll 60s --json
settle 10 worker_says listening && ok 'it listens' || not_ok 'it listens' "$(cat "$worker_log")"
is 'no account: nothing is asked' "$(requests)" "$before"
connect $ana
settle 10 ran 1 && ok 'a new account is heard of' || not_ok 'a new account is heard of' "$(cat "$worker_log")"
like 'as one that is new, not as one whose changes are due' "$(cat "$worker_log")" 'run-ended .*lane=backfill mode=full status=ok'
same 'by the worker'
like 'a run is an object on stdout' "$(head -n 1 "$work/worker.$worker_no.out")" \
	'"provider": *"google_calendar".*"status": *"ok"|"status": *"ok".*"provider": *"google_calendar"'
like 'and a line of the log' "$(cat "$worker_log")" 'run-ended integration=.*provider=google_calendar.*status=ok'
settle 5 no_lease
rest
before=$(runs)
works 'paused' pause --user "$ana"
due
works 'goes on' resume --user "$ana"
settle 10 ran $((before + 1)) && ok 'that is heard, too' || not_ok 'that is heard, too' "$(cat "$worker_log")"
kill -HUP "$worker_pid"

# --- asked for ----------------------------------------------------------------------
rest
user=$(sql "SELECT user_id FROM user_integrations")
ask() {
	psql -XAtq -v ON_ERROR_STOP=1 -c BEGIN \
		-c "SELECT set_config('request.jwt.claims', '{\"sub\":\"$user\",\"role\":\"authenticated\"}', true)" \
		-c 'SET LOCAL ROLE authenticated' -c 'SELECT accepted FROM request_resync()' -c COMMIT
}
open_requests() { sql 'SELECT sum(resync_no - resync_done_no) FROM sluice.schedule'; }
none_open() { [ "$(open_requests)" = 0 ]; }
control POST options '{"latency_ms":400}' >/dev/null
before=$(runs "mode = 'full'")
like 'a user asks for a resync' "$(ask)" '^t$'
settle 1 holds_lease && ok 'it starts within a second' || not_ok 'it starts within a second' "$(tail -n 5 "$worker_log")"
has_begun() { [ "$(sql 'SELECT count(*) FROM sluice.schedule WHERE run_begun')" = 1 ]; }
settle 10 has_begun # one that is leased alone would do both
sql "UPDATE sluice.schedule SET resync_requested_at = resync_requested_at - interval '1 minute'"
like 'again, during the run' "$(ask)" '^t$'
is 'it still is' "$(leases)" 1
settle 20 none_open && ok 'both are done' || not_ok 'both are done' "$(open_requests)"
settle 5 no_lease
control POST options '{"latency_ms":0}' >/dev/null
is 'the second one once, after the first' "$(runs "mode = 'full'") $(overlaps)" "$((before + 2)) 0"
same 'after both'
worker_stop 'by what it heard'

# --- what nobody tells of -----------------------------------------------------------
rest
before=$(runs)
due
worker --poll 2s
settle 10 ran $((before + 1)) && ok 'what is due at the start' || not_ok 'what is due at the start'
settle 5 no_lease
next=$(sql "SELECT extract(epoch FROM next_run_at - sluice.clock())::int BETWEEN 1 AND 315 FROM sluice.schedule")
is 'is due again within its interval' "$next" t
due
settle 10 ran $((before + 2)) && ok 'what is due is polled' || not_ok 'what is due is polled'

# --- the database goes and comes back ---------------------------------------------
role 'CONNECTION LIMIT 0'
sql "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = 'sluice_app'" >/dev/null
sql "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'sluice'" >/dev/null
rest
change 5
before=$(runs)
due
settle 10 worker_says schedule-away && ok 'an outage is told' || not_ok 'an outage is told' "$(cat "$worker_log")"
role 'CONNECTION LIMIT -1'
settle 20 ran $((before + 1)) && ok 'and outlived' || not_ok 'and outlived' "$(cat "$worker_log")"
worker_says schedule-back && ok 'which is told, too' || not_ok 'which is told, too'
same 'after the outage'

# --- the end ---------------------------------------------------------------------
worker_stop 'idle'
like 'it says so' "$(cat "$worker_log")" 'worker-ended'
connect $bob --account $bob
is 'another account' "$status" 0
control POST options '{"latency_ms":400}' >/dev/null
worker
settle 10 holds_lease
kill -TERM "$worker_pid"
worker_ended 20
is 'SIGTERM: what is under way ends' "$status $(leases)" '0 0'
same 'drained' $bob
is 'its run is no torn one' "$(runs "status = 'interrupted'")" 0
control POST options '{"latency_ms":3000}' >/dev/null
rest
due
worker --grace 1s
settle 10 holds_lease
start=$(millis)
kill -TERM "$worker_pid"
worker_ended 20
is 'no time for it: handed back' "$status $(leases)" '0 0'
below 'soon' $(($(millis) - start)) 8000
due
worker
settle 10 holds_lease
kill -TERM "$worker_pid"
settle 5 worker_says 'stopping in good order\|once more' || true
kill -TERM "$worker_pid"
worker_ended 5
is 'twice: at once' "$status" 143
control POST options '{"latency_ms":0}' >/dev/null
due
works 'the next line takes over at once' sync --due
is 'nothing is left open' "$(leases) $(sql "SELECT count(*) FROM sync_logs WHERE status = 'running'")" '0 0'
same 'in the end'
same 'in the end' $bob
summary
