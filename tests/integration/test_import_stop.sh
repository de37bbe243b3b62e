#!/usr/bin/env bash
# An import that is stopped, killed or met by another one: the same command
# again ends with the tables of an undisturbed one.
# shellcheck source=tests/integration/import_kit.bash
. "$(dirname "$0")/import_kit.bash"

full_archive "$work/full"
messages_of 6000 >"$work/full/messages.csv"
name=11-20-2026.zip
zip_of "$work/$name" "$work/full"

# Each database has a salt of its own.
same_content() { grep -v '^sluice.settings_private' "$1"; } # FILE
ready import_whole
imports 'undisturbed' "$work/$name"
is 'all messages' "$(live message)" 6000
content "$work/whole" >/dev/null

# Wait until so many messages are there.
some() { [ "$(live message)" -ge "$1" ]; }
undisturbed() { # WHAT
	content "$work/got" >/dev/null
	is "$1: as an undisturbed one" "$(diff <(same_content "$work/whole") <(same_content "$work/got") | head -n 5)" ''
	is "$1: no lease is held, no run is open" \
		"$(leases) $(sql "SELECT count(*) FROM sync_logs WHERE status = 'running'")" '0 0'
}

for signal in INT TERM; do
	ready "import_$signal"
	begun import linkedin "$work/$name" --user $mira
	settle 30 some 1000
	kill -"$signal" "$run_pid"
	ended 20
	is "$signal ends it" "$status" "$([ $signal = INT ] && echo 130 || echo 143)"
	like "$signal: which is said" "$out" 'stopped.* after [0-9.]+ m?s; the same command goes on from here'
	is "$signal: its log row says so" "$(log_status)" interrupted
	like "$signal: its stream says so, too" "$(sluice streams)" 'archive +yes +unfinished +-'
	is "$signal: part of it is there" "$([ "$(live message)" -lt 6000 ] && echo yes)" yes
	import "$work/$name" --json
	is "$signal: again" "$status" 0
	like "$signal: it goes on" "$out" '"resumed":true'
	undisturbed "$signal"
done

ready import_kill
for n in 500 1500 3000; do
	begun import linkedin "$work/$name" --user $mira
	settle 30 some "$n"
	kill -9 "$run_pid"
	ended 5
	is "killed after $n" "$status" 137
done
imports 'the next one takes over at once from the dead' "$work/$name"
undisturbed 'killed'

# Two at once: the second waits, and finds nothing left to do.
ready import_two
begun import linkedin "$work/$name" --user $mira
settle 30 some 500
import "$work/$name" --json
is 'two at once: the second' "$status" 0
like 'it says that it waits' "$err" 'waiting for it'
like 'and does nothing' "$out" '"created":0'
ended 30
is 'two at once: the first' "$status" 0
undisturbed 'two at once'

# The database goes away for a moment.
ready import_cut
begun import linkedin "$work/$name" --user $mira
settle 30 some 500
for _ in 1 2 3; do
	sql "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE usename = 'sluice_app'" >/dev/null
	sleep 0.2
done
ended 60
is 'cut off three times' "$status" 0
undisturbed 'cut off'

# Disconnected meanwhile: it loses the account, and says so.
ready import_lost
new_keys "$work/keys"
begun import linkedin "$work/$name" --user $mira
settle 30 some 500
works 'disconnect --erase meanwhile' --key-file "$work/keys" disconnect linkedin --user $mira --erase
ended 20
is 'the import ends' "$status" 1
is 'and leaves nothing' "$(sql 'SELECT count(*) FROM artifacts') $(sql 'SELECT count(*) FROM user_integrations')" '0 0'

# No more memory for a big file than for a small one.
if has /usr/bin/time && ! sanitized; then
	ready import_big
	mkdir "$work/big"
	messages_of 60000 "$(printf 'long %.0s' {1..60})" >"$work/big/messages.csv"
	zip_of "$work/big.zip" "$work/big"
	/usr/bin/time -f %M -o "$work/rss" sluice import linkedin "$work/big.zip" --user $mira --as-of 2026-11-20 >/dev/null
	below 'memory (KiB)' "$(tail -n 1 "$work/rss")" 65536
fi
summary
