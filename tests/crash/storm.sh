#!/usr/bin/env bash
# Storms: the provider throws every fault it has, things change meanwhile, and
# processes are killed, stopped, cut off or frozen past their lease, while the
# server restarts, dies, refuses, is full, slow, read-only, or years away, and
# so is the host's clock. Several of that at once. A week later one more sync
# makes the tables right: the ids, titles and times of the provider, and the
# same content as a database that was filled in fair weather; every log row is
# closed, no lease is left, and one more sync writes nothing.
#
#   storm.sh BUILD
#   SEED=n     the first storm; each has the seed of the one before and one
#              more, so SEED=n ROUNDS=1 is that storm again (its decisions;
#              moments are the machine's)
#   ROUNDS=n   so many storms; TIME=s: or as many as begin in s seconds
#   WAVES=n    of a storm (default: 2 to 5)
#   KINDS=...  google (calendar and mail), linkedin (default: either, by seed)
#   QUOTA=1|0  Google's clients have small quotas (default: each third seed)
#   POOLED=1   through PgBouncer, which is killed, too
# shellcheck source=tests/crash/kit.bash
. "$(dirname "$0")/kit.bash"
# shellcheck source=tests/crash/weather.bash
. "$(dirname "$0")/weather.bash"
way=plain
case $build in */san) way=san ;; esac
# shellcheck source=tests/crash/disasters.bash
. "$(dirname "$0")/disasters.bash"

seed=${SEED:-$((($(date +%s) ^ $$) % 32768))}
rounds=${ROUNDS:-0}
seconds=${TIME:-60}
[ "$rounds" -gt 0 ] && seconds=1000000 || rounds=1000000

