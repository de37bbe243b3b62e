#!/usr/bin/env bash
# What sync_coverage and status say is complete is complete: held against what
# the provider has, half-way through a walk, after it, after a refused cursor,
# with a gap, and with items that could not be stored.
# shellcheck source=tests/integration/cli_kit.bash
. "$(dirname "$0")/cli_kit.bash"

ana=ana@example.com
export SLUICE_QUOTA=off
cover() { sql "SELECT $1 FROM sync_coverage WHERE provider = '$2' AND kind = '$3' ${4:+AND key = '$4'}"; }
causes() { cover "(SELECT coalesce(string_agg(g ->> 'cause', ' ' ORDER BY g ->> 'cause'), '-') FROM jsonb_array_elements(gaps) g)" "$@"; }
fault() { control POST fault "{\"kind\":\"status\",$1}" >/dev/null; }
mail() { control POST mail "{\"account\":\"$ana\",\"op\":\"$1\"${2:-}}"; }
# Ids that the mailbox has from a time on, up to another one, and that are not
# here. Mail of the last minute has come after the claim.
truth_mail() { # FROM (epoch seconds)
	sql 'DROP TABLE IF EXISTS truth; CREATE TABLE truth (id text)' 2>/dev/null
	control GET "mail?account=$ana&ids=1${1:+&since=$1}" | psql -Xq -c 'COPY truth FROM STDIN'
}
missing_mail() {
	sql "SELECT count(*) FROM truth t WHERE NOT EXISTS (SELECT FROM artifacts a WHERE a.type = 'email' AND a.source_id = t.id AND a.deleted_at IS NULL)
		AND NOT EXISTS (SELECT FROM sync_items q WHERE q.source_id = t.id)"
}
epoch() { cover "ceil(extract(epoch FROM $1))::bigint" gmail backfill; }

start_emulator --seed 5 --account "$ana:60:1" --mailbox "$ana:1700:3" --member "$ana:60:120"
migrated_database coverage
new_keys "$work/keys"
export SLUICE_KEY_FILE="$work/keys"
client_file "$work/client.json"
sluice setup google --client-file "$work/client.json" >/dev/null 2>&1
sluice user add --email $ana >/dev/null
export connector=google
connect $ana
is 'connect' "$status" 0

# --- mail: half of a walk ------------------------------------------------------
fault '"match":"/gmail/","skip":700,"status":403,"reason":"domainPolicy"'
sluice sync --provider gmail >/dev/null 2>&1
control DELETE fault >/dev/null
is 'half a walk: nothing is said to be whole' "$(cover 'complete, state' gmail backfill)" 'f|walking'
is 'half a walk: the claim has a beginning and an end' "$(cover 'complete_from > now() - interval '"'50 years'"' AND complete_to IS NOT NULL AND complete_from < complete_to' gmail backfill)" t
truth_mail
is 'half a walk: much is not here' "$(($(missing_mail) > 200))" 1
truth_mail "$(epoch complete_from)"
is 'half a walk: what is claimed is not little' "$(($(sql 'SELECT count(*) FROM truth') > 300))" 1
is 'half a walk: and all of it is here' "$(missing_mail)" 0
like 'half a walk: why' "$(causes gmail backfill)" 'walking'
works 'half a walk: status' status --streams --provider gmail
like 'half a walk: status says how far it is, and how long it takes' "$out" \
	'All mail +20[0-9-]{8} [0-9:]{5} +([0-9]+ s ago|now) +walk under way: [0-9,]+ of about 1,700 listed, about [0-9.]+ (s|min)[^;]* left; [0-9]+ items? to be read'
works 'half a walk: status as JSON' status --streams --provider gmail --json
like 'half a walk: status as JSON' "$out" '"kind":"backfill".*"complete":false,"complete_from":"20[^"]*Z","complete_to":"20.*"gaps":\[\{"[^]]*"walking".*"seconds_left":[0-9]+'
call status --provider gmail
like 'half a walk: in short' "$out" '1 of 2 *$'
call status --provider gmail --json
like 'half a walk: in short, as JSON' "$out" '"streams_enabled":2,.*"streams_complete":1,'

