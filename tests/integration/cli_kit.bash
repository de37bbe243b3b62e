# Shared by the shell tests of the command line: a database, an emulator, TAP.
# Sourced under pg_virtualenv; the build directory is $1, $B or $BUILD.
# shellcheck shell=bash

set -uo pipefail
kit=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
build=$(cd "${1:-${B:-${BUILD:-build/release}}}" && pwd)
export PATH="$build:$PATH"
work=$(mktemp -d "${TMPDIR:-/tmp}/sluice-cli.XXXXXX")
passed=0 failed=0
emulator_pid='' google=''
children=()

finish() {
	local pid
	for pid in "${children[@]:-}" $emulator_pid; do
		[ -n "$pid" ] && kill -9 "$pid" 2>/dev/null
	done
	wait 2>/dev/null
	rm -rf "$work"
}
trap finish EXIT

ok() {
	passed=$((passed + 1))
	echo "ok $((passed + failed)) - $1"
}
not_ok() { # what, details
	failed=$((failed + 1))
	echo "not ok $((passed + failed)) - $1"
	printf '%s\n' "${2:-}" | sed 's/^/# /'
}
is() { # what, got, wanted
	if [ "$2" = "$3" ]; then ok "$1"; else not_ok "$1" "got '$2', wanted '$3'"; fi
}
below() { # WHAT GOT LIMIT
	if [ "$2" -lt "$3" ]; then ok "$1"; else not_ok "$1" "$2, wanted less than $3"; fi
}
like() { # what, text, extended regex
	if grep -qE -- "$3" <<<"$2"; then ok "$1"; else not_ok "$1" "no /$3/ in: $2"; fi
}
unlike() {
	local found
	found=$(grep -E -m 3 -- "$3" <<<"$2" | cut -c1-200)
	if [ -n "$found" ]; then not_ok "$1" "/$3/ in: $found"; else ok "$1"; fi
}
# What was printed, logged or left behind, but not what the test itself put into
# a file for sluice to read.
nothing_leaked() {
	local left said
	mapfile -d '' -t left < <(find "$work" -type f -size +0 ! -name '*.json' \
		! -name '*keys*' ! -name '*client*' ! -name '*secret*' ! -name '*token*' -print0)
	[ ${#left[@]} -gt 0 ] || return 0
	if said=$("$kit/../../scripts/check-leaks" "${left[@]}"); then
		ok 'no secret was printed or logged'
	else
		not_ok 'no secret was printed or logged' "$said"
	fi
}
summary() {
	nothing_leaked
	echo "$passed passed, $failed failed"
	[ "$failed" -eq 0 ]
	exit
}

# call ARGS...: run sluice; $status, $out, $err
call() {
	status=0
	timeout 60 sluice "$@" >"$work/out" 2>"$work/err" </dev/null || status=$?
	out=$(cat "$work/out")
	err=$(cat "$work/err")
	cat "$work/out" "$work/err" >>"$work/everything"
}
# refuse WHAT STATUS REGEX ARGS...: one line on stderr, nothing on stdout
refuse() {
	local what=$1 wanted=$2 text=$3
	shift 3
	call "$@"
	if [ "$status" = "$wanted" ] && [ -z "$out" ] &&
		[ "$(wc -l <"$work/err")" = 1 ] &&
		grep -qE "^sluice: .*($text)" "$work/err"; then
		ok "$what"
	else
		not_ok "$what" "status $status (wanted $wanted), stdout '$out', stderr '$err' (wanted /$text/)"
	fi
}
works() { # WHAT ARGS...
	local what=$1
	shift
	call "$@"
	if [ "$status" = 0 ]; then ok "$what"; else not_ok "$what" "status $status: $out $err"; fi
}

sql() { psql -XAtq -v ON_ERROR_STOP=1 -c "$1"; }
# No other session: what they did is in the statistics of the tables.
alone() { [ "$(sql 'SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()')" = 1 ]; }
control() { # METHOD PATH [BODY]
	curl -fsS -X "$1" ${3:+-H 'Content-Type: application/json' -d "$3"} \
		"$google/_control/$2"
}
requests() { control GET stats | grep -o '"requests": *[0-9]*' | head -n 1 | tr -cd 0-9; }
settle() { # seconds, command...: wait until it succeeds
	local n=$(($1 * 20))
	shift
	for ((; n > 0; n--)); do
		"$@" >/dev/null 2>&1 && return 0
		sleep 0.05
	done
	echo "# waited in vain: $*" >&2
	return 1
}

rss() { # COMMAND...: its peak memory in kB; what it says is in $work/out
	local peak=0 now pid
	"$@" >"$work/out" 2>&1 </dev/null &
	pid=$!
	while now=$(awk '/VmHWM/ { print $2 }' /proc/$pid/status 2>/dev/null) && [ -n "$now" ]; do
		[ "$now" -gt "$peak" ] && peak=$now
		sleep 0.02
	done
	wait $pid
	echo "$peak"
}

# A port of 127.0.0.1 that nobody listens on, below those the system hands out.
free_port() {
	local port
	while port=$((20000 + RANDOM % 12000)); do
		(: <"/dev/tcp/127.0.0.1/$port") 2>/dev/null || break
	done
	echo "$port"
}

# A database of its own, with the login that everything but migrate uses.
new_database() { # NAME
	dropdb --if-exists "$1" 2>/dev/null
	createdb "$1"
	export PGDATABASE=$1
	sql "DO \$\$ BEGIN CREATE ROLE sluice_app LOGIN NOINHERIT PASSWORD 'p4ss-canary';
		EXCEPTION WHEN duplicate_object THEN NULL; END \$\$"
	export SLUICE_DIRECT_URL="postgresql://${PGUSER:-postgres}:${PGPASSWORD:-}@${PGHOST:-localhost}:$PGPORT/$1"
	export SLUICE_DATABASE_URL="postgresql://sluice_app:p4ss-canary@${PGHOST:-localhost}:$PGPORT/$1"
}
migrated_database() {
	new_database "$1"
	sluice migrate >/dev/null && sql 'GRANT sluice_gateway, sluice_operator TO sluice_app'
}

start_emulator() { # ARGS...
	rm -f "$work/port"
	sluice-emulator --port 0 --port-file "$work/port" --quiet "$@" \
		>"$work/emulator.log" 2>&1 &
	emulator_pid=$!
	settle 20 test -s "$work/port" || {
		echo "Bail out! the emulator did not start"
		exit 1
	}
	google="http://127.0.0.1:$(cat "$work/port")"
	export SLUICE_GOOGLE_AUTH_URL="$google/o/oauth2/v2/auth"
	export SLUICE_GOOGLE_TOKEN_URL="$google/token"
	export SLUICE_GOOGLE_REVOKE_URL="$google/revoke"
	export SLUICE_GOOGLE_USERINFO_URL="$google/v1/userinfo"
	export SLUICE_GOOGLE_CALENDAR_URL="$google/calendar/v3"
	export SLUICE_GMAIL_URL="$google/gmail/v1"
	export SLUICE_LINKEDIN_AUTH_URL="$google/oauth/v2/authorization"
	export SLUICE_LINKEDIN_TOKEN_URL="$google/oauth/v2/accessToken"
	export SLUICE_LINKEDIN_INTROSPECT_URL="$google/oauth/v2/introspectToken"
	export SLUICE_LINKEDIN_REVOKE_URL="$google/oauth/v2/revoke"
	export SLUICE_LINKEDIN_API_URL="$google"
}

client_file() { # FILE [KIND] [REDIRECT]
	printf '{"%s":{"client_id":"emu-client.apps.googleusercontent.com","client_secret":"GOCSPX-emulator-secret","redirect_uris":["%s"]}}' \
		"${2:-installed}" "${3:-http://localhost}" >"$1"
}
new_keys() { (umask 077 && sluice keys generate >"$1"); }

asked_or_over() { grep -q '^http' "$work/connect.out" || ! kill -0 "$connect_pid"; }

# connect_start ARGS...: $connect_pid, and $url once it is printed
connect_start() {
	: >"$work/connect.out"
	mkfifo "$work/paste.$$" 2>/dev/null
	sluice connect "${connector:-google_calendar}" --no-browser "$@" >"$work/connect.out" \
		2>"$work/connect.err" <>"$work/paste.$$" &
	connect_pid=$!
	children+=("$connect_pid")
	settle 20 asked_or_over
	url=$(head -n 1 "$work/connect.out")
}
connect_end() { # $status, $out, $err
	status=0
	wait "$connect_pid" || status=$?
	out=$(cat "$work/connect.out")
	err=$(cat "$work/connect.err")
	cat "$work/connect.out" "$work/connect.err" >>"$work/everything"
}
# connect USER [ARGS...]: the whole flow, curl being the browser
connect() {
	connect_start --user "$@"
	[ -z "$url" ] || curl -sSL -o "$work/page" "$url" 2>>"$work/browser.err"
	connect_end
}
