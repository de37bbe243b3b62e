#!/usr/bin/env bash
# What a database server may do to a session: locks and deadlocks, time limits,
# no connection left, no writing. The page is rolled back and tried again.
# shellcheck source=tests/integration/fault_kit.bash
. "$(dirname "$0")/fault_kit.bash"

installed sessions 600:4 --latency-ms 10
works 'a first run' sync

# --- 25: others in the same rows ----------------------------------------------
# other SQL...: a session of somebody else, fed through descriptor 7
other_begins() {
	rm -f "$work/other"
	mkfifo "$work/other"
	psql -Xq <"$work/other" >"$work/other.out" 2>&1 &
	children+=($!)
	exec 7>"$work/other"
	echo "SET application_name = 'other'; $1 SELECT 'ready' \\g $work/ready" >&7
	settle 10 test -s "$work/ready"
	rm -f "$work/ready"
}
other() { echo "$1" >&7; }
other_ends() { exec 7>&-; }
waiting() { [ "$(sql "SELECT count(*) FROM pg_stat_activity WHERE usename = 'sluice_app' AND wait_event_type = 'Lock'")" -gt 0 ]; }
touch_one() { # at the provider, and a lock on its row here
	id=$(sql "SELECT source_id FROM artifacts WHERE stream_key = '$ana' AND type = 'calendar_event' AND deleted_at IS NULL
		AND source_id !~ '_' ORDER BY source_id LIMIT 1")
	control POST event "{\"account\":\"$ana\",\"op\":\"update\",\"id\":\"$id\",\"body\":{\"summary\":\"$1\"}}" >/dev/null
}
lock_row="BEGIN; UPDATE artifacts SET updated_at = updated_at WHERE source_id = "

role "SET lock_timeout = '300ms'"
touch_one lock
other_begins "$lock_row'$id';"
begun sync
settle 20 waiting
sleep 1 # let it run into the limit more than once
other 'COMMIT;'
ended 30
other_ends
is '25: lock_timeout: tried again' "$status" 0
role 'RESET lock_timeout'
same '25: lock_timeout'

role "SET deadlock_timeout = '2s'"
before=$(sql "SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()")
touch_one deadlock
other_begins "SET deadlock_timeout = '20s'; $lock_row'$id';"
begun sync --log-level debug
settle 20 waiting
other "SELECT 1 FROM sluice.schedule FOR UPDATE; COMMIT;"
ended 30
other_ends
is '25: a deadlock: tried again' "$status" 0
settle 10 sh -c "psql -XAtqc \"SELECT deadlocks > $before FROM pg_stat_database WHERE datname = 'sessions'\" | grep -q t" &&
	ok '25: it was one' || not_ok '25: it was one'
role 'RESET deadlock_timeout'
same '25: deadlock'

role "SET default_transaction_isolation = 'repeatable read'"
touch_one serialization
other_begins "$lock_row'$id';"
begun sync
settle 20 waiting
other 'COMMIT;'
ended 30
other_ends
is '25: a serialization failure: tried again' "$status" 0
role 'RESET default_transaction_isolation'
good '25: others'

# --- 26: no transaction is left open during HTTP --------------------------------
role "SET idle_in_transaction_session_timeout = '200ms'"
change 20
control POST options '{"latency_ms":500}' >/dev/null
call sync --json
is '26: idle in transaction for 200 ms never happens' "$status $err" '0 '
role "SET idle_session_timeout = '200ms'"
change 20
call sync --json
is '26: sessions that end while a provider is slow' "$status $err" '0 '
control POST options '{"latency_ms":10}' >/dev/null
role 'RESET idle_in_transaction_session_timeout'
role 'RESET idle_session_timeout'
good '26: idle'

# --- 27: too many connections ----------------------------------------------------
role 'CONNECTION LIMIT 0'
before=$(requests)
refuse '27: no connection at all' 3 'too many connections' sync
is '27: no request left' "$(requests)" "$before"
role 'CONNECTION LIMIT 1'
change 20
works '27: one connection: one worker' sync
role 'CONNECTION LIMIT -1'
change 20
control POST options '{"latency_ms":200}' >/dev/null
started 2 sync
role 'CONNECTION LIMIT 0'
sql "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = 'sluice_app'" >/dev/null
sleep 1
role 'CONNECTION LIMIT -1'
ended 30
control POST options '{"latency_ms":10}' >/dev/null
is '27: none for a second, in the middle: waited for' "$status" 0
good '27: connections'

# --- 28: read-only ---------------------------------------------------------------
role 'SET default_transaction_read_only = on'
before=$(requests)
call sync
is '28: a standby: nothing was asked' "$status $(requests)" "3 $before"
like '28: a standby: said, with what to do' "$err" '25006.*target_session_attrs=read-write'
role 'RESET default_transaction_read_only'
change 20
control POST options '{"latency_ms":600}' >/dev/null
begun sync
settle 20 holds_lease
role 'SET default_transaction_read_only = on'
sql "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = 'sluice_app'" >/dev/null
connected() { [ "$(sql "SELECT count(*) FROM pg_stat_activity WHERE usename = 'sluice_app' AND query ~ '^(ROLLBACK|SELECT)'")" -gt 0 ]; }
settle 20 connected # to the standby
sleep 0.5
role 'RESET default_transaction_read_only'
ended 30
control POST options '{"latency_ms":10}' >/dev/null
is '28: a failover in the middle: connected anew until it may write' "$status" 0
good '28: read-only'
summary
