# Shared by the crash tests: scenarios, the same beginning for each try, and
# what must be equal in the end. See CONTRIBUTING.md, "Crash tests".
# Sourced; the build directory is $1. POOLED=1 puts PgBouncer in between.
# shellcheck shell=bash
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
# shellcheck source=tests/integration/cli_kit.bash
. "$here/../integration/cli_kit.bash"
# shellcheck source=tests/crash/scenarios.bash
. "$here/scenarios.bash"

pooled=${POOLED:-0}
steps=$build/tests/crash/steps.so
[ -f "$steps" ] || {
	echo "Bail out! no $steps: make tests-build"
	exit 1
}
ana=ana@example.com
pooler_pid=''
# The library comes before the sanitizers' own; that is meant so.
export ASAN_OPTIONS="${ASAN_OPTIONS:+$ASAN_OPTIONS:}verify_asan_link_order=0"

# --- one superuser's session, by a pipe: no process for a question ---------
exec {quiet_stderr}>>"$work/shell.err"
session=()
open_session() { # DATABASE
	coproc PSQL { exec psql -XAtq -d "$1" 2>&1; }
	session=("${PSQL[@]}") session_pid=$PSQL_PID
	children+=("$session_pid")
	ask 'SET jit = off'
	ask 'SET client_min_messages = warning'
}
ask() { # SQL or \command lines; $answer
	local line
	answer=''
	printf '%s\n;\\echo @end@\n' "$1" >&"${session[1]}"
	while IFS= read -r line <&"${session[0]}"; do
		[ "$line" = @end@ ] && return
		answer+=${answer:+$'\n'}$line
	done
	echo 'Bail out! the session with the database is gone'
	exit 1
}
# Other sessions and autovacuum would use up transaction ids that are counted.
open_session postgres
ask 'ALTER SYSTEM SET autovacuum = off'
ask 'SELECT pg_reload_conf()'

# Our own session went with the server; it is over when this answers.
reconnect() {
	{
		kill "$session_pid"
		wait "$session_pid"
	} 2>&"$quiet_stderr"
	forget "$session_pid"
	settle 30 sql 'SELECT 1' || echo '# the server does not come back'
	open_session "$database"
}
restart_server() {
	pg_ctlcluster "${PGVERSION:-15}" regress restart -m fast >>"$work/cluster.log" 2>&1
}

# --- PgBouncer in transaction mode ---------------------------------------------
start_pooler() {
	local port
	port=$((20000 + RANDOM % 20000))
	chmod 755 "$work"
	mkdir -p "$work/pooler"
	printf '"sluice_app" "p4ss-canary"\n' >"$work/pooler/users"
	cat >"$work/pooler/ini" <<-INI
		[databases]
		* = host=127.0.0.1 port=$PGPORT
		[pgbouncer]
		listen_addr = 127.0.0.1
		listen_port = $port
		unix_socket_dir =
		auth_type = scram-sha-256
		auth_file = $work/pooler/users
		pool_mode = transaction
		default_pool_size = 20
		max_client_conn = 200
		server_login_retry = 1
		logfile = $work/pooler/log
	INI
	chmod -R a+rX "$work/pooler"
	chmod 777 "$work/pooler"
	pooler_port=$port
	run_pooler
}
run_pooler() {
	if [ "$(id -u)" -eq 0 ]; then
		pgbouncer -q -u nobody "$work/pooler/ini" 2>>"$work/pooler.err" &
	else
		pgbouncer -q "$work/pooler/ini" 2>>"$work/pooler.err" &
	fi
	pooler_pid=$!
	children+=("$pooler_pid")
	settle 10 bash -c "exec 3<>/dev/tcp/127.0.0.1/$pooler_port"
}
if [ "$pooled" = 1 ]; then
	for _ in 1 2 3 4 5; do
		start_pooler && kill -0 "$pooler_pid" 2>/dev/null && break
	done
	kill -0 "$pooler_pid" 2>/dev/null || {
		echo 'Bail out! PgBouncer does not start'
		cat "$work/pooler.err" "$work/pooler/log"
		exit 1
	}
fi

# Point sluice at a database; psql's own questions go there, too.
use_database() { # NAME
	export PGDATABASE=$1
	export SLUICE_DIRECT_URL="postgresql://${PGUSER:-postgres}:${PGPASSWORD:-}@${PGHOST:-localhost}:$PGPORT/$1"
	export SLUICE_DATABASE_URL="postgresql://sluice_app:p4ss-canary@${PGHOST:-localhost}:$PGPORT/$1"
	if [ "$pooled" = 1 ]; then
		SLUICE_DATABASE_URL="postgresql://sluice_app:p4ss-canary@127.0.0.1:$pooler_port/$1"
	fi
}

