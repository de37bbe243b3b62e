#!/usr/bin/env bash
# Storms: the provider misbehaves at random, changes things meanwhile, one to
# three processes are killed, stopped, cut off or frozen at random moments,
# the server loses backends and restarts. After each storm one more sync makes
# the tables right: the ids, titles and times of the provider, and the same
# content as a database that was filled in fair weather.
#
#   storm.sh BUILD
#   SEED=n     the same decisions again (moments are the machine's)
#   ROUNDS=n   so many storms; TIME=s: or as many as begin in s seconds
# shellcheck source=tests/crash/kit.bash
. "$(dirname "$0")/kit.bash"

seed=${SEED:-$((($(date +%s) ^ $$) % 32768))}
rounds=${ROUNDS:-0}
seconds=${TIME:-60}
[ "$rounds" -gt 0 ] && seconds=1000000 || rounds=1000000
RANDOM=$seed
echo "# seed $seed"

pick() { # WORD...: one of them, $picked
	picked=${*:$((RANDOM % $# + 1)):1}
}
chance() { [ $((RANDOM % 100)) -lt "$1" ]; } # PERCENT

weather() { # some faults, each now and then
	local kinds=(cut cut_gzip cut_chunked html reset empty_reply unknown_fields
		dup_page not_json latency) n
	control DELETE fault >/dev/null
	for ((n = RANDOM % 4; n > 0; n--)); do
		pick "${kinds[@]}" status503 status429 status500 status401
		case $picked in
		status*) picked="status\",\"status\":${picked#status},\"x\":\"" ;;
		esac
		control POST fault "{\"kind\":\"$picked\",\"match\":\"/calendar\",
			\"probability\":0.$((RANDOM % 3 + 1)),\"seed\":$((RANDOM + 1))}" >/dev/null
	done
}
changes() {
	edit "\"op\":\"random\",\"count\":$((RANDOM % 12)),\"seed\":$((RANDOM + 1))"
	if chance 20; then expire sync_tokens; fi
	if chance 15; then expire page_tokens; fi
	if chance 15; then expire access_tokens; fi
	if chance 10; then expire list_token; fi
	if chance 10; then
		control POST calendar "{\"account\":\"$ana\",\"op\":\"add\",\"events\":$((RANDOM % 9)),
			\"calendar\":\"storm$RANDOM@group.calendar.google.com\"}" >/dev/null
	fi
}
# One process, and what happens to it; $pids
launch() {
	local how at=$((RANDOM % 150 + 20)) run=(sync)
	pick kill kill stop cut cut none
	how=$picked
	[ "$how" = none ] && how=''
	if chance 15; then run=(sync --full); fi
	env LD_PRELOAD="$steps" ${how:+STEPS_DO="$how"} STEPS_AT="$at" \
		sluice "${run[@]}" >>"$work/storm.out" 2>>"$work/storm.err" </dev/null &
	pids+=($!)
	children+=($!)
}
hit() { # something happens to somebody
	local victim=${pids[$((RANDOM % ${#pids[@]}))]}
	pick KILL TERM INT STOP backend backend9 restart nothing nothing
	case $picked in
	KILL | TERM | INT | STOP) kill "-$picked" "$victim" 2>/dev/null ;;
	backend)
		ask "SELECT pg_terminate_backend(pid) FROM pg_stat_activity
			WHERE datname = current_database() AND pid <> pg_backend_pid() LIMIT 1"
		;;
	backend9)
		if chance 30; then
			ask "SELECT pid FROM pg_stat_activity WHERE datname = current_database()
				AND pid <> pg_backend_pid() AND backend_type = 'client backend' LIMIT 1"
			if [ -n "$answer" ]; then
				kill -9 "$answer" 2>/dev/null
				reconnect
			fi
		fi
		;;
	restart)
		if chance 20; then
			restart_server
			reconnect
		fi
		;;
	esac
}
wave() {
	local pids=() pid i
	weather
	changes
	for ((i = RANDOM % 3; i >= 0; i--)); do launch; done
	for ((i = RANDOM % 4; i >= 0; i--)); do
		sleep "0.0$((RANDOM % 10))"
		hit
	done
	# Who is frozen past its lease wakes when another one has worked.
	if chance 30; then
		ask 'UPDATE sluice.schedule SET lease_until = now() WHERE lease_until IS NOT NULL'
		timeout -s KILL 60 sluice sync >>"$work/storm.out" 2>>"$work/storm.err" </dev/null
	fi
	{
		for pid in "${pids[@]}"; do
			until ! kill -CONT "$pid"; do sleep 0.05; done
			wait "$pid"
			forget "$pid"
		done
	} 2>&"$quiet_stderr"
}
live() { # what is stored of each live event, in one line
	sql "SELECT md5(string_agg(x, E'\n' ORDER BY x)) FROM (
		SELECT concat_ws('|', stream_key, source_id, content_hash, labels, source_version,
			occurred_at, metadata - 'x') AS x
		FROM artifacts WHERE deleted_at IS NULL AND stream_key IN (SELECT key FROM sync_state
			WHERE kind = 'events' AND enabled AND state <> 'closed')) y"
}

world_storm() { start_emulator --seed "$seed" --account "$ana:60:3"; }
given_storm() {
	first_come=1
	ask "ALTER DATABASE $database SET synchronous_commit = on"
}
world_calm() { :; }
given_calm() { :; }

for ((round = 1; round <= rounds && SECONDS < seconds; round++)); do
	if [ "$round" = 1 ]; then scenario storm; fi
	use_database crash_storm
	ask '\c crash_storm'
	waves=$((RANDOM % 4 + 2))
	for ((w = 0; w < waves; w++)); do wave; done
	control DELETE fault >/dev/null
	gone_from_server
	ask 'UPDATE sluice.schedule SET lease_until = now() WHERE lease_until IS NOT NULL'
	# A calendar whose cursor was refused again and again stays in error.
	call sync
	first="$status $out $err"
	truth=$(difference)
	stored=$(live)
	measure
	before=$rows
	call sync
	measure
	again="$status $([ "$rows" = "$before" ] && echo same)"
	new_database crash_calm
	sluice migrate >/dev/null && sql 'GRANT sluice_gateway, sluice_operator TO sluice_app'
	call setup google --client-file "$work/client.json"
	call user add --email $ana
	connect $ana
	forget "$connect_pid"
	call sync
	fair=$(live)
	if [ "$truth $again $stored" = "missing 0 extra 0 other 0 0 same $fair" ]; then
		ok "storm $round of seed $seed: $waves waves, then all is right"
	else
		not_ok "storm $round of seed $seed" "$truth, once more: $again, content $stored, in fair weather $fair
$first
$(tail -n 5 "$work/storm.err")"
	fi
done
summary
