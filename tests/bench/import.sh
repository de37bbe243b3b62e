#!/usr/bin/env bash
# A member's archive through `sluice import` into PostgreSQL: scripts/bench.
# MESSAGES says how many; there are 5,000 connections beside them.
# shellcheck source=tests/bench/kit.bash
. tests/bench/kit.bash

messages=${MESSAGES:-40000} connections=${CONNECTIONS:-5000}
archive=$work/Complete_LinkedInDataExport_11-20-2026.zip
"$build/sluice-emulator" --linkedin-archive "$archive" --seed "$seed" \
	--member "$who:$connections:$messages" --now 2026-11-20T08:00:00Z

createdb sluice_bench
export PGDATABASE=sluice_bench
unset SLUICE_DATABASE_URL SLUICE_DIRECT_URL
{
	"$sluice" migrate
	"$sluice" user add --email "$who"
} >"$work/setup.log" 2>&1 || die "$(cat "$work/setup.log")"

# timed_import NAME [OPTION...]: $work/NAME.json, .log and .time
timed_import() {
	local name=$1
	shift
	/usr/bin/time -v -o "$work/$name.time" "$sluice" import linkedin \
		"$archive" --user "$who" --json "$@" \
		>"$work/$name.json" 2>"$work/$name.log" ||
		die "$name: $(tail -n 3 "$work/$name.log") $(cat "$work/$name.json")"
}
timed_import first
# of all tables; the last one is their sum, by what each row became
read_rows=$(grep -oE '"read":[0-9]+' "$work/first.json" | cut -d: -f2 |
	sed '$d' | awk '{ s += $1 } END { print s }')
echo "import: $messages messages, $connections connections, $read_rows rows, seed $seed, $(nproc) cores"
timed_import again
timed_import reread --full
[ "$(field created "$work/reread.json")" -eq 0 ] ||
	die "reading it again made something new: $(cat "$work/reread.json")"

# Floor a: the same bytes, read as CSV by psql and thrown away.
began=$(now_ms)
unzip -p "$archive" messages.csv |
	psql -Xqc 'CREATE TEMP TABLE raw (a text, b text, c text, d text, e text,
			f text, g text, h text, i text, j text, k text, l text, m text)' \
		-c '\copy raw FROM pstdin (FORMAT csv, HEADER)' ||
	die 'the messages cannot be read by psql'
read_ms=$(($(now_ms) - began))

# Floor b: the same rows.
floor artifacts artifact_participants artifact_aliases contacts contact_emails \
	contact_handles

awk -v rows="$read_rows" -v first="$(elapsed "$work/first.time")" \
	-v again="$(elapsed "$work/again.time")" \
	-v reread="$(elapsed "$work/reread.time")" \
	-v cpu="$(cpu "$work/first.time")" \
	-v rss="$(resident "$work/first.time")" \
	-v floor="$((read_ms + upsert_ms))" 'BEGIN {
	floor /= 1000
	printf "sluice     %7.2f s  %8.0f rows/s\n", first, rows / first
	printf "floor      %7.2f s  %8.0f rows/s   the CSV read and the same rows upserted by psql\n",
		floor, rows / floor
	printf "ratio      %7.2f    sluice / floor; goal 2\n", first / floor
	printf "CPU        %7.3f ms a row; goal 0.1\n", cpu * 1000 / rows
	printf "memory     %7.1f MiB peak resident; goal under 64\n", rss / 1024
	printf "again      %7.2f s  the same archive: nothing to do\n", again
	printf "read again %7.2f s  %8.0f rows/s   --full, everything unchanged\n",
		reread, rows / reread
}'