# --- scenarios ---------------------------------------------------------------
setup_linkedin() {
	local redirect
	redirect=http://127.0.0.1:$(free_port)/callback
	control POST options "{\"linkedin_redirect_uris\":\"$redirect\"}" >/dev/null
	(umask 077 && printf 'WPL_AP1.emu/secret+=.x==\n' >"$work/secret")
	call setup linkedin --client-id emu-linkedin-app \
		--client-secret-file "$work/secret" --redirect-uri "$redirect"
	[ "$status" = 0 ] || not_ok "$name: setup" "$out $err"
}
# scenario NAME: emulator and database as scenarios.bash says
scenario() {
	name=$1 database=crash_$1
	truth_holds=1 first_come=0 connector=google_calendar
	unset SLUICE_QUOTA
	if [ -n "$emulator_pid" ]; then
		kill -9 "$emulator_pid" 2>/dev/null
		wait "$emulator_pid" 2>/dev/null
	fi
	pooled_before=$pooled pooled=0 # made past the pooler
	"world_$name"
	migrated_database "$database"
	psql -Xq -v ON_ERROR_STOP=1 -v first_come="$first_come" -f "$here/dump.sql"
	[ -s "$work/keys" ] || new_keys "$work/keys"
	export SLUICE_KEY_FILE="$work/keys"
	client_file "$work/client.json"
	call setup google --client-file "$work/client.json"
	[ "$connector" != linkedin ] || setup_linkedin
	call user add --email $ana
	if [ "$name" != connect ] && [ "$name" != import ]; then
		connect $ana
		[ "$status" = 0 ] || not_ok "$name: connect" "$out $err"
	fi
	"given_$name"
	pooled=$pooled_before
	use_database "$database"
	ask "\\c $database
SET jit = off;
SELECT crash.save()"
}

