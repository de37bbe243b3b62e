# Shared by the shell tests that break something: a connected account, runs
# that are disturbed, and the proof that the next run makes good.
# shellcheck shell=bash
# shellcheck source=tests/integration/cli_kit.bash
. "$(dirname "${BASH_SOURCE[0]}")/cli_kit.bash"

ana=ana@example.com

# lines_into TABLE: stdin, a JSON document a line, a row each
lines_into() {
	psql -Xq -v ON_ERROR_STOP=1 -c \
		"COPY $1 FROM STDIN (FORMAT csv, QUOTE E'\x01', DELIMITER E'\x02')"
}

# same WHAT [ACCOUNT]: the tables hold what the provider has, each once
same() {
	local account=${2:-$ana}
	sql 'DROP TABLE IF EXISTS truth; CREATE TABLE truth (j jsonb)' 2>/dev/null
	control GET "truth?account=$account" | lines_into truth
	is "$1: both sides have the same events, each once" "$(sql "WITH want AS (
		SELECT j->>'calendar' AS key, j->>'id' AS id, j->>'summary' AS title,
			to_timestamp((j->>'start_ms')::bigint / 1000.0) AS start
		FROM truth
		WHERE j->>'kind' <> 'cancelled_instance'
			AND j->>'eventType' IN ('default', 'fromGmail')
	), have AS (
		SELECT a.stream_key, a.source_id, a.title, a.occurred_at
		FROM artifacts a JOIN user_integrations i ON i.id = a.integration_id
		WHERE a.deleted_at IS NULL AND a.type = 'calendar_event'
			AND i.account = '$account'
	)
	SELECT count(*) FILTER (WHERE h.source_id IS NULL) || ' ' ||
		count(*) FILTER (WHERE w.id IS NULL) || ' ' ||
		count(*) FILTER (WHERE w.id = h.source_id AND (w.title, w.start)
			IS DISTINCT FROM (h.title, h.occurred_at)) || ' ' ||
		count(*) - count(DISTINCT (w.key, w.id))
	FROM want w FULL JOIN have h ON h.stream_key = w.key AND h.source_id = w.id")" '0 0 0 0'
}

millis() { echo $(($(date +%s%N) / 1000000)); }

enough() { [ "$(requests)" -ge "$1" ]; }
gone() { ! kill -0 "$run_pid" 2>/dev/null; }
started() { # run sluice in the background until N requests have been made
	local wanted=$1
	shift
	control POST stats/reset >/dev/null
	begun "$@"
	settle 30 enough "$wanted"
}
begun() { # run sluice in the background: $run_pid
	sluice "$@" >"$work/run.out" 2>"$work/run.err" </dev/null &
	run_pid=$!
	children+=("$run_pid")
}
ended() { # within seconds; $status, $out, $err
	settle "$1" gone || {
		kill -9 "$run_pid"
		echo "# it did not end by itself"
	}
	status=0
	wait "$run_pid" 2>/dev/null || status=$?
	out=$(cat "$work/run.out")
	err=$(cat "$work/run.err")
	cat "$work/run.out" "$work/run.err" >>"$work/everything"
}
log_status() { sql "SELECT status FROM sync_logs ORDER BY started_at DESC, created_at DESC LIMIT 1"; }
leases() { sql 'SELECT count(*) FROM sluice.schedule WHERE lease_until IS NOT NULL'; }
holds_lease() { [ "$(leases)" -gt 0 ]; }
cursors() { sql "SELECT md5(string_agg(id || coalesce(cursor::text, '-'), ',' ORDER BY id)) FROM sync_state"; }

role() { sql "ALTER ROLE sluice_app $1"; } # a setting of the login

# good WHAT: the next undisturbed run is well and makes the tables equal
good() {
	works "$1: the next run is well" sync
	same "$1"
	is "$1: no lease is held, no run is open" \
		"$(leases) $(sql "SELECT count(*) FROM sync_logs WHERE status = 'running'")" '0 0'
}

# change N: so many events change at the provider
change() { control POST event "{\"account\":\"$ana\",\"op\":\"random\",\"count\":$1}" >/dev/null; }

# installed DATABASE EVENTS:CALENDARS [EMULATOR ARGS...]: all is ready for sync
installed() {
	local name=$1 spec=$2
	shift 2
	start_emulator --seed 5 --account "$ana:$spec" "$@"
	migrated_database "$name"
	new_keys "$work/keys"
	export SLUICE_KEY_FILE="$work/keys"
	client_file "$work/client.json"
	works 'setup' setup google --client-file "$work/client.json"
	works 'user' user add --email $ana
	connect $ana
	is 'connected' "$status" 0
}

has() { command -v "$1" >/dev/null; } # scripts/test installs what it can
skip() { echo "ok - $1 # SKIP $2"; }  # WHAT, WHY
sanitized() { [ "${MODE:-release}" = san ]; }
