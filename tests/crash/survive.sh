#!/usr/bin/env bash
# What a process lives through: its database connection cut at every step, the
# answer to COMMIT lost among them; a server that restarts, or whose backend
# is killed, in the middle of a page; being frozen past its lease while another
# process takes over; another process at the same time.
#
#   survive.sh BUILD [PART...]   cut restart backend frozen together
#   EVERY=n                      every nth step only (default 1)
#   POOLED=1                     through PgBouncer in transaction mode
# shellcheck source=tests/crash/kit.bash
. "$(dirname "$0")/kit.bash"
shift

every=${EVERY:-1}

# frozen_at N: the run stands still after step N; false if it ended before
frozen_at() {
	with_steps_begin stop "$1" sync
	local state
	while :; do
		state=$(sed 's/.*) //;s/ .*//' "/proc/$steps_pid/stat" 2>/dev/null) || return 1
		case $state in
		T) return 0 ;;
		Z | '') return 1 ;;
		esac
		sleep 0.01
	done
}
thaw() {
	kill -CONT "$steps_pid"
	with_steps_end
}
# The tables are right, and a run that finds nothing writes nothing.
settled() { # WHAT
	gone_from_server
	measure
	if [ "$content" != "$want_content" ]; then
		dump_to "$work/got"
		not_ok "$1: the same tables at once" "$(diff "$work/undisturbed" "$work/got" | cut -c1-1200 | head -n 12)"
		return
	fi
	verify "$1"
}
lived() { # WHAT: the run itself ended well, and the tables are right
	if [ "$status" != 0 ]; then
		not_ok "$1: the run ends well" "status $status: $out $err"
		return
	fi
	settled "$1"
}

# The connection is cut at each step: the process lives, tries again and ends
# well. Before the first request leaves it may as well give up, with status 3. At "sent COMMIT" the server has committed and its answer is lost.
part_cut() {
	local first
	first=$(sed -n 's/^\([0-9]*\) begun exchange.*/\1/p' "$work/steps.undisturbed" | head -n 1)
	for ((n = 1; n <= total; n += every)); do
		fresh
		with_steps cut "$n" sync
		if [ "$n" -lt "$first" ] && [ "$status" = 3 ]; then
			verify "$name: connection cut at step $(sed -n "${n}p" "$work/steps")"
			continue
		fi
		lived "$name: connection cut at step $(sed -n "${n}p" "$work/steps")"
	done
}

# A fast restart in the middle of a page (57P01), at its COMMIT, during HTTP.
chosen_steps() { # the last statement, the last COMMIT of a page, an exchange
	local commits
	mapfile -t commits < <(sed -n 's/^\([0-9]*\) sent COMMIT.*/\1/p' "$work/steps.undisturbed")
	echo "$((commits[${#commits[@]} - 2] - 3)) ${commits[${#commits[@]} - 2]}" \
		"$(sed -n 's/^\([0-9]*\) ended exchange.*/\1/p' "$work/steps.undisturbed" | tail -n 1)"
}
part_restart() {
	for n in $(chosen_steps); do
		fresh
		frozen_at "$n" || continue
		restart_server
		thaw
		reconnect
		lived "$name: server restarted at step $(sed -n "${n}p" "$work/steps")"
	done
}
# One backend is killed with -9: the server throws everybody out. (It must not
# have been told that commits may be lost by that.)
part_backend() {
	sql "ALTER DATABASE $database SET synchronous_commit = on"
	for n in $(chosen_steps); do
		fresh
		frozen_at "$n" || continue
		ask "SELECT pid FROM pg_stat_activity WHERE datname = current_database()
			AND pid <> pg_backend_pid() AND backend_type = 'client backend'
			ORDER BY state DESC LIMIT 1"
		kill -9 "$answer"
		reconnect
		thaw
		lived "$name: backend killed at step $(sed -n "${n}p" "$work/steps")"
	done
	sql "ALTER DATABASE $database RESET ALL"
}

# Frozen at step n for ten minutes; another one takes over when the lease has
# run out. Woken, the first one finds its fence gone and writes nothing, not
# even a log row.
every_row() { # also those that a run which finds nothing may write
	sql "SELECT md5(string_agg(x, ',' ORDER BY x)) FROM (
		SELECT id || xmin::text AS x FROM sync_state
		UNION ALL SELECT id || xmin::text FROM sync_logs
		UNION ALL SELECT integration_id || xmin::text FROM sluice.schedule) y"
}
part_frozen() {
	local before all
	for ((n = startup + 1; n <= total; n += every)); do
		fresh
		# What a transaction may idle; it would block whoever comes next.
		sql "ALTER DATABASE $database SET idle_in_transaction_session_timeout = '50ms'"
		if ! frozen_at "$n"; then
			with_steps_end
			continue
		fi
		at=$(sed -n "${n}p" "$work/steps")
		sql "ALTER DATABASE $database SET sluice.clock_offset = '10 minutes'"
		until [ "$(sql "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()
			AND pid <> pg_backend_pid() AND xact_start IS NOT NULL")" = 0 ]; do :; done
		call sync
		is "$name: frozen at step $at: another one takes over" "$status ${err}" '0 '
		measure
		before="$content $rows" all=$(every_row)
		thaw
		gone_from_server
		measure
		is "$name: frozen at step $at, taken over, and woken it wrote nothing" \
			"$content $rows $(every_row)" "$before $all"
		is "$name: frozen at step $at: the tables are right" "$content" "$want_content"
		sql "ALTER DATABASE $database RESET ALL"
	done
}

# Three processes want the same integration at one moment.
part_together() {
	local pids=() pid bad
	for round in 1 2 3; do
		fresh
		pids=() bad=0
		for i in 1 2 3; do
			timeout 60 sluice sync >"$work/out.$i" 2>"$work/err.$i" </dev/null &
			pids+=($!)
		done
		for pid in "${pids[@]}"; do wait "$pid" || bad=$?; done
		status=$bad out=$(cat "$work"/out.*) err=$(cat "$work"/err.*)
		lived "$name: three at once, round $round"
		is "$name: one after the other did it" \
			"$(sql "SELECT count(*) FROM sync_logs WHERE status <> 'ok'")" 0
	done
}

parts=("$@")
[ ${#parts[@]} -gt 0 ] || parts=(cut restart backend frozen together)
for name in ${SCENARIOS:-changes}; do
	scenario "$name"
	undisturbed
	for part in "${parts[@]}"; do "part_$part"; done
done
summary