pick() { # WORD...: one of them, $picked
	picked=${*:$((RANDOM % $# + 1)):1}
}
chance() { [ $((RANDOM % 100)) -lt "$1" ]; } # PERCENT

# --- processes ---------------------------------------------------------------
# One process, and what happens to it; $pids
launch() {
	local how at=$((RANDOM % 150 + 20)) run
	pick kill kill stop cut cut none none
	how=$picked
	[ "$how" = none ] && how=''
	pick sync sync 'sync --due' 'sync --due' 'sync --full' 'worker --poll 1s' 'worker --poll 1s'
	read -r -a run <<<"$picked"
	env LD_PRELOAD="$steps${faketime:+:$faketime}" ${how:+STEPS_DO="$how"} \
		STEPS_AT="$at" FAKETIME_TIMESTAMP_FILE="$work/clock" FAKETIME_NO_CACHE=1 \
		FAKETIME_DONT_FAKE_MONOTONIC=1 sluice "${run[@]}" \
		>>"$work/storm.out" 2>>"$work/storm.err" </dev/null &
	pids+=($!)
	children+=($!)
}
signal_one() { # SIGNAL
	kill "-$1" "${pids[$((RANDOM % ${#pids[@]}))]}" 2>/dev/null
}
over() { # all of them; who is frozen is woken
	local pid
	for pid in "${pids[@]}"; do
		kill -CONT "$pid" && return 1
	done
	return 0
}
# Who still waits for a provider is told to stop, and does.
ends() {
	local pid
	settle 4 over 2>/dev/null || {
		kill -TERM "${pids[@]}"
		if ! settle 30 over; then
			# shellcheck disable=SC2154 # storm.sh's own
			not_ok "storm of seed $seed: every process ends" "$(ps -o pid,stat,wchan,args "${pids[@]}")"
			kill -KILL "${pids[@]}"
		fi
	}
	for pid in "${pids[@]}"; do
		wait "$pid"
		forget "$pid"
	done
} 2>&"$quiet_stderr"
wave() {
	local pids=() i
	weather
	changes
	due_now
	[ "$quotas" = 0 ] || another_day
	for ((i = RANDOM % 4; i >= 0; i--)); do launch; done
	for ((i = RANDOM % 4; i >= 0; i--)); do
		sleep "0.$((RANDOM % 3))$((RANDOM % 10))"
		if chance 40; then
			pick KILL TERM INT STOP STOP
			signal_one "$picked"
		else
			disaster
		fi
	done
	server_is_well
	# Who is frozen past its lease wakes when another one has worked.
	if chance 30; then
		lapse
		timeout -s KILL 60 sluice sync --max-time 5s >>"$work/storm.out" 2>>"$work/storm.err" </dev/null
	fi
	ends
}
lapse() { sql 'UPDATE sluice.schedule SET lease_until = sluice.clock() WHERE lease_until IS NOT NULL'; }
due_now() { sql 'UPDATE sluice.schedule SET next_run_at = sluice.clock()'; }

# --- what there is in the end ------------------------------------------------
live() { # what is stored of each live item, and of its people, in one line
	sql "SELECT md5(string_agg(x, E'\n' ORDER BY x)) FROM crash.live"
}
view_of_live() {
	sql "CREATE VIEW crash.live AS
		SELECT concat_ws('|', a.stream_key, a.source_id, a.content_hash, a.title, a.occurred_at, a.ends_at,
			CASE WHEN a.type = 'calendar_event' THEN a.source_version::text END,
			CASE WHEN a.type NOT LIKE 'linkedin%' THEN a.metadata::text END,
			$1, (SELECT string_agg(concat_ws(',', p.kind, p.value_norm, p.role, p.response),
				' ' ORDER BY p.kind, p.value_norm, p.role)
				FROM artifact_participants p WHERE p.artifact_id = a.id)) AS x
		FROM artifacts a WHERE a.deleted_at IS NULL
			-- the answer to an invitation takes it off the list, and it stays here
			AND a.type <> 'linkedin_invitation' AND (a.type <> 'calendar_event' OR EXISTS (
			SELECT FROM sync_state s WHERE s.integration_id = a.integration_id AND s.kind = 'events'
				AND s.key = a.stream_key AND s.enabled AND s.state <> 'closed'))"
}
differs() { # each connector, by the provider's own list
	case $kinds in
	google) echo "calendar: $(difference), mail: $(difference_mail)" ;;
	linkedin) difference_member ;;
	esac
}
right() {
	case $kinds in
	google) echo 'calendar: missing 0 extra 0 other 0, mail: missing 0 extra 0 other 0' ;;
	linkedin) echo 'missing 0 extra 0 other 0' ;;
	esac
}
left_open() {
	sql "SELECT (SELECT count(*) FROM sync_logs WHERE status = 'running') || ' ' ||
		(SELECT count(*) FROM sluice.schedule WHERE lease_until IS NOT NULL) || ' ' ||
		(SELECT count(*) FROM pg_prepared_xacts)"
}
# A person connects again what is dead.
mend() {
	sluice streams >/dev/null
	if [ "$(sql "SELECT count(*) FROM user_integrations WHERE status <> 'connected'")" != 0 ]; then
		connect_all
	fi
}
connect_all() {
	case $kinds in
	google) connector=google connect $ana ;;
	linkedin) connector=linkedin connect $ana ;;
	esac
	forget "$connect_pid"
	[ "$status" = 0 ] || not_ok "storm of seed $seed: connect" "$out $err"
}

world_storm() {
	case $kinds in
	google) start_emulator --seed "$seed" --account "$ana:40:3" --mailbox "$ana:40" ;;
	linkedin) start_emulator --seed "$seed" --member "$ana:20:40:6:4:2" ;;
	esac
	connector=google
	[ "$kinds" = google ] || connector=linkedin
	labels='(SELECT array_agg(l ORDER BY l) FROM unnest(a.labels) l)' labels_hold=true
}
given_storm() {
	first_come=1
	export SLUICE_QUOTA=off # a pace of our own would be waited for
	[ "$quotas" = 0 ] || small_quotas
	[ "$kinds" = google ] || member "\"consent\",\"at\":\"$(date -u -d '-10 days' +%FT%TZ)\""
	sql "ALTER DATABASE $database SET synchronous_commit = on"
	# What a frozen transaction may hold up.
	sql "ALTER DATABASE $database SET idle_in_transaction_session_timeout = '400ms'"
	small_disk
}

