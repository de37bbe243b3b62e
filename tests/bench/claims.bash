# shellcheck shell=bash disable=SC2154  # what kit.bash sets
# A cron line that finds nothing, and claims of a large fleet. Sourced by fleet.sh.

# middle: "12.3 ms (least 11.9)" of milliseconds, one a line
middle() {
	sort -n | awk '{ v[NR] = $1 }
		END { printf "%5.1f ms (least %.1f)", v[int((NR + 1) / 2)], v[1] }'
}

timed() { # COMMAND...: milliseconds, from fork to exit, 21 times
	local began
	for _ in $(seq 21); do
		began=${EPOCHREALTIME/[.,]/}
		"$@" >"$work/null" || die "$*"
		echo "$((${EPOCHREALTIME/[.,]/} - began))"
	done | awk '{ print $1 / 1000 }'
}

idle_line() {
	psql -Xqc "UPDATE sluice.schedule SET next_run_at = now() + interval '1 hour', backfill_at = NULL"
	"$sluice" sync --due >"$work/null" # what is to be kept up
	printf 'idle       sync --due %s   of it the program alone %s   goal 30 ms\n' \
		"$(timed "$sluice" sync --due | middle)" "$(timed "$sluice" version | middle)"
}

# claim: EXPLAIN ANALYZE of it in one session, milliseconds, the first one apart
claim() {
	local _ take="SELECT * FROM sluice.take_due('{google_calendar,gmail}', '{100,100}', 100, 75, 'no',
		'{\"host\":\"x\"}', 60000000, 0)"
	{
		echo 'SET jit = off; SET ROLE sluice_gateway;'
		echo "BEGIN; SELECT count(*) FROM ($take) t; ROLLBACK;"
		for _ in $(seq 22); do echo "BEGIN; EXPLAIN ANALYZE $take; ROLLBACK;"; done
	} | psql -XAtq -v ON_ERROR_STOP=1 >"$work/claims"
	[ "$(head -n 1 "$work/claims")" = 100 ] || die "a claim took $(head -n 1 "$work/claims")"
	sed -n 's/^Execution Time: \(.*\) ms$/\1/p' "$work/claims" | sed 1d | middle
}

claims() { # ACCOUNTS
	createdb sluice_claims
	local -x PGDATABASE=sluice_claims
	"$sluice" migrate >"$work/null" 2>&1
	psql -Xqc 'ALTER TABLE sluice.schedule SET (autovacuum_enabled = off)' \
		-c 'ALTER TABLE auth.users SET (autovacuum_enabled = off)' \
		-c 'ALTER TABLE public.user_integrations SET (autovacuum_enabled = off)'
	psql -Xq -v ON_ERROR_STOP=1 -v accounts="$1" -f tests/bench/fleet_rows.sql
	printf 'claim      100 of %d, %d leased, %d artifacts: without statistics %s' \
		"$1" "$(psql -XAtc 'SELECT count(*) FROM sluice.schedule WHERE lease_until IS NOT NULL')" \
		"$(count_of artifacts)" "$(claim)"
	psql -Xqc 'VACUUM ANALYZE'
	printf ', with them %s   goal 10 ms\n' "$(claim)"
}
