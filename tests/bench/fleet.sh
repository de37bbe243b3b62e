#!/usr/bin/env bash
# Accounts at rest: no-change polls a second, by 1, 2 and 4 processes, and what
# each costs; a cron line with nothing due; a claim. All is on this machine:
# emulator, database and processes. ACCOUNTS (2000), LATENCY of the provider in
# ms (100).
# shellcheck source=tests/bench/kit.bash
. tests/bench/kit.bash
# shellcheck source=tests/bench/claims.bash
. tests/bench/claims.bash

accounts=${ACCOUNTS:-2000} latency=${LATENCY:-100}
scopes='openid email https://www.googleapis.com/auth/calendar.readonly'
libs=("$build"/lib/libstate.a "$build"/lib/libcore_sync.a "$build"/lib/libcore_auth.a
	"$build"/lib/libcore_people.a "$build"/lib/libcore_recur.a "$build"/lib/libcore_net.a
	"$build"/lib/libcore_json.a "$build"/lib/libcore_base.a)
gcc -std=gnu17 -D_GNU_SOURCE -O2 -Wall -Wextra -I. -o "$work/connect" tests/bench/connect.c \
	-Wl,--start-group "${libs[@]}" -Wl,--end-group -lpq -lcurl -ljansson -lcrypto -lical \
	-lidn2 -lpthread

start_emulator --account "$who:20:1"
set_up google_calendar
control() { # PATH FIELD VALUE-PREFIX VALUE-SUFFIX: one call for each account
	for n in $(seq "$accounts"); do
		printf 'url = "%s/_control/%s"\ndata = "{\\"%s\\": \\"u%d@example.com%s\\"}"\noutput = -\nnext\n' \
			"$base" "$1" "$2" "$n" "${3:-}"
	done | sed '$d' >"$work/calls"
	curl -sS -K "$work/calls"
}
control account spec :20:1 >"$work/null"
control token account | grep -oE '"access_token": ?"[^"]*"' | cut -d'"' -f4 >"$work/tokens"
seq "$accounts" | sed 's/.*/u&@example.com/' | paste -d' ' - "$work/tokens" |
	"$work/connect" google_calendar "$scopes" "$SLUICE_KEY_FILE"
echo "fleet: $accounts calendars, $latency ms latency, $(nproc) cores"
"$sluice" sync >"$work/first.log" 2>&1 || die "first sync: $(tail -n 3 "$work/first.log")"
curl -sS -d "{\"latency_ms\": $latency}" "$base/_control/options" >"$work/null"

postmaster=$(head -n 1 "$(psql -XAtc 'SHOW data_directory')/postmaster.pid")
ticks() { awk '{ print $14 + $15 }' "/proc/$1/stat" 2>/dev/null || echo 0; }
# CPU of the server with all its children, also those that are gone
server_ticks() {
	local sum pid
	sum=$(awk '{ print $14 + $15 + $16 + $17 }' "/proc/$postmaster/stat")
	for pid in $(pgrep -P "$postmaster"); do sum=$((sum + $(ticks "$pid"))); done
	echo "$sum"
}
transactions() {
	psql -XAtc "SELECT xact_commit + xact_rollback FROM pg_stat_database WHERE datname = current_database()"
}
requests() { curl -sS "$base/_control/stats" | grep -oE '"requests": ?[0-9]+' | grep -oE '[0-9]+$'; }

busy() {
	psql -XAtc 'SELECT count(*) FROM sluice.schedule WHERE next_run_at <= now() OR lease_until IS NOT NULL'
}

# Polls a second while the tenth to the ninetieth percent of them ended: without
# the start of the processes, and the last accounts that have the fleet alone.
steady() { # MILLISECONDS since the round began
	psql -XAtc "WITH w AS (
		SELECT percentile_disc(ARRAY[0.1, 0.9]) WITHIN GROUP (ORDER BY finished_at) AS p
		FROM sync_logs WHERE finished_at > now() - interval '$1 ms')
		SELECT round(0.8 * $accounts / extract(epoch FROM p[2] - p[1])) FROM w"
}

# round PROCESSES: all accounts are due at once, and polled once
round() {
	local n pids=() began took steady before=() after=() cpu rss
	psql -Xqc "UPDATE sluice.schedule SET next_run_at = now() - interval '1 minute'" -c 'VACUUM ANALYZE'
	sleep 1
	before=("$(server_ticks)" "$(ticks "${servers[0]}")" "$(transactions)" "$(requests)")
	began=$(now_ms)
	for n in $(seq "$1"); do
		/usr/bin/time -v -o "$work/round.$n" "$sluice" worker >"$work/out.$n" 2>"$work/err.$n" &
		pids+=($!)
	done
	while [ "$(busy)" -gt 0 ] && [ $(($(now_ms) - began)) -lt 300000 ]; do sleep 0.3; done
	took=$(($(now_ms) - began))
	steady=$(steady "$took")
	for n in "${pids[@]}"; do pkill -TERM -P "$n" || true; done
	for n in "${pids[@]}"; do wait "$n" || die "a process failed: $(tail -n 2 "$work"/err.*)"; done
	sleep 1
	after=("$(server_ticks)" "$(ticks "${servers[0]}")" "$(transactions)" "$(requests)")
	left=$(busy)
	cpu=0 rss=0
	for n in $(seq "$1"); do
		cpu=$(awk -v a="$cpu" -v b="$(cpu "$work/round.$n")" 'BEGIN { print a + b }')
		rss=$((rss + $(resident "$work/round.$n")))
	done
	awk -v n="$((accounts - left))" -v p="$1" -v ms="$took" -v cpu="$cpu" -v rss="$rss" \
		-v pg="$((after[0] - before[0]))" -v emu="$((after[1] - before[1]))" \
		-v steady="$steady" -v tx="$((after[2] - before[2]))" -v rq="$((after[3] - before[3]))" 'BEGIN {
		printf "%d process%s %5.0f polls/s (%.0f in the middle)   CPU a poll: ours %.2f ms, PostgreSQL %.2f, emulator %.2f   %.2f transactions, %.2f requests (floor 2)   %.1f MiB resident\n",
			p, (p > 1 ? "es" : "  "), n * 1000 / ms, steady, cpu * 1000 / n, pg * 10 / n, emu * 10 / n,
			tx / n, rq / n, rss / 1024
	}'
}
for n in 1 2 4; do round "$n"; done
echo 'goal       500 polls/s by 2 processes on 2 cores at 100 ms (then 1,000); both under 128 MiB'
echo 'rows       a poll writes 3 to the schedule (leased, begun, over), 1 a stream, 1 to the log'

idle_line
size=100000
[ "${SCALE:-full}" = full ] || size=10000
claims "$size"