# So small that each wave uses up what a client has at once (a tenth of it) and
# then waits, of some also what it has in a day; what a provider tells it to wait
# is told to all. In the end they are as published.
small_quotas() {
	SLUICE_QUOTA=on
	sql "INSERT INTO sluice.quota_limits (api, client_per_minute, client_per_day) VALUES
		('google_calendar', $((seed % 5 * 60 + 40)), $([ $((seed % 2)) = 0 ] && echo 150 || echo NULL)),
		('gmail', $((seed % 7 * 500 + 800)), $([ $((seed % 2)) = 0 ] && echo 4000 || echo NULL))"
}
another_day() { # for the provider, and, every other time, by our own count
	local body
	blocks=$((blocks + $(sql 'SELECT count(*) FROM sluice.quota_blocks')))
	sql 'DELETE FROM sluice.quota_blocks; UPDATE sluice.schedule SET not_before = NULL'
	[ $((RANDOM % 2)) = 0 ] || sql 'DELETE FROM sluice.quota_usage'
	# all of the client is to wait until the provider's midnight
	chance 60 || return 0
	body="\"kind\":\"status\",\"status\":403,\"reason\":\"dailyLimitExceeded\",\"match\":\"/events\""
	control POST fault "{$body,\"probability\":0.3,\"seed\":$((RANDOM + 1))}" >/dev/null
}
spent_quota() {
	sql "SELECT coalesce(sum(units), 0) || ' units in the end, ' || $blocks + (
			SELECT count(*) FROM sluice.quota_blocks) || ' times blocked' FROM sluice.quota_usage"
}

storm() {
	local waves w first truth before again stored fair open
	RANDOM=$((seed * 7919 % 32749 + 1)) # neighbours begin apart
	pick google google linkedin
	kinds=${KINDS:-$picked}
	quotas=$((seed % 3 == 0))
	quotas=${QUOTA:-$quotas}
	[ "$kinds" = google ] || quotas=0
	database_clock ''
	scenario storm 2>&"$quiet_stderr"
	blocks=0
	waves=$((RANDOM % 4 + 2))
	waves=${WAVES:-$waves}
	for ((w = 0; w < waves; w++)); do wave 2>&"$quiet_stderr"; done
	fair_weather
	all_is_well
	gone_from_server
	lapse
	[ "$quotas" = 0 ] || echo "# seed $seed, quotas: $(spent_quota)"
	sql 'DELETE FROM sluice.quota_limits'
	a_week_later
	mend
	# What was refused again and again needs the second one.
	call sync
	first="$status $out $err"
	call sync
	gone_from_server
	truth=$(differs)
	view_of_live "$labels"
	stored=$(live)
	open=$(left_open)
	measure
	before=$rows
	call sync
	gone_from_server
	measure
	again="$status $([ "$rows" = "$before" ] && echo same)"
	sql 'SELECT x FROM crash.live ORDER BY x' >"$work/stormy"
	in_fair_weather
	fair=$(live)
	if [ "$truth $again $open $stored" = "$(right) 0 same 0 0 0 $fair" ]; then
		ok "storm of seed $seed, $kinds$([ "$quotas" = 0 ] || echo ' under quotas'): $waves waves, then all is right"
	else
		sql 'SELECT x FROM crash.live ORDER BY x' >"$work/fair"
		not_ok "storm of seed $seed, $kinds: again by SEED=$seed ROUNDS=1 WAVES=$waves KINDS=$kinds QUOTA=$quotas" "$truth, once more: $again, left open: $open, content $stored, in fair weather $fair
$first
$out $err
$(diff "$work/stormy" "$work/fair" | cut -c1-700 | head -n 8)
$(grep '^# seed' "$work/storm.err" | tail -n 40)
$(tail -n 5 "$work/storm.err")"
	fi
	no_small_disk
	ask '\c postgres'
	new_pooler # which holds on to the database
}
in_fair_weather() {
	migrated_database crash_fair 2>&"$quiet_stderr"
	sql 'CREATE SCHEMA crash'
	view_of_live "$labels"
	case $kinds in
	google) call setup google --client-file "$work/client.json" ;;
	linkedin) setup_linkedin ;;
	esac
	call user add --email $ana
	connect_all
	call sync
}

for ((round = 1; round <= rounds && SECONDS < seconds; round++)); do
	storm
	seed=$((seed + 1))
done
summary
