#!/usr/bin/env bash
# `audit` holds the provider's list against the tables: what is missing, extra
# or stale is named, each once, with memory that does not grow; nothing of a
# sync is disturbed. `audit --repair` reads again what differs, and nothing
# else; then a second audit is clean.
# shellcheck source=tests/integration/cli_kit.bash
. "$(dirname "$0")/cli_kit.bash"

ana=ana@example.com
big=big@example.com

field() { grep "\"$2\"" <<<"$1" | tail -n 1 | grep -o "\"$2\": *[^,}]*" | head -n 1 | sed 's/.*: *//' | tr -d '"'; }
event() { control POST event "$1" >/dev/null; }
finding() { grep "\"finding\":\"$1\"" <<<"$out"; }
# What an audit must leave alone: cursors, walks, sweeps, plan, runs.
undisturbed() {
	sql "SELECT md5(string_agg(concat_ws('|', key, state, cursor::text, pending::text, generation,
			walk_started_at, walked_at, sweep_state, pending_deletions, checked_at,
			failures, last_error_text), ',' ORDER BY id)) FROM sync_state"
	sql "SELECT md5(string_agg(concat_ws('|', integration_id, next_run_at, resync_requested_at,
			lease_until, lease_owner::text, run_id, failures), ',' ORDER BY integration_id))
		FROM sluice.schedule"
	sql 'SELECT count(*) FROM sync_logs'
	sql 'SELECT count(*) FROM sluice.seen'
}
artifacts() { sql "SELECT md5(string_agg(a::text || a.xmin::text, ',' ORDER BY id)) FROM artifacts a"; }
left() { sql 'SELECT count(*) FROM sluice.audit_items'; }
events_requests() { # of one event, by id; of listings
	control GET 'stats?last=5000' | grep -o '/calendars/[^ "?]*/events[^ "?]*' |
		sed 's,.*/events/.*,item,; s,.*/events$,list,' | sort | uniq -c | tr -s ' \n' ' '
}

start_emulator --seed 33 --account "$ana:500:mix" --account "$big:10000:1"
migrated_database audit
new_keys "$work/keys"
export SLUICE_KEY_FILE="$work/keys" SLUICE_QUOTA=off
client_file "$work/client.json"
works 'setup' setup google --client-file "$work/client.json"
works 'user' user add --email $ana
works 'another' user add --email $big
connect $ana
is 'connected' "$status" 0

works 'an account that was never synced' audit --user $ana --json
is 'has nothing to be audited' "$(field "$out" compared) $(field "$out" missing)" '0 0'
works 'a person' audit --user $ana
unlike 'is not told that all is well' "$out" 'no difference'
like 'but what is missing for an audit' "$out" 'no stream is walked yet'
sql "UPDATE user_integrations SET status = 'paused'"
for command in audit sync 'sync --dry-run'; do
	# shellcheck disable=SC2086 # words
	works "$command of a paused account" $command --user $ana
	is 'nothing is run, and why' "$out" \
		"no account to ${command%% *}: 1 account paused, disconnected or imported alone (sluice status)"
done
sql "UPDATE user_integrations SET status = 'connected'"
works 'first sync' sync --user $ana