# Database and emulator as they were before the run.
fresh() {
	ask 'SELECT crash.reset()'
	[ -z "$answer" ] || echo "# fresh: $answer"
	"again_$name"
}
# The sessions of a process that was killed have come to their end.
gone_from_server() {
	local rest="backend_type = 'client backend'"
	[ "$pooled" = 1 ] && rest="state <> 'idle'"
	for ((i = 0; i < 4000; i++)); do
		ask "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()
			AND pid <> pg_backend_pid() AND $rest"
		[ "$answer" = 0 ] && return
	done
	echo "# sessions stay: $answer"
}
# measure: $content (all tables, canonical), $rows (what was written), $xid,
# and the $minute in which that was, by the clock of the database.
measure() {
	ask "SELECT (SELECT md5(string_agg(line, E'\\n' ORDER BY line)) FROM crash.dump) || ' ' ||
		(SELECT md5(string_agg(rel || xmin::text, ',' ORDER BY rel, xmin::text::bigint))
			FROM crash.written) || ' ' || pg_snapshot_xmax(pg_current_snapshot()) || ' ' ||
		floor(extract(epoch FROM sluice.clock()) / 60)"
	read -r content rows xid minute <<<"$answer"
}
# Once more, measured: $before (the rows of before), $cost (its transactions)
# and $minutes that ended meanwhile. A client's quota is asked for by the minute,
# so the end of one may cost one transaction more.
measured_once_more() {
	local from=$xid since=$minute
	before=$rows
	once_more
	gone_from_server
	measure
	cost=$((xid - from)) minutes=$((minute - since))
}
dump_to() { # FILE
	ask 'SELECT line FROM crash.dump ORDER BY line'
	printf '%s\n' "$answer" >"$1"
}
# with_steps DO AT ARGS...: run under the library; $status, $out, $err
with_steps() {
	with_steps_begin "$@"
	with_steps_end
}
with_steps_begin() { # $steps_pid is sluice itself
	local what=$1 at=$2
	shift 2
	rm -f "$work/steps"
	: >"$work/out" # nobody may read what an earlier one said
	: >"$work/err"
	env LD_PRELOAD="$steps" STEPS_LOG="$work/steps" \
		${what:+STEPS_DO="$what"} STEPS_AT="$at" sluice "$@" \
		>"$work/out" 2>"$work/err" </dev/null &
	steps_pid=$!
	children+=("$steps_pid")
}
# A process that has ended: its number may be somebody else's soon.
forget() { # PID
	local pid left=()
	for pid in "${children[@]}"; do
		[ "$pid" = "$1" ] || left+=("$pid")
	done
	children=("${left[@]}")
}
with_steps_end() {
	status=0
	{ wait "$steps_pid" || status=$?; } 2>&"$quiet_stderr"
	forget "$steps_pid"
	out=$(<"$work/out") err=$(<"$work/err")
}
# The same again, when all is done: it finds nothing.
once_more() {
	if declare -F "repeat_$name" >/dev/null; then
		"repeat_$name"
	else
		call sync
	fi
}
# The undisturbed run: $want_content, $want_cost (transactions of a run that
# finds nothing), $total steps, and $startup: those before the run is claimed.
undisturbed() {
	fresh
	"run_$name" '' 0
	[ "$status" = 0 ] || not_ok "$name: undisturbed" "status $status: $out $err"
	total=$(wc -l <"$work/steps") || {
		echo 'Bail out! no steps are counted'
		exit 1
	}
	# What is to be done is looked up in a transaction that is rolled back.
	startup=$(sed -n 's/^\([0-9]*\) answered ROLLBACK.*/\1/p' "$work/steps" | head -n 1)
	cp "$work/steps" "$work/steps.undisturbed"
	gone_from_server
	measure
	want_content=$content
	dump_to "$work/undisturbed"
	want_again=$content
	if [ "$name" = connect ]; then # killed when all was done: it is done twice
		resume_connect
		measure
		want_again=$content
		return
	fi
	local before cost minutes
	measured_once_more
	# Two in a row do not both go over the end of a minute.
	[ "$minutes" -eq 0 ] || measured_once_more
	is "$name: after an undisturbed run a second one finds and writes nothing" \
		"$status $content $rows" "0 $want_content $before"
	want_cost=$cost
	if [ "$truth_holds" = 1 ]; then
		is "$name: it is what the provider holds" "$(difference)" 'missing 0 extra 0 other 0'
	fi
}
# Compare with the provider: ids, titles, beginnings.
truth_from() { # PATH: JSON lines of the emulator, into crash.truth
	sql 'CREATE TABLE crash.truth (j jsonb)'
	control GET "$1" |
		psql -Xq -v ON_ERROR_STOP=1 -c \
			"COPY crash.truth FROM STDIN (FORMAT csv, QUOTE E'\x01', DELIMITER E'\x02')"
}
difference() {
	if declare -F "difference_$name" >/dev/null; then
		"difference_$name"
	else
		difference_calendar
	fi
}
difference_calendar() {
	truth_from "truth?account=$ana"
	sql "WITH pulled AS (
		SELECT key FROM sync_state WHERE kind = 'events' AND enabled AND state <> 'closed'
	), want AS (
		SELECT j->>'calendar' AS key, j->>'id' AS id, j->>'summary' AS title,
			to_timestamp((j->>'start_ms')::bigint / 1000.0) AS start
		FROM crash.truth
		WHERE j->>'kind' <> 'cancelled_instance'
			AND j->>'eventType' IN ('default', 'fromGmail')
			AND j->>'calendar' IN (SELECT key FROM pulled)
	), have AS (
		SELECT stream_key, source_id, title, occurred_at, all_day FROM artifacts
		WHERE deleted_at IS NULL AND stream_key IN (SELECT key FROM pulled)
	)
	SELECT 'missing ' || count(*) FILTER (WHERE h.source_id IS NULL) ||
		' extra ' || count(*) FILTER (WHERE w.id IS NULL) ||
		' other ' || count(*) FILTER (WHERE w.title IS DISTINCT FROM h.title
			AND w.id IS NOT NULL AND h.source_id IS NOT NULL
			OR NOT h.all_day AND w.start <> h.occurred_at)
	FROM want w FULL JOIN have h ON h.stream_key = w.key AND h.source_id = w.id"
	sql 'DROP TABLE crash.truth'
}

# verify WHAT: one more sync, and the tables are those of an undisturbed run;
# one more, and nothing is written (another consent would be another one). One
# test.
verify() {
	local resumed resumed_err before cost minutes
	gone_from_server
	"resume_$name"
	resumed=$status resumed_err=$err$out
	gone_from_server
	measure
	if [ "$resumed" != 0 ] ||
		{ [ "$content" != "$want_content" ] && [ "$content" != "$want_again" ]; }; then
		dump_to "$work/got"
		not_ok "$1: resumed" "status $resumed: $resumed_err
$(diff "$work/undisturbed" "$work/got" | cut -c1-1200 | head -n 12)"
		return 1
	fi
	if [ "$name" = connect ]; then
		ok "$1"
		return
	fi
	measured_once_more
	if [ "$status $content $rows" != "0 $want_content $before" ] ||
		[ "$cost" -lt "$want_cost" ] || [ "$cost" -gt $((want_cost + minutes)) ]; then
		dump_to "$work/got"
		not_ok "$1: once more" "status $status, rows $before $rows, transactions $cost, wanted $want_cost, $minutes minutes ended: $out $err
$(diff "$work/undisturbed" "$work/got" | cut -c1-1200 | head -n 12)"
		return 1
	fi
	ok "$1"
}
