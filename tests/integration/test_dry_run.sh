#!/usr/bin/env bash
# `sync --dry-run` tells what a sync would do, and does none of it: the tables
# and the transaction counter stay as they are, and the same run without
# --dry-run then does what was told.
# shellcheck source=tests/integration/cli_kit.bash
. "$(dirname "$0")/cli_kit.bash"

ana=ana@example.com

# Every row of every table, with the transaction that wrote it.
tables() {
	sql "SELECT string_agg(format('SELECT %L, md5(string_agg(t::text || t.xmin::text, '','' ORDER BY t::text)) FROM %s t',
			c.oid::regclass, c.oid::regclass), ' UNION ALL ' ORDER BY c.oid)
		FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
		WHERE c.relkind = 'r' AND n.nspname IN ('public', 'sluice', 'auth')" >"$work/tables.sql"
	psql -XAtq -f "$work/tables.sql"
	sql 'SELECT pg_snapshot_xmax(pg_current_snapshot())' # takes no id itself
}
# dry WHAT ARGS...: a dry run that must work and write nothing; $out
dry() {
	local what=$1 before after
	shift
	before=$(tables)
	works "$what" sync --dry-run "$@"
	after=$(tables)
	is "$what: nothing is written, no transaction id is taken" "$after" "$before"
}
field() { tail -n 1 <<<"$1" | grep -o "\"$2\": *[^,}]*" | head -n 1 | sed 's/.*: *//' | tr -d '"'; }
counts() { # of the run's own object
	local f
	for f in fetched created updated unchanged deleted filtered quarantined contacts_created; do
		printf '%s=%s ' $f "$(field "$1" $f)"
	done
}
items() { grep -c "\"item\":\"$1\"" <<<"$out"; }
event() { control POST event "$1" >/dev/null; }
some_ids() { # n, recurrence_kind
	sql "SELECT source_id FROM artifacts WHERE deleted_at IS NULL AND stream_key = '$ana'
		AND metadata->>'recurrence_kind' = '$2' AND NOT labels && ARRAY['event-type:fromGmail']
		AND occurred_at BETWEEN now() - interval '300 days' AND now()
		ORDER BY source_id LIMIT $1"
}

start_emulator --seed 21 --account "$ana:600:mix"
migrated_database dry
sql 'ALTER SYSTEM SET autovacuum = off' # it takes transaction ids
sql 'SELECT pg_reload_conf()' >/dev/null
new_keys "$work/keys"
export SLUICE_KEY_FILE="$work/keys"
client_file "$work/client.json"
works 'setup' setup google --client-file "$work/client.json"
works 'user' user add --email $ana
connect $ana
is 'connected' "$status" 0

refuse '--pages alone makes no sense' 2 'pages goes with --dry-run' sync --pages 3
refuse 'no pages are no dry run' 2 'number of pages' sync --dry-run --pages 0

# --- an account that was never synced ------------------------------------
dry 'before the first sync' --json --pages 100
told=$(counts "$out")
is 'a line for each new event' "$(items would-create)" "$(field "$out" created)"
is 'and for each new contact' "$(items would-add-contact)" "$(field "$out" contacts_created)"
like 'it says which calendars would be pulled, and why others not' "$out" \
	'"item":"would-open".*"reason":"holiday"'
is 'it is complete' "$(field "$out" limited)" false
people=$(field "$out" contacts_created)
works 'the first sync' sync --json
is 'does what was told, to the last number' "$(counts "$out")" "$told"
is 'and makes the contacts that were named' "$((people > 0)) $(field "$out" contacts_created)" "1 $people"

dry 'when nothing is new' --json
is 'no item is named' "$(grep -c '"item"' <<<"$out")" 0

