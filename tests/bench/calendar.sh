#!/usr/bin/env bash
# A calendar account through emulator, sluice and PostgreSQL: scripts/bench.
# shellcheck source=tests/bench/kit.bash
. tests/bench/kit.bash

case ${SCALE:-full} in
full) events=250000 calendars=40 ;;
small) events=5000 calendars=4 ;;
*) die "SCALE is full or small" ;;
esac
events=${EVENTS:-$events} calendars=${CALENDARS:-$calendars}
page=${PAGE:-1000}

start_emulator --account "$who:$events:$calendars"
set_up google_calendar
echo "calendar: $events events, $calendars calendars, seed $seed, $(nproc) cores"

# 1. sluice: a full sync, then a poll that finds nothing.
timed_sync full
timed_sync poll
artifacts=$(count_of artifacts)
participants=$(count_of artifact_participants)
people=$(count_of contact_emails)
occurrences=$(count_of calendar_occurrences)
[ "$artifacts" -gt 0 ] || die "no artifact was stored"

# 2. Floor a: the same pages, thrown away.
libs=("$build"/lib/libcore_net.a "$build"/lib/libcore_json.a
	"$build"/lib/libcore_base.a)
gcc -std=gnu17 -D_GNU_SOURCE -O2 -Wall -Wextra -I. -o "$work/fetch" \
	tests/bench/fetch.c "${libs[@]}" -lcurl -ljansson -lcrypto -lpthread
curl -sS -X POST -H 'Content-Type: application/json' \
	-d "{\"account\": \"$who\"}" "$base/_control/token" |
	grep -oE '"access_token": ?"[^"]*"' | cut -d'"' -f4 >"$work/fetch.in"
[ -s "$work/fetch.in" ] || die "the emulator gave no token"
psql -XAtc "SELECT key FROM public.sync_state
	WHERE kind = 'events' AND enabled ORDER BY key" >>"$work/fetch.in"
"$work/fetch" "$base/calendar/v3" "$page" <"$work/fetch.in" >"$work/fetch.out"
read -r fetch_requests fetch_wire fetch_bytes fetch_s <"$work/fetch.out"

# 3. Floor b: the same rows by one psql script, in a database like it.
floor artifacts artifact_participants contacts contact_emails calendar_series \
	calendar_occurrences

awk -v artifacts="$artifacts" -v participants="$participants" \
	-v people="$people" -v occurrences="$occurrences" -v full="$(elapsed "$work/full.time")" \
	-v rss="$(resident "$work/full.time")" \
	-v requests="$(field requests "$work/full.json")" \
	-v bytes="$(field bytes "$work/full.json")" \
	-v poll="$(elapsed "$work/poll.time")" \
	-v poll_rss="$(resident "$work/poll.time")" \
	-v poll_requests="$(field requests "$work/poll.json")" \
	-v poll_bytes="$(field bytes "$work/poll.json")" \
	-v fetch_s="$fetch_s" -v fetch_requests="$fetch_requests" \
	-v fetch_wire="$fetch_wire" -v fetch_bytes="$fetch_bytes" \
	-v upsert="$upsert_ms" 'BEGIN {
	upsert /= 1000
	floor = fetch_s + upsert
	printf "rows       %d artifacts, %d participants, %d people, %d occurrences\n",
		artifacts, participants, people, occurrences
	printf "sluice     %7.2f s  %8.0f events/s   %d requests, %.1f MB, peak %.1f MiB resident (goal: under 64)\n",
		full, artifacts / full, requests, bytes / 1e6, rss / 1024
	printf "floor a    %7.2f s  fetched and thrown away: %d requests, %.1f MB on the wire, %.1f MB decoded\n",
		fetch_s, fetch_requests, fetch_wire / 1e6, fetch_bytes / 1e6
	printf "floor b    %7.2f s  the same rows by one psql script\n", upsert
	printf "floor a+b  %7.2f s  %8.0f events/s\n", floor, artifacts / floor
	printf "ratio      %7.2f    sluice / (a + b); goal 2\n", full / floor
	printf "poll       %7.2f s  nothing changed: %d requests, %.1f kB, peak %.1f MiB resident\n",
		poll, poll_requests, poll_bytes / 1e3, poll_rss / 1024
}'
