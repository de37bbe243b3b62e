#!/usr/bin/env bash
# What a host may do to a process: signals, closed output, no more descriptors,
# threads or address space. Whatever it is, the next run makes good.
# shellcheck source=tests/integration/fault_kit.bash
. "$(dirname "$0")/fault_kit.bash"

hold() { # keep every stream's row locked for so many seconds
	psql -Xq -c "BEGIN; SELECT 1 FROM sync_state FOR UPDATE; SELECT pg_sleep($1)" >/dev/null 2>&1 &
	holder=$!
	children+=("$holder")
	settle 10 holding
}
holding() { [ "$(sql "SELECT count(*) FROM pg_stat_activity WHERE query LIKE '%pg_sleep%' AND pid <> pg_backend_pid()")" -gt 0 ]; }
waiting() { [ "$(sql "SELECT count(*) FROM pg_stat_activity WHERE usename = 'sluice_app' AND wait_event_type = 'Lock'")" -gt 0 ]; }
let_go() {
	sql "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE query LIKE '%pg_sleep%' AND pid <> pg_backend_pid()" >/dev/null
	wait "$holder" 2>/dev/null
}

installed process 1500:6 --latency-ms 20

# --- 3: SIGTERM while a page is under way ----------------------------------
started 4 sync
began=$(millis)
kill -TERM "$run_pid"
ended 20
is '3: SIGTERM ends it' "$status" 143
took=$(($(millis) - began))
below '3: within five seconds' $took 5000
is '3: it says so on one line, and how to end it at once' "$(grep -c 'stopping in good order; once more' <<<"$err")" 1
is '3: logged as interrupted, the lease given back' "$(log_status) $(leases)" 'interrupted 0'
good '3: SIGTERM'
control POST fault '{"kind":"hang","ms":60000,"match":"/calendar/v3"}' >/dev/null
begun sync
settle 20 holds_lease
began=$(millis)
kill -TERM "$run_pid"
ended 20
took=$(($(millis) - began))
control DELETE fault >/dev/null
is '3: SIGTERM while the provider is silent' "$status" 143
below '3: within five seconds, too' $took 5000

# A refresh token that the provider has replaced is stored, stop or no stop.
control POST options '{"rotate":true}' >/dev/null
control POST expire "{\"account\":\"$ana\",\"what\":\"access_tokens\"}" >/dev/null
control POST fault '{"kind":"slow","bytes_per_s":300,"match":"/token"}' >/dev/null
control POST stats/reset >/dev/null
begun sync
settle 20 sh -c "curl -fsS '$google/_control/stats' | grep -q token_refreshes"
kill -TERM "$run_pid"
ended 20
control DELETE fault >/dev/null
is '3: SIGTERM during a refresh' "$status" 143
good '3: the new refresh token was stored'
control POST options '{"rotate":false}' >/dev/null

# --- 4: the second signal ends it at once ----------------------------------
change 30
hold 60
begun sync
settle 20 waiting
kill -TERM "$run_pid"
settle 10 grep -q 'once more' "$work/run.err"
is '4: the first one lets the page end' "$(gone && echo gone || echo here)" here
began=$(millis)
kill -INT "$run_pid"
ended 10
took=$(($(millis) - began))
is '4: the second one does not' "$status" 130
below '4: at once' $took 1500
let_go
good '4: two signals'

# --- 5: SIGHUP --------------------------------------------------------------
change 5
control POST fault '{"kind":"latency","ms":1000,"match":"/events"}' >/dev/null
started 2 sync
kill -HUP "$run_pid"
ended 20
control DELETE fault >/dev/null
is '5: SIGHUP (the terminal went away) ends it in good order' "$status $(leases)" '129 0'
good '5: SIGHUP'
control POST fault '{"kind":"latency","ms":700,"match":"calendarList"}' >/dev/null
(
	trap '' HUP
	exec sluice sync
) >"$work/run.out" 2>"$work/run.err" </dev/null &
run_pid=$!
children+=("$run_pid")
settle 20 holds_lease
kill -HUP "$run_pid"
ended 30
is '5: under nohup it is ignored' "$status" 0