# --- changes ---------------------------------------------------------------
mapfile -t single < <(some_ids 6 single)
mapfile -t master < <(sql "SELECT parent_source_id FROM artifacts WHERE deleted_at IS NULL
	AND stream_key = '$ana' AND metadata->>'recurrence_kind' = 'exception'
	GROUP BY 1 ORDER BY 1 LIMIT 1")
event "{\"account\":\"$ana\",\"op\":\"update\",\"id\":\"${single[0]}\",\"body\":{\"summary\":\"Renamed\"}}"
event "{\"account\":\"$ana\",\"op\":\"update\",\"id\":\"${single[1]}\",\"body\":{\"attendees\":[{\"email\":\"new@example.org\",\"responseStatus\":\"accepted\"}]}}"
event "{\"account\":\"$ana\",\"op\":\"cancel\",\"id\":\"${single[2]}\"}"
event "{\"account\":\"$ana\",\"op\":\"cancel\",\"id\":\"${master[0]}\"}"
event "{\"account\":\"$ana\",\"op\":\"create\",\"body\":{\"summary\":\"Brand new\",\"start\":{\"dateTime\":\"2026-01-05T10:00:00Z\"},\"end\":{\"dateTime\":\"2026-01-05T11:00:00Z\"}}}"
control POST fault '{"kind":"dup_page","match":"/events"}' >/dev/null
dry 'after changes, every page sent twice' --json
control DELETE fault >/dev/null
like 'the changed columns are named' "$out" "\"item\":\"would-update\".*\"id\":\"${single[0]}\".*\"changed\":\[\"title\"\]"
like 'participants, too' "$out" "\"id\":\"${single[1]}\".*\"participants\""
like 'what is cancelled' "$out" "\"item\":\"would-delete\".*\"id\":\"${single[2]}\".*\"reason\":\"cancelled\""
like 'and what goes with a series' "$out" '"item":"would-delete".*"reason":"series-gone"'
is 'one item on two pages is told and counted once' \
	"$(items would-update) $(items would-create) $(field "$out" updated) $(field "$out" created)" '2 1 2 1'
like 'who would become a contact, and why' "$out" '"item":"would-add-contact".*"id":"new@example.org".*"reason":"met-organised"'
control POST fault "{\"kind\":\"items\",\"match\":\"primary\",\"count\":1,\"items\":[
	{\"id\":\"desk1\",\"eventType\":\"workingLocation\",\"status\":\"confirmed\",\"summary\":\"Desk\"}, {\"summary\":\"no id\"}]}" >/dev/null
dry 'with items that are not for us' --json
control DELETE fault >/dev/null
like 'what is left out, and why' "$out" '"item":"filtered".*"id":"desk1".*"reason":"event-type"'
like 'what cannot be stored, and why' "$out" '"item":"would-quarantine".*"id":null.*"reason":"no id"'
dry 'once more, for a person' --user $ana
like 'a person reads it, too' "$out" 'would-update +[0-9-]+ [0-9:]+ Renamed .*: title$'
like 'and that nothing was stored' "$out" 'dry run: nothing was stored'
dry 'with single pages' --json
told=$(counts "$out")
works 'then the sync' sync --json
is 'the sync of changes does what was told' "$(counts "$out")" "$told"

# --- pages -------------------------------------------------------------------
control POST stats/reset >/dev/null
dry 'a full walk of two pages' --full --pages 2 --json
is 'asks for two pages' "$(requests)" 2
is 'and says that there is more' "$(field "$out" limited) $(field "$out" pages)" 'true 2'
dry 'the same for a person' --full --pages 2
like 'in words' "$out" 'stopped after 2 pages; there is more: --pages N'
works 'what is not due' sync --dry-run --due
is 'is told of' "$out" 'no account is due now: sluice status says when'
sql "UPDATE sluice.schedule SET next_run_at = now()"
works 'what is due' sync --dry-run --due
like 'has its summary, into a pipe as well' "$out" "of $ana: .*"
like 'and its last line' "$out" 'dry run: nothing was stored'

# --- what a full walk would delete ---------------------------------------------
event "{\"account\":\"$ana\",\"op\":\"purge\",\"id\":\"${single[3]}\"}"
dry 'an incremental one does not see what vanished without a trace' --json
is 'it names nothing' "$(items would-delete)" 0
dry 'an incomplete walk deletes nothing' --full --pages 1 --json
is 'nothing is deleted' "$(items would-delete)" 0
dry 'a complete one does' --full --pages 100 --json
is 'the one event that is not listed any more' "$(items would-delete)" 1
like 'by its id' "$out" "\"id\":\"${single[3]}\".*\"title\":\".*\"reason\":\"not-listed\""
for id in $(sql "SELECT source_id FROM artifacts WHERE deleted_at IS NULL AND stream_key = '$ana'
	AND source_id <> '${single[3]}' ORDER BY md5(source_id) LIMIT 100"); do
	event "{\"account\":\"$ana\",\"op\":\"purge\",\"id\":\"$id\"}"
done
dry 'many at once' --full --pages 100 --json
like 'the breaker reads samples, which are gone' "$(control GET stats)" '"statuses":.*"404": *1?0'
told=$(field "$out" deleted)
is 'so they would go' "$((told > 100))" 1
control POST fault "{\"kind\":\"status\",\"status\":403,\"reason\":\"forbidden\",\"match\":\"/events/\"}" >/dev/null
dry 'samples that may be there' --full --pages 100 --json
control DELETE fault >/dev/null
is 'hold the rest back' "$(field "$out" held_deletions) $(items would-delete)" "$(items would-hold-back) 0"
works 'a full sync' sync --full --json
is 'a full sync deletes what was told' "$(field "$out" deleted)" "$told"

# --- beside a run, and with an old token -----------------------------------------
control POST fault '{"kind":"hang","ms":60000,"match":"/events"}' >/dev/null
sluice sync >/dev/null 2>&1 </dev/null &
children+=($!)
leased() { [ "$(sql 'SELECT count(*) FROM sluice.schedule WHERE lease_until IS NOT NULL')" = 1 ]; }
settle 20 leased
control DELETE fault >/dev/null
dry 'while another run is at work' --json
is 'it does not wait, and takes no lease' "$(field "$out" status)" ok
kill -9 "${children[-1]}"
wait "${children[-1]}" 2>/dev/null
control POST expire "{\"account\":\"$ana\",\"what\":\"access_tokens\"}" >/dev/null
before=$(sql 'SELECT version FROM sluice.grants')
works 'with a token that has expired' sync --dry-run
is 'the refreshed one is kept' "$(($(sql 'SELECT version FROM sluice.grants') > before))" 1
is 'nothing else: no run, no lease' "$(sql "SELECT count(*) FROM sync_logs WHERE status = 'running'")" 0
summary
