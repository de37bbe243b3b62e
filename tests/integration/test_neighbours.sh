#!/usr/bin/env bash
# What one account, or the host, may do to a worker, and the others live through:
# an account that kills its process each time, a user whose mailboxes have no end,
# and no descriptors left.
# shellcheck source=tests/integration/worker_kit.bash
. "$(dirname "$0")/worker_kit.bash"

names=(eve ana bob cyd)
noisy=noisy@example.net
specs=()
for n in "${names[@]}"; do specs+=(--account "$n@example.com:12:1"); done
start_emulator --seed 9 "${specs[@]}" \
	--mailbox "one@example.net:4000" --mailbox "two@example.net:4000" \
	--mailbox "three@example.net:4000" --mailbox "four@example.net:4000"
fleet neighbours "${names[@]}"
of() { # COLUMN: of eve's
	sql "SELECT $1 FROM sluice.schedule s JOIN user_integrations i ON i.id = s.integration_id
		WHERE i.account = 'eve@example.com'"
}
others() { for n in "${names[@]:1}"; do same "$1: $n" "$n@example.com"; done; }

# --- 104: an account whose runs kill their process ------------------------------------
# Whatever it is: the process is gone as soon as eve's calendar is asked for.
export SLUICE_QUOTA=off
poison() { control POST fault '{"kind":"hang","ms":60000,"match":"/events","account":"eve@example.com"}' >/dev/null; }
at_it() { [ "$(of "run_begun AND lease_until IS NOT NULL AND (lease_owner->>'pid')::int = $worker_pid")" = t ]; }
# Dead, or at rest: nothing is due or under way, of whoever may run.
at_rest() { is_dead "$worker_pid" || [ "$(sql "SELECT count(*) FROM sluice.schedule WHERE enabled AND parked_at IS NULL
	AND (lease_until IS NOT NULL OR next_run_at <= sluice.clock())")" = 0 ]; }
works 'the first sync' sync
poison
due
deaths=0
while [ "$deaths" -lt 6 ]; do
	[ "$deaths" != 1 ] || for n in "${names[@]}"; do
		control POST event "{\"account\":\"$n@example.com\",\"op\":\"random\",\"count\":3}" >/dev/null
	done
	worker --runs 4 --poll 1s
	for ((i = 0; i < 400; i++)); do
		at_it && break
		at_rest && break
		sleep 0.05
	done
	at_it || break
	with=$(sql "SELECT count(*) FROM sluice.schedule WHERE lease_until IS NOT NULL")
	kill -9 "$worker_pid"
	worker_ended 5
	deaths=$((deaths + 1))
	[ "$deaths" = 1 ] || is "104: death $deaths: it ran alone" "$with $(of run_alone)" '1 t'
	due
done
is '104: once with others, three times alone, then no more' "$deaths" 4
is '104: it is parked' "$(of "parked_at IS NOT NULL") $(of charges)" 't 3'
settle 20 at_rest
others '104: the others are served'
is '104: nobody else is charged' "$(sql "SELECT count(*) FROM sluice.schedule WHERE charges > 0 AND parked_at IS NULL")" 0
is '104: each of its runs is in the log' "$(sql "SELECT count(*) FROM sync_logs
	WHERE account = 'eve@example.com' AND status = 'interrupted'")" 4
call status
like '104: status says so' "$out$err" 'parked'
call status --check
is '104: and monitoring hears of it' "$status" 1
control DELETE fault >/dev/null
due
sleep 1.5
is '104: nor is it taken again by itself' "$(of charges)" 3
works '104: a person lets it go on' resume --user eve@example.com
settle 15 at_rest
same '104: and it does' eve@example.com
is '104: with a clean slate' "$(of parked_at) $(of charges) $(of solo)" ' 0 f'
worker_stop '104'

# --- B28: a user with mailboxes without end ---------------------------------------------
# Four of them, more than a worker has runs for walks, under the user's quota.
export SLUICE_QUOTA=on
control POST options '{"latency_ms":5}' >/dev/null
rest
sluice user add --email $noisy >/dev/null
for n in one two three four; do
	connector=gmail connect $noisy --account "$n@example.net"
	is "$n of the noisy user is connected" "$status" 0
