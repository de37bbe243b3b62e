# Shared by the tests of the fleet: workers in the background, and several
# accounts.
# shellcheck shell=bash
# shellcheck source=tests/integration/fault_kit.bash
. "$(dirname "${BASH_SOURCE[0]}")/fault_kit.bash"

# fleet NAME ACCOUNT-NAMES...: a database and keys of its own, and users with a
# calendar each, NAME@example.com
fleet() {
	migrated_database "$1"
	new_keys "$work/keys"
	export SLUICE_KEY_FILE="$work/keys"
	client_file "$work/client.json"
	works 'setup' setup google --client-file "$work/client.json"
	local n
	for n in "${@:2}"; do
		works "user $n" user add --email "$n@example.com"
		connect "$n@example.com" --account "$n@example.com"
		is "$n is connected" "$status" 0
	done
}

worker_no=0
# worker ARGS...: one in the background that has begun; $worker_pid, $worker_log
worker() {
	worker_no=$((worker_no + 1))
	worker_log=$work/worker.$worker_no.err
	: >"$worker_log"
	sluice worker --log-level debug "$@" >"$work/worker.$worker_no.out" \
		2>"$worker_log" </dev/null &
	worker_pid=$!
	children+=("$worker_pid")
	settle 20 worker_says worker-started
}
worker_says() { grep -q " $1" "$worker_log"; }
is_dead() { ! kill -0 "$1" 2>/dev/null; }
# worker_ended SECONDS [PID]: $status
worker_ended() {
	local pid=${2:-$worker_pid}
	settle "$1" is_dead "$pid" || {
		kill -9 "$pid"
		echo "# worker $pid did not end by itself"
	}
	status=0
	wait "$pid" 2>/dev/null || status=$?
}
worker_stop() { # WHAT: in good order, with nothing left behind
	kill -TERM "$worker_pid"
	worker_ended 20
	is "$1: the worker ends well" "$status $(leases)" '0 0'
}

no_lease() { [ "$(leases)" = 0 ]; }
# Runs that ended, also those that are folded into one row.
runs() { sql "SELECT coalesce(sum(runs), 0) FROM sync_logs WHERE status <> 'running'${1:+ AND $1}"; }
ran() { [ "$(runs "${2:-}")" -ge "$1" ]; }
due() { sql "UPDATE sluice.schedule SET next_run_at = sluice.clock() - interval '1 second'${1:+ WHERE $1}"; }
rest() { sql "UPDATE sluice.schedule SET next_run_at = sluice.clock() + interval '1 hour', backfill_at = NULL"; }
# Runs of one account that overlap: never.
overlaps() {
	sql "SELECT count(*) FROM sync_logs a JOIN sync_logs b
		ON a.integration_id = b.integration_id AND a.id < b.id AND a.runs = 1 AND b.runs = 1
			AND 'interrupted' NOT IN (a.status, b.status)
			AND a.started_at < b.finished_at AND b.started_at < a.finished_at"
}

# PgBouncer in transaction mode: $pooler_port
pooler() {
	local try
	chmod 755 "$work"
	mkdir -p "$work/pooler"
	printf '"sluice_app" "p4ss-canary"\n' >"$work/pooler/secret"
	for try in 1 2 3 4 5; do
		pooler_port=$(free_port)
		cat >"$work/pooler/ini" <<-INI
			[databases]
			* = host=127.0.0.1 port=$PGPORT
			[pgbouncer]
			listen_addr = 127.0.0.1
			listen_port = $pooler_port
			unix_socket_dir =
			auth_type = scram-sha-256
			auth_file = $work/pooler/secret
			pool_mode = transaction
			logfile = $work/pooler/log
		INI
		chmod -R a+rX "$work/pooler"
		chmod 777 "$work/pooler"
		if [ "$(id -u)" -eq 0 ]; then
			pgbouncer -q -u nobody "$work/pooler/ini" 2>>"$work/pooler/err" &
		else
			pgbouncer -q "$work/pooler/ini" 2>>"$work/pooler/err" &
		fi
		children+=($!)
		settle 5 bash -c "exec 3<>/dev/tcp/127.0.0.1/$pooler_port" && return 0
	done
	echo "# no pooler at try $try"
	return 1
}