# --- mail: whole, then a cursor that is refused ----------------------------------
works 'the rest' sync --provider gmail
is 'whole' "$(cover "complete, complete_from, gaps::text" gmail backfill)" 't|-infinity|[]'
is 'whole: changes, too' "$(cover "complete, complete_to > now() - interval '1 minute'" gmail changes)" 't|t'
call status --provider gmail
like 'whole: in short' "$out" ' yes *$'
works 'of one user: in short and at length' status --user $ana --provider gmail
like 'of one user: in short and at length' "$(tr '\n' ' ' <<<"$out")" 'COMPLETE .* yes .*MISSING .*All mail +the beginning'
works 'whole: status' status --streams --provider gmail
like 'whole: status' "$out" 'All mail +the beginning +([0-9]+ s ago|now) *$'
truth_mail
is 'whole: nothing is missing' "$(missing_mail)" 0
before=$(cover complete_to gmail backfill)
sleep 1.1
mail add ',"from":"lee@example.org","subject":"Late","text":"x"' >/dev/null
control POST expire "{\"account\":\"$ana\",\"what\":\"history\"}" >/dev/null
fault '"match":"/users/me/messages","status":403,"reason":"domainPolicy"'
sluice sync --provider gmail >/dev/null 2>&1
sluice sync --provider gmail >/dev/null 2>&1
control DELETE fault >/dev/null
truth_mail
is 'refused: what came meanwhile is not here' "$(missing_mail)" 1
is 'refused: and not claimed' "$(cover "complete, complete_to = '$before'" gmail backfill)" 'f|t'
like 'refused: the gap has a cause' "$(causes gmail changes)" 'refused-cursor'
works 'refused: status' status --streams --provider gmail
like 'refused: status' "$out" 'New and changed mail +20.*cursor refused: changes from 20[0-9-]{8} [0-9:]{5} to 20[0-9-]{8} [0-9:]{5} come with the new walk'
is 'refused: and a beginning' "$(cover "(SELECT (g ->> 'from')::timestamptz = '$before' AND (g ->> 'to')::timestamptz > '$before'
	FROM jsonb_array_elements(gaps) g WHERE g ->> 'cause' = 'refused-cursor')" gmail changes)" t
works 'another sync' sync --provider gmail
truth_mail
is 'walked anew: nothing is missing' "$(missing_mail)" 0
is 'walked anew: no gap' "$(cover 'complete, gaps::text' gmail backfill) $(cover 'complete, gaps::text' gmail changes)" 't|[] t|[]'

# --- a lower bound by settings ----------------------------------------------------
sql "UPDATE user_integrations SET settings = '{\"since\":\"2026-06-01\"}' WHERE provider = 'gmail'"
works 'with a lower bound' sync --provider gmail
is 'a lower bound is a gap by choice' "$(cover "complete, complete_from = '2026-06-01Z'" gmail backfill) $(causes gmail backfill)" 't|t lower-bound'

# --- calendars: one fails in its first walk ----------------------------------------
works 'the calendars that there are' sync --provider google_calendar --max-time 1s
sql 'DELETE FROM artifacts WHERE type = '"'calendar_event'"
sql "UPDATE sync_state SET state = 'new', cursor = NULL, coverage_as_of = NULL, walked_at = NULL, checked_at = NULL WHERE kind = 'events'"
key=$(sql "SELECT key FROM sync_state WHERE kind = 'events' AND enabled LIMIT 1")
fault "\"match\":\"/calendars/\",\"count\":50,\"status\":403,\"reason\":\"forbidden\""
sluice sync --provider google_calendar >/dev/null 2>&1
control DELETE fault >/dev/null
is 'a calendar that never came: nothing is claimed' "$(cover 'complete, complete_from, complete_to' google_calendar events "$key")" 'f||'
like 'a calendar that never came: why' "$(causes google_calendar events "$key")" 'failing'
works 'all calendars' sync --provider google_calendar
is 'all calendars: whole' "$(sql "SELECT bool_and(complete) FROM sync_coverage WHERE provider = 'google_calendar' AND enabled")" t
truth_events() {
	sql 'DROP TABLE IF EXISTS events; CREATE TABLE events (j jsonb)' 2>/dev/null
	control GET "truth?account=$ana" | psql -Xq -c "COPY events FROM STDIN (FORMAT csv, QUOTE E'\x01', DELIMITER E'\x02')"
}
missing_events() {
	truth_events
	sql "SELECT count(*) FROM events e JOIN sync_coverage c ON c.key = j->>'calendar' AND c.kind = 'events' AND c.complete_from IS NOT NULL
		WHERE j->>'kind' <> 'cancelled_instance' AND j->>'eventType' IN ('default', 'fromGmail') AND c.enabled
			AND NOT EXISTS (SELECT FROM artifacts a WHERE a.stream_key = c.key AND a.source_id = j->>'id' AND a.deleted_at IS NULL)"
}
is 'all calendars: nothing is missing' "$(missing_events)" 0
before=$(cover complete_to google_calendar events "$key")
control POST expire "{\"account\":\"$ana\",\"what\":\"sync_tokens\"}" >/dev/null 2>&1 ||
	control POST expire "{\"account\":\"$ana\"}" >/dev/null
fault "\"match\":\"/calendars/\",\"count\":50,\"skip\":1,\"status\":403,\"reason\":\"forbidden\""
sluice sync --provider google_calendar >/dev/null 2>&1
control DELETE fault >/dev/null
is 'a token that is refused: the claim stays where it was' "$(cover "complete, complete_to = '$before', complete_from" google_calendar events "$key")" 'f|t|-infinity'
is 'a token that is refused: what is claimed is here' "$(missing_events)" 0
works 'and again' sync --provider google_calendar
is 'and it is whole' "$(cover "complete, complete_to > '$before'" google_calendar events "$key")" 't|t'