# --- all is well ----------------------------------------------------------------
before=$(undisturbed) rows=$(artifacts)
control POST stats/reset >/dev/null
works 'an audit of a good copy' audit --user $ana --json
is 'finds nothing' "$(field "$out" missing) $(field "$out" extra) $(field "$out" stale)" '0 0 0'
live=$(sql 'SELECT count(*) FROM artifacts')
is 'and compares everything' "$(field "$out" compared)" "$live"
is 'by the pages of the listings alone' "$(requests)" "$(field "$out" pages)"
is 'cursors, walks, sweeps, plan and log are as before' "$(undisturbed)" "$before"
is 'and so are the rows' "$(artifacts)" "$rows"
is 'nothing is left behind' "$(left)" 0
works 'a version without a change is no difference' audit --user $ana
for id in $(sql "SELECT source_id FROM artifacts WHERE deleted_at IS NULL AND stream_key = '$ana'
	AND metadata->>'recurrence_kind' = 'single' ORDER BY 1 LIMIT 2"); do
	event "{\"account\":\"$ana\",\"op\":\"update\",\"id\":\"$id\",\"body\":{\"sequence\":7}}"
done
works 'nor is one that was not synced yet' audit --user $ana
like 'a person reads it' "$out" "of $ana: [0-9,]+ items compared in [0-9]+ pages: no difference"

# --- each kind of difference -----------------------------------------------------
mapfile -t id < <(sql "SELECT source_id FROM artifacts WHERE deleted_at IS NULL AND stream_key = '$ana'
	AND metadata->>'recurrence_kind' = 'single' AND participant_count > 1 ORDER BY 1 OFFSET 3 LIMIT 9")
gone=$(sql "SELECT source_id FROM artifacts WHERE metadata->>'recurrence_kind' = 'cancelled_instance'
	AND stream_key = '$ana' ORDER BY 1 LIMIT 1")
event "{\"account\":\"$ana\",\"op\":\"purge\",\"id\":\"${id[0]}\"}"
sql "DELETE FROM artifacts WHERE source_id = '${id[1]}'"
sql "UPDATE artifacts SET title = 'Tampered' WHERE source_id = '${id[2]}'"
sql "UPDATE artifacts SET deleted_at = now(), deleted_reason = 'not-listed' WHERE source_id = '${id[3]}'"
sql "DELETE FROM artifact_participants WHERE artifact_id = (SELECT id FROM artifacts WHERE source_id = '${id[4]}') AND position = 1"
sql "UPDATE artifacts SET content_hash = decode(repeat('00', 32), 'hex') WHERE source_id = '${id[5]}'"
sql "UPDATE artifacts SET source_version = source_version + 1000000000, ends_at = ends_at + interval '1 hour' WHERE source_id = '${id[6]}'"
sql "UPDATE artifacts SET deleted_at = NULL, deleted_reason = NULL WHERE source_id = '$gone'"
sql "DELETE FROM artifacts WHERE source_id = '${id[7]}'"
sql "INSERT INTO sync_items (user_id, integration_id, stream_kind, stream_key, source_id, state, reason, class)
	SELECT user_id, id, 'events', '$ana', '${id[7]}', 'quarantined', 'malformed', 'malformed'
	FROM user_integrations WHERE account = '$ana'"
event "{\"account\":\"$ana\",\"op\":\"update\",\"id\":\"${id[8]}\",\"body\":{\"summary\":\"Renamed since\"}}"
before=$(undisturbed) rows=$(artifacts)
control POST stats/reset >/dev/null
call audit --user $ana --json
is 'differences are exit status 1' "$status" 1
is 'each is counted' "$(field "$out" missing) $(field "$out" extra) $(field "$out" stale)" '2 2 5'
like 'extra: purged without a trace' "$(finding extra)" "\"stream\":\"$ana\".*\"id\":\"${id[0]}\".*\"why\":\"the provider does not list it\""
like 'extra: cancelled there, live here' "$(finding extra)" "\"id\":\"$gone\".*\"why\":\"cancelled at the provider\""
like 'missing: the row is gone' "$(finding missing)" "\"id\":\"${id[1]}\".*\"why\":\"not stored\""
like 'missing: a tombstone without a reason' "$(finding missing)" "\"id\":\"${id[3]}\".*\"why\":\"stored as deleted\""
like 'stale: a title, hash and version untouched' "$(finding stale)" "\"id\":\"${id[2]}\".*\"why\":\"the same version, differs in title\""
like 'stale: a participant' "$(finding stale)" "\"id\":\"${id[4]}\".*participants"
like 'stale: a hash' "$(finding stale)" "\"id\":\"${id[5]}\".*content_hash"
like 'stale: a version from the future' "$(finding stale)" "\"id\":\"${id[6]}\".*claims to be newer, differs in ends_at"
like 'stale: changed at the provider since' "$(finding stale)" "\"id\":\"${id[8]}\".*newer, differs in title"
unlike 'not missing: in quarantine' "$out" "\"finding\".*\"id\":\"${id[7]}\""
is 'the pages of the listings alone' "$(requests)" "$(field "$out" pages)"
is 'an audit repairs nothing by itself' "$(artifacts) $(undisturbed)" "$rows $before"
is 'and leaves nothing behind' "$(left)" 0
call audit --user $ana
like 'a person reads id, calendar, kind and why' "$out" "^  missing +[0-9-]* ?[0-9:]* .*\\(${id[1]}\\) in $ana: not stored"

# --- repair -----------------------------------------------------------------------
control POST stats/reset >/dev/null
works 'repair' audit --user $ana --repair --json
streams=$(sql "SELECT count(*) FROM sync_state WHERE kind = 'events' AND enabled AND state = 'live'")
like 'reads the nine by id, and lists twice (the audit, a normal run)' "$(events_requests)" " 9 item $((streams * 2)) list"
is 'it says what it did' "$(field "$out" created) $(field "$out" updated) $(field "$out" deleted)" '1 6 2'
is 'nothing is left behind' "$(left) $(sql 'SELECT count(*) FROM sync_state WHERE pending IS NOT NULL')" '0 0'
works 'the second audit is clean' audit --user $ana
is 'the extra one is a tombstone' "$(sql "SELECT deleted_reason FROM artifacts WHERE source_id = '${id[0]}'")" not-found
is 'the cancelled one, too' "$(sql "SELECT deleted_reason FROM artifacts WHERE source_id = '$gone'")" cancelled
works 'and the next sync has nothing to do' sync --user $ana --json
is 'nothing' "$(field "$out" created)$(field "$out" updated)$(field "$out" deleted)" 000

# A calendar is turned off while its findings wait, one of them for the second time.
one=$(sql "SELECT source_id FROM artifacts WHERE deleted_at IS NULL AND stream_key = '$ana'
	AND metadata->>'recurrence_kind' = 'single' ORDER BY 1 LIMIT 1")
sql "DELETE FROM artifacts WHERE source_id = '$one'"
sql "UPDATE sync_state SET pending = '[{\"id\":\"$one\"}]' WHERE key = '$ana'"
sql 'CREATE FUNCTION turn_off() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS $$
	BEGIN UPDATE public.sync_state SET enabled_choice = false WHERE id = NEW.stream_id; RETURN NULL; END $$'
sql 'CREATE TRIGGER turn_off AFTER INSERT ON sluice.audit_items FOR EACH ROW EXECUTE FUNCTION turn_off()'
timeout -k 1 60 sluice audit --user $ana --repair >"$work/out" 2>&1 </dev/null
is 'a repair of what was turned off meanwhile ends' "$?" 0
sql 'DROP FUNCTION turn_off() CASCADE' 2>/dev/null
sql 'UPDATE sync_state SET enabled_choice = NULL, pending = NULL WHERE enabled_choice IS NOT NULL'
works 'turned on again it is repaired' audit --user $ana --repair
is 'and there' "$(sql "SELECT count(*) FROM artifacts WHERE source_id = '$one'")" 1

# --- interruptions -------------------------------------------------------------------
# One calendar does not answer, so others have been met when it is stopped.
control POST fault '{"kind":"hang","ms":60000,"match":"primary/events"}' >/dev/null
met() { [ "$(left)" -gt 0 ]; }
for signal in INT KILL; do
	sluice audit --user $ana >"$work/out" 2>&1 </dev/null &
	pid=$!
	children+=("$pid")
	settle 20 met || not_ok "SIG$signal: others have been met"
	kill -$signal $pid
	wait $pid 2>/dev/null
	is "SIG$signal: exit status" "$?" "$((128 + $(kill -l $signal)))"
	[ $signal = KILL ] || like 'it says that it was stopped' "$(cat "$work/out")" 'stopped before its end'
	[ $signal = KILL ] || is 'stopped in good order it leaves nothing' \
		"$(left) $(sql 'SELECT count(*) FROM sluice.schedule WHERE lease_until IS NOT NULL')" '0 0'
done
control DELETE fault >/dev/null
works 'a sync takes over from a killed audit at once' sync --user $ana --json
is 'no run is told of that was none' "$(sql "SELECT count(*) FROM sync_logs WHERE status IN ('interrupted', 'running')")" 0
works 'the next audit' audit --user $ana
is 'cleans up' "$(left)" 0

# --- beside a sync ---------------------------------------------------------------------
control POST fault '{"kind":"hang","ms":3000,"match":"/events","count":1}' >/dev/null
sluice sync --user $ana >/dev/null 2>&1 </dev/null &
pid=$!
children+=("$pid")
leased() { [ "$(sql 'SELECT count(*) FROM sluice.schedule WHERE lease_until IS NOT NULL')" = 1 ]; }
settle 20 leased
works 'a busy account is waited for' audit --user $ana
wait $pid
is 'the run is not disturbed' "$?" 0

# --- trouble --------------------------------------------------------------------------
control POST fault '{"kind":"status","status":404,"match":"primary/events"}' >/dev/null
before=$(undisturbed)
call audit --user $ana --json
control DELETE fault >/dev/null
is 'a calendar that cannot be listed is a failure' "$status $(field "$out" unfinished)" '1 1'
like 'it is named' "$out" "\"failures\":\[\{\"stream_kind\":\"events\",\"stream\":\"$ana\",\"stream_title\":\"$ana\",\"error\":\"[^\"]*404"
is 'not one of the sync' "$(undisturbed)" "$before"
is 'nor is all of it taken for extra' "$(field "$out" extra)" 0
control POST fault '{"kind":"status","status":404,"match":"primary/events"}' >/dev/null
call audit --user $ana
control DELETE fault >/dev/null
like 'to a person, too' "$out" "^  $ana cannot be listed: .*404"
control POST fault '{"kind":"no_token","match":"primary/events"}' >/dev/null
call audit --user $ana
control DELETE fault >/dev/null
like 'a walk without an end is told of' "$out" '1 stream not walked to the end'

# --- the quota that the fleet shares -----------------------------------------------------
shares() { sql 'SELECT coalesce(sum(units), 0), coalesce(sum(backfill_units), 0) FROM sluice.quota_usage'; }
block() { sql "INSERT INTO sluice.quota_blocks (oauth_client_id, api, blocked_until)
	SELECT id, 'google_calendar', clock_timestamp() + interval '$1' FROM sluice.oauth_clients
	ON CONFLICT (oauth_client_id, api) DO UPDATE SET blocked_until = excluded.blocked_until"; }
export SLUICE_QUOTA=on
control POST stats/reset >/dev/null
works 'an audit beside a fleet' audit --user $ana
IFS='|' read -r units walks < <(shares)
is 'takes what it asks for from the quota of all, as a walk does' "$((units >= $(requests))) $((walks == units))" '1 1'
block '2 seconds'
from=$EPOCHREALTIME
works 'one that meets a throttle' audit --user $ana --json
is 'waits for its end' "$(awk "BEGIN { print ($EPOCHREALTIME - $from > 1.5) }")" 1
sql 'DELETE FROM sluice.quota_blocks; DELETE FROM sluice.quota_usage'
sql "INSERT INTO sluice.quota_limits (api, client_per_day) VALUES ('google_calendar', 2)"
control POST stats/reset >/dev/null
call audit --user $ana
is 'it asks no more than the day has, and leaves nothing' "$status $(requests) $(left)" '1 2 0'
like 'and says until when' "$out" 'error: the quota .* is used up until 2'
like 'and what helps: nobody else audits' "$out" 'what to do: audit it again later'
sql 'DELETE FROM sluice.quota_limits; DELETE FROM sluice.quota_usage'
control POST fault '{"kind":"status","status":403,"reason":"dailyLimitExceeded","match":"/events"}' >/dev/null
call audit --user $ana
control DELETE fault >/dev/null
is 'a day that is used up is a failure' "$status" 1
is 'of which the fleet is told' "$(sql "SELECT blocked_until > now() + interval '1 minute' FROM sluice.quota_blocks")" t
sql 'DELETE FROM sluice.quota_blocks; UPDATE sluice.schedule SET not_before = NULL'
export SLUICE_QUOTA=off

# --- ten thousand ---------------------------------------------------------------------
connect $big --account $big
is 'connected' "$status" 0
timeout 300 sluice sync --user $big >"$work/out" 2>&1 </dev/null
is 'ten thousand events' "$?" 0
pages=$(sql "SELECT pages FROM sync_logs ORDER BY started_at DESC LIMIT 1")
control POST stats/reset >/dev/null
large=$(rss sluice audit --user $big)
out=$(cat "$work/out")
like 'all are compared' "$out" '9,[0-9]+ items compared in [0-9]+ pages: no difference'
is 'in no more pages than a walk takes' "$(($(requests) <= pages))" 1
echo "# peak memory: $large kB"
# A page with what is stored of it takes some 16 MiB; two are in memory, and
# either of malloc's two arenas may keep what two took. Ten would be 180.
[ "${MODE:-release}" = san ] || below 'with the memory of pages, not of the account' "$large" $((96 * 1024))
sql "DELETE FROM artifacts WHERE source_id IN (SELECT source_id FROM artifacts a
		JOIN user_integrations i ON i.id = a.integration_id WHERE i.account = '$big'
		AND a.deleted_at IS NULL ORDER BY md5(source_id) LIMIT 1200)"
call audit --user $big --json
is 'many are missing' "$status $(field "$out" missing)" '1 1200'
control POST stats/reset >/dev/null
works 'they are read in batches' audit --user $big --repair --json
like 'each of them once' "$(events_requests)" '^ ?1200 item '
works 'then all are there' audit --user $big
summary