# --- 6: nobody reads the output ---------------------------------------------
change 5
sluice sync --full --json 2>"$work/err" </dev/null | true
is '6: a closed pipe' "${PIPESTATUS[0]} $(wc -c <"$work/err")" '0 0'
same '6: a closed pipe'
for closed in '<&-' '>&-' '2>&-' '<&- >&- 2>&-'; do
	change 5
	status=0
	eval "sluice sync --log-level debug >'$work/out' 2>'$work/err' $closed" || status=$?
	is "6: descriptors closed: $closed" "$status" 0
	same "6: $closed"
done
control POST fault '{"kind":"latency","ms":400,"match":"calendarList"}' >/dev/null
(exec sluice sync <&- >&- 2>&-) &
run_pid=$!
children+=("$run_pid")
settle 20 holds_lease
files=$(readlink "/proc/$run_pid/fd/"{0,1,2} 2>/dev/null | sort -u)
is '6: no socket took the place of a closed one' "${files:-/dev/null}" /dev/null
: >"$work/run.out" && : >"$work/run.err"
ended 20
control DELETE fault >/dev/null

# --- 8: little address space ------------------------------------------------
bound() { # WHAT, STATUSES: what a run under a limit may end with
	if [[ " $2 " == *" $status "* ]] && [ "$(wc -l <"$work/err")" -le 1 ]; then
		ok "$1 (status $status)"
	else
		not_ok "$1" "status $status: $out $err"
	fi
}
used() { # by children that have ended, in ticks
	local stat
	read -r -a stat </proc/$$/stat
	echo $((stat[15] + stat[16]))
}
limited() { # LIMIT VALUE: a run under it; $busy: centiseconds of processor
	local before after
	status=0
	before=$(used)
	(
		ulimit -c 0 "$1" "$2" &&
			exec timeout 40 sluice sync --max-time 2s
	) >"$work/out" 2>"$work/err" </dev/null || status=$?
	after=$(used)
	busy=$((after - before))
	out=$(cat "$work/out")
	err=$(cat "$work/err")
	cat "$work/out" "$work/err" >>"$work/everything"
}
if sanitized; then
	skip '8: address space' 'the sanitizers need terabytes of it'
else
	for kib in 20000 30000 40000 60000 100000 150000; do
		change 3
		limited -v $kib
		bound "8: $kib KiB of address space" '0 1 3 127 134'
	done
	good '8: address space'
fi

# --- 10: no more threads ------------------------------------------------------
if ! has strace || sanitized; then
	skip '10: threads' 'needs strace, and no leak sanitizer under it'
else
	for n in 1 2 3 4; do
		change 2
		status=0
		strace -f -qq -o "$work/strace" -e trace=clone3,clone \
			-e "inject=clone3,clone:error=EAGAIN:when=$n" \
			sluice sync >"$work/out" 2>"$work/err" </dev/null || status=$?
		out=$(cat "$work/out") err=$(cat "$work/err")
		case $n in
		1) like '10: no thread for signals: said, with what to do' "$status $err" '^3 sluice: cannot start a thread: .*limit' ;;
		2) like '10: no thread for the network: said' "$status $err" '^3 sluice: HTTP thread cannot start' ;;
		3) like '10: no worker at all: said' "$status $err" '^3 sluice: cannot start a worker thread' ;;
		4) is '10: one worker does the work of two' "$status" 0 ;;
		esac
	done
	good '10: threads'
fi

# --- 9: few descriptors ------------------------------------------------------
for n in 5 7 8 9 12 20; do
	change 1
	limited -n $n
	bound "9: $n descriptors" '0 1 3'
	below "9: $n descriptors: no busy loop" $busy 100
done
good '9: descriptors'
summary