# --- items in quarantine, deletions held back ---------------------------------------
sql "INSERT INTO sync_items (user_id, integration_id, stream_kind, stream_key, source_id, state, reason, class)
	SELECT user_id, id, 'events', '$key', 'x' || n, 'quarantined', 'malformed', 'malformed'
	FROM user_integrations, generate_series(1, 3) n WHERE provider = 'google_calendar'"
sql "UPDATE sync_state SET pending_deletions = 7 WHERE kind = 'events' AND key = '$key'"
is 'both are gaps, with their number' "$(cover "complete, gaps::text" google_calendar events "$key")" \
	'f|[{"cause": "quarantined", "items": 3}, {"cause": "deletions-held", "items": 7}]'
sql "DELETE FROM sync_items WHERE state = 'quarantined'; UPDATE sync_state SET pending_deletions = 0"

# --- LinkedIn: snapshots of a moment, one that is not ready, 28 days ------------------
redirect=http://127.0.0.1:$(free_port)/callback
control POST options "{\"linkedin_redirect_uris\":\"$redirect\"}" >/dev/null
(umask 077 && printf 'WPL_AP1.emu/secret+=.x==\n' >"$work/secret")
sluice setup linkedin --client-id emu-linkedin-app --client-secret-file "$work/secret" --redirect-uri "$redirect" >/dev/null 2>&1
connector=linkedin connect $ana
is 'connect LinkedIn' "$status" 0
control POST linkedin "{\"account\":\"$ana\",\"op\":\"consent\",\"at\":\"$(date -u -d '-20 days' +%FT%TZ)\"}" >/dev/null
control POST linkedin "{\"account\":\"$ana\",\"op\":\"domain\",\"domain\":\"CONNECTIONS\",\"state\":\"not_ready\"}" >/dev/null
sleep 0.6
works 'LinkedIn' sync --provider linkedin
is 'not ready: nothing is claimed' "$(cover 'complete, complete_from, complete_to' linkedin connections) $(causes linkedin connections)" 'f|| no-archive nothing-there'
is 'a snapshot is of the moment when it was begun' "$(cover 'complete, complete_to = walk_started_at, complete_from' linkedin inbox)" 't|t|-infinity'
is 'its messages are here' "$(sql "SELECT count(*) FROM artifacts WHERE type = 'linkedin_message' AND deleted_at IS NULL")" \
	"$(control GET "linkedin?account=$ana&what=messages" | grep -c '"deleted": *false')"
is 'the changelog begins with the consent, or its horizon' "$(cover "complete, complete_from > now() - interval '28 days', complete_to > now() - interval '1 minute'" linkedin changelog)" 't|t|t'
looked=$(sql "UPDATE sync_state SET checked_at = checked_at - interval '40 days', cursor = cursor || jsonb_build_object(
		'at', (cursor ->> 'at')::bigint - 40 * 86400000::bigint,
		'max', (cursor ->> 'max')::bigint - 40 * 86400000::bigint,
		'snapshots', (cursor ->> 'snapshots')::bigint - 40 * 86400000::bigint)
	WHERE kind = 'changelog' RETURNING checked_at")
sql "UPDATE user_integrations SET connected_at = now() - interval '60 days' WHERE provider = 'linkedin'"
sleep 0.6
works 'after forty days' sync --provider linkedin
works 'what LinkedIn had forgotten: status' status --streams --provider linkedin
like 'what LinkedIn had forgotten: status' "$out" 'changes from 20[0-9: -]* to 20[0-9: -]* are lost'
like 'and a snapshot that is not ready, with what else would do' "$out" \
	'Connections +- +- +LinkedIn has nothing here, or not yet: asked again after [^;]*; no archive imported yet: sluice import linkedin$'
is 'what LinkedIn had forgotten is a gap' "$(cover "complete, (SELECT string_agg((g ->> 'cause') || ' '
	|| (abs(extract(epoch FROM (g ->> 'from')::timestamptz - '$looked')) < 1) || ' '
	|| (abs(extract(epoch FROM (g ->> 'to')::timestamptz - (now() - interval '28 days'))) < 30) || ' '
	|| ((g ->> 'to')::timestamptz = complete_from), '') FROM jsonb_array_elements(gaps) g)" linkedin changelog)" \
	'f|changes-lost true true true'
sql "INSERT INTO sync_state (user_id, integration_id, kind, key, state) SELECT user_id, id, 'archive', '', 'live'
	FROM user_integrations WHERE provider = 'linkedin'"
is 'an archive that was imported is no longer asked for' "$(causes linkedin connections)" nothing-there
summary
