#!/usr/bin/env bash
# A run that is cut off anywhere, by whatever signal or limit, loses nothing and
# doubles nothing: after the next run the database holds the provider's truth.
# shellcheck source=tests/integration/fault_kit.bash
. "$(dirname "$0")/fault_kit.bash"

installed interrupted 2400:14 --latency-ms 30

# Fourteen calendars: most of their streams have not begun when it is stopped.
started 4 sync
kill -INT "$run_pid"
ended 20
is 'Ctrl-C ends it' "$status" 130
is 'its log row says so' "$(log_status)" interrupted
started 3 sync
kill -TERM "$run_pid"
ended 20
is 'SIGTERM too' "$status" 143
is 'the lease was given back' "$(leases)" 0
for n in 2 5 9 12; do
	started $n sync
	kill -9 "$run_pid"
	ended 5
	is "killed after $n requests" "$status" 137
done
works 'the next run takes over at once from the dead' sync
same 'after six interruptions'
is 'a killed run is closed as interrupted' \
	"$(sql "SELECT count(*) FROM sync_logs WHERE status = 'running'")" 0
is 'runs that were killed are in the log' \
	"$(sql "SELECT count(*) >= 4 FROM sync_logs WHERE status = 'interrupted'")" t

# A full walk in slices of time: each goes on where the last one ended. One
# calendar does not answer, so the first slice cannot do it all.
works 'resync is asked for' resync --user $ana
slow=$(sql "SELECT key FROM sync_state WHERE kind = 'events' AND key <> '$ana' ORDER BY key LIMIT 1")
control POST fault "{\"kind\":\"hang\",\"ms\":120000,\"match\":\"${slow%%@*}\"}" >/dev/null
call sync --max-time 5s --json
is 'a slice hands its work back' "$status" 0
is 'the slow calendar was not walked, others were' \
	"$(sql "SELECT bool_or(key = '$slow') || ' ' || (count(*) > 1) FROM sync_state
		WHERE walk_started_at > (SELECT resync_requested_at FROM sluice.schedule)")" 'false true'
control DELETE fault >/dev/null
before=$(sql "SELECT string_agg(generation::text, ',' ORDER BY key) FROM sync_state
	WHERE walk_started_at > (SELECT resync_requested_at FROM sluice.schedule)")
works 'the rest follows' sync
is 'then the request is fulfilled' \
	"$(sql 'SELECT count(*) FROM sluice.schedule WHERE resync_no > resync_done_no')" 0
is 'what was walked is not walked again' \
	"$(sql "SELECT count(*) FROM sync_state s WHERE generation > (SELECT max(g::integer) FROM regexp_split_to_table('$before', ',') g)")" 0
same 'after slices'

# Two at once: the second waits for the first, --due leaves it alone.
control POST options '{"latency_ms":100}' >/dev/null
started 2 sync
call sync --due
is '--due skips what another one works on' "$status" 0
works 'a person waits for it' sync
ended 20
is 'the first one is not disturbed' "$status" 0
same 'two at once'
summary