done
walks() { sql "SELECT count(*) FROM sluice.schedule WHERE run_lane = 'backfill' AND run_begun AND lease_until IS NOT NULL"; }
walk() { [ "$(walks)" -ge "$1" ]; }
messages() { sql "SELECT count(*) FROM artifacts WHERE type = 'email'"; }
worker --runs 4 --slice 10m --poll 1s --grace 1s
settle 20 walk 3 && ok 'B28: three of them are walked' || not_ok 'B28: three of them are walked' "$(walks)"
here=$(messages)
for round in 1 2 3; do
	for n in "${names[@]}"; do
		control POST event "{\"account\":\"$n@example.com\",\"op\":\"random\",\"count\":3}" >/dev/null
	done
	before=$(runs "provider = 'google_calendar'") slices=$(runs "provider = 'gmail'")
	due "provider = 'google_calendar'"
	sql 'NOTIFY sluice'
	settle 30 ran $((before + 4)) "provider = 'google_calendar'" || echo "# $(tail -n 3 "$worker_log")"
	# Not one of its walks had to end for that.
	is "B28: round $round: four quiet users are served between its pages" \
		"$(($(runs "provider = 'google_calendar'") - before)) $(($(runs "provider = 'gmail'") - slices)) $(walks)" '4 0 3'
done
for n in "${names[@]}"; do same "B28: $n" "$n@example.com"; done
more() { [ "$(messages)" -gt "$here" ]; }
settle 30 more && ok 'B28: its old mail comes, too' || not_ok 'B28: its old mail comes, too' "$here"
worker_stop 'B28'
sql "UPDATE sluice.schedule SET enabled = false WHERE provider = 'gmail'"
export SLUICE_QUOTA=off

# --- 9: no descriptors left for a worker --------------------------------------------------
spent() { awk '{ print $14 + $15 }' "/proc/$worker_pid/stat"; } # ticks of 10 ms
open_files() { find "/proc/$worker_pid/fd" -mindepth 1 | wc -l; }
rest
worker --poll 1s
sleep 1
prlimit --pid "$worker_pid" --nofile="$(open_files):" # the soft one alone
busy=$(spent)
due "provider = 'google_calendar'"
sql 'NOTIFY sluice'
sleep 4
below '9: a worker without descriptors: no busy loop' $(($(spent) - busy)) 100
is_dead "$worker_pid" && not_ok '9: it lives' "$(tail -n 5 "$worker_log")" || ok '9: it lives'
prlimit --pid "$worker_pid" --nofile=1024:
control POST event '{"account":"ana@example.com","op":"random","count":3}' >/dev/null
before=$(runs "status = 'ok'")
due "provider = 'google_calendar'"
sql 'UPDATE sync_state SET not_before = NULL; UPDATE sluice.schedule SET not_before = NULL'
sql 'NOTIFY sluice'
settle 20 ran $((before + 4)) "status = 'ok'" && ok '9: with some again it goes on' ||
	not_ok '9: with some again it goes on' "$(tail -n 12 "$worker_log")"
others '9: with some again'
worker_stop '9'
has_begun() { worker_says worker-started || is_dead "$worker_pid"; }
for n in 6 8 10 12 14; do
	: >"$worker_log"
	status=0
	(ulimit -n $n && exec sluice worker --poll 1s) >"$work/out" 2>"$worker_log" </dev/null &
	worker_pid=$!
	children+=("$worker_pid")
	settle 10 has_begun # before that a signal ends it like any other program
	sleep 1
	if is_dead "$worker_pid"; then
		worker_ended 1
		is "9: $n descriptors: one line" "$status $(grep -c '^sluice: ' "$worker_log")" '3 1'
		continue
	fi
	below "9: $n descriptors: no busy loop" "$(spent)" 100
	worker_stop "9: $n descriptors"
done
summary
