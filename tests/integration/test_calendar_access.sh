#!/usr/bin/env bash
# What others do with a calendar: it is removed, unshared, shared again, its
# access is lowered and raised. What is stored stays, nothing is doubled, and
# no old cursor outlives the access that it was made under.
# shellcheck source=tests/integration/cli_kit.bash
. "$(dirname "$0")/cli_kit.bash"

ana=ana@example.com
field() { sed -n "s/.*\"$2\":\([^,}]*\).*/\1/p" <<<"$1" | tr -d '"'; }
calendar() { # op [more members]
	control POST calendar "{\"account\":\"$ana\",\"calendar\":\"$team\",\"op\":\"$1\"${2:-}}" >/dev/null
}
stream() { sql "SELECT $1 FROM sync_state WHERE kind = 'events' AND key = '$team'"; }
live() {
	sql "SELECT count(*) FROM artifacts WHERE stream_key = '$team' AND deleted_at IS NULL"
}
doubled() {
	sql "SELECT count(*) FROM (SELECT FROM artifacts
		GROUP BY integration_id, stream_key, source_id HAVING count(*) > 1) d"
}
# Rows of the calendar as they are, without the times of writing.
rows() {
	sql "SELECT md5(string_agg(to_jsonb(a)::text, '' ORDER BY source_id)) FROM artifacts a
		WHERE stream_key = '$team'"
}

start_emulator --seed 5 --account "$ana:200:3"
migrated_database access
new_keys "$work/keys"
export SLUICE_KEY_FILE="$work/keys"
client_file "$work/client.json"
works 'setup' setup google --client-file "$work/client.json"
works 'user' user add --email $ana
connect $ana
works 'first sync' sync
team=$(sql "SELECT key FROM sync_state WHERE enabled AND kind = 'events' AND key <> '$ana' ORDER BY key LIMIT 1")
events=$(live)
is 'a calendar beside the main one has events' "$((events > 10))" 1
before=$(rows)

# --- removed, or unshared: the list says so --------------------------------
calendar remove
works 'it is removed' sync
is 'its stream is closed' "$(stream state)" closed
is 'its past stays as it was' "$(rows)" "$before"
control POST stats/reset >/dev/null
works 'the next run' sync
is 'does not ask for it' "$(requests)" 3 # list, main, third
works 'nor does a full one' sync --full
is 'which leaves its past alone, too' "$(rows)" "$before"

# --- shared again, with a change in between ---------------------------------
calendar restore
one=$(sql "SELECT source_id FROM artifacts WHERE stream_key = '$team' AND deleted_at IS NULL
	AND metadata->>'recurrence_kind' = 'single' ORDER BY source_id LIMIT 1")
control POST event "{\"account\":\"$ana\",\"calendar\":\"$team\",\"op\":\"update\",\"id\":\"$one\",\"body\":{\"summary\":\"Meanwhile\"}}" >/dev/null
works 'it is there again' sync --json
is 'it is walked anew: its old cursor is worth nothing' "$(field "$out" mode)" full
is 'and lives' "$(stream state)" live
is 'with the same events' "$(live)" "$events"
is 'none twice' "$(doubled)" 0
is 'one of them changed' "$(sql "SELECT title FROM artifacts WHERE source_id = '$one'")" Meanwhile
is 'and no other was written' "$(field "$out" created)$(field "$out" updated)$(field "$out" deleted)" 010

# --- unshared without a word in the list ------------------------------------
before=$(rows)
calendar change ',"deny":404'
call sync --json
is 'a calendar that is suddenly not there fails the run in part' "$status $(field "$out" status)" '1 partial'
is 'by one request for it, not many' "$(field "$out" requests)" 4
is 'its row says why' "$(stream "last_error_class || ' ' || last_error_scope")" 'rejected stream'
is 'its past stays' "$(rows)" "$before"
works 'cron leaves it alone for a while' sync --due
calendar change ',"deny":0'
works 'it is there again' sync
is 'its row is clean' "$(stream "coalesce(last_error_class, 'well')")" well
is 'its events are what they were' "$(rows)" "$before"

# --- access lowered to free/busy, and raised --------------------------------
calendar change ',"role":"freeBusyReader"'
works 'only free and busy times may be seen' sync
is 'it is off, and says why' "$(stream "enabled || ' ' || disabled_reason")" 'false free-busy-only'
is 'what was read before stays' "$(rows)" "$before"
control POST stats/reset >/dev/null
works 'the next run' sync
is 'does not ask for it' "$(requests)" 3
calendar change ',"role":"reader"'
works 'all may be seen again' sync
is 'it is on' "$(stream enabled)" t
is 'with the same events' "$(live)" "$events"
is 'none twice' "$(doubled)" 0
works 'the last run' sync --json
is 'finds nothing' "$(field "$out" created)$(field "$out" updated)$(field "$out" deleted)" 000
summary
