#!/usr/bin/env bash
# A member of LinkedIn by the API: all that both its lists carry arrives, a
# second run asks one thing, and neither what is not ready, nor half a listing,
# nor a gap loses anything.
# shellcheck source=tests/integration/cli_kit.bash
. "$(dirname "$0")/cli_kit.bash"

ana=ana@example.com
export SLUICE_QUOTA=off connector=linkedin
field() { sed -n "s/.*\"$2\":\"\{0,1\}\([^,\"}]*\).*/\1/p" <<<"$1"; }
member() { control POST linkedin "{\"account\":\"$ana\",\"op\":\"$1\"${2:-}}"; }
option() { control POST options "{$1}" >/dev/null; }
truth() { control GET "linkedin?account=$ana&what=$1"; }
live() { sql "SELECT count(*) FROM artifacts WHERE type = 'linkedin_$1' AND deleted_at IS NULL"; }
gone() { sql "SELECT count(*) FROM artifacts WHERE type = 'linkedin_$1' AND deleted_at IS NOT NULL"; }
stream() { sql "SELECT $1 FROM linkedin_sync_tracking WHERE domain = '$2'"; }
run() { # title; LinkedIn processes half a second after it captured
	sleep 0.6
	works "$1" sync --provider linkedin --json
	is "$1: ok" "$(field "$out" status)" ok
}
# Days pass: for what the changelog remembers, or for the walk that waits.
days_pass() { # DAYS
	sql "UPDATE sync_state SET checked_at = checked_at - interval '$1 days', cursor = cursor || jsonb_build_object(
			'at', (cursor ->> 'at')::bigint - $1 * 86400000::bigint,
			'max', (cursor ->> 'max')::bigint - $1 * 86400000::bigint,
			'snapshots', (cursor ->> 'snapshots')::bigint - $1 * 86400000::bigint)
		WHERE kind = 'changelog'"
}
wait_over() { sql "UPDATE sync_state SET cursor = cursor - 'not_before' WHERE kind = '$1'"; }

start_emulator --seed 7 --member "$ana:300:900"
redirect=http://127.0.0.1:$(free_port)/callback
option "\"linkedin_redirect_uris\":\"$redirect\",\"linkedin_page_rows\":50"
(umask 077 && printf 'WPL_AP1.emu/secret+=.x==\n' >"$work/secret")
migrated_database linkedin_api
new_keys "$work/keys"
export SLUICE_KEY_FILE="$work/keys"
sluice setup linkedin --client-id emu-linkedin-app --client-secret-file "$work/secret" --redirect-uri "$redirect" >/dev/null 2>&1
sluice user add --email $ana >/dev/null
works 'connectors list it' connectors
like 'connectors list it' "$out" 'linkedin: LinkedIn, by LinkedIn; every 1 h'
connect $ana
is 'connect' "$status" 0
member consent ",\"at\":\"$(date -u -d '-20 days' +%FT%TZ)\"" >/dev/null

# --- the first run, one domain not ready -----------------------------------
member domain ',"domain":"CONNECTIONS","state":"not_ready"' >/dev/null
run 'the first run'
came=$(($(field "$out" created) + $(field "$out" updated) + $(field "$out" unchanged) + $(field "$out" deleted) + $(field "$out" filtered) + $(field "$out" quarantined)))
# own addresses are fetched, too, and have no counter
is "no more came of it ($came) than was fetched ($(field "$out" fetched))" $((came <= $(field "$out" fetched))) 1
is 'messages' "$(live message)" "$(truth messages | grep -c '"deleted": *false')"
is 'what is not ready is no failure' "$(stream "state || ' ' || failures || ' ' || empty_answers" connections)" 'walking 0 1'
works 'streams' streams --provider linkedin
like 'streams say what is waited for' "$out" 'connections .* LinkedIn has nothing here, or not yet: asked again after '
works 'status' status --provider linkedin
like 'status says it, too' "$out" '8, 1 waiting'
like 'status: what that is' "$out" '1 stream at which LinkedIn has nothing, or not yet, which is no failure'
works 'status in JSON' status --provider linkedin --json
like 'status in JSON' "$out" '"streams_walking":1,"streams_waiting":1,'
before=$(requests)
run 'asked again before its time'
is 'it is not asked' $(($(requests) - before)) 1
member domain ',"domain":"CONNECTIONS","state":"ready"' >/dev/null
wait_over connections
run 'when it is ready'
shown() { truth connections | grep '"deleted": *false' | grep '"url": *"http'; }
is 'connections, but for those who hide' "$(live connection)" "$(shown | wc -l)"
works 'status of what is whole' status --provider linkedin --json
like 'status of what is whole' "$out" '"streams_walking":0,"streams_waiting":0,'
is 'it is walked' "$(stream "state || ' ' || coalesce(waiting, '-') || ' ' || (rows_listed > 0)" connections)" 'live - true'
is 'the member is known by both handles' "$(sql "SELECT string_agg(CASE WHEN h.value LIKE 'urn:%' THEN 'urn' ELSE 'profile' END, ' ' ORDER BY h.value DESC) FROM contact_handles h JOIN contacts c ON c.id = h.contact_id WHERE c.is_self_contact")" 'urn profile'
is 'their address, too' "$(sql "SELECT count(*) FROM contact_emails e JOIN contacts c ON c.id = e.contact_id WHERE c.is_self_contact AND e.address_norm = '$ana'")" 1
is 'other events are counted by name' "$(sql "SELECT count(*) > 0 FROM sync_items WHERE state = 'filtered' AND reason LIKE 'social-actions-%'")" t
is 'nothing is in quarantine' "$(sql "SELECT count(*) FROM sync_items WHERE state = 'quarantined'")" 0

# --- a second run -----------------------------------------------------------
before=$(requests)
rows=$(sql 'SELECT md5(string_agg(a::text, chr(10) ORDER BY a.id)) FROM artifacts a')
run 'a second run'
is 'it asks one thing' $(($(requests) - before)) 1
is 'it writes nothing' "$(field "$out" created) $(field "$out" updated) $(field "$out" deleted)" '0 0 0'
is 'nothing has changed' "$(sql 'SELECT md5(string_agg(a::text, chr(10) ORDER BY a.id)) FROM artifacts a')" "$rows"

# --- a message, its edit, its end -------------------------------------------
person=$(shown | sed -n 's/.*"url": *"\(https[^"]*\)".*/\1/p' | head -n 1)
message=$(field "$(member receive ",\"person\":\"$person\",\"text\":\"Lunch on Friday?\"")" resource)
one() { sql "SELECT $1 FROM artifacts a JOIN artifact_aliases s ON s.artifact_id = a.id AND s.alias_kind = 'resource' WHERE s.alias = '$message'"; }
run 'a message'
is 'a message: its text' "$(one content)" 'Lunch on Friday?'
member edit ",\"message\":\"$message\",\"text\":\"Lunch on Thursday?\"" >/dev/null
run 'its edit'
is 'its edit: one item, another text' "$(one "content || ' ' || (deleted_at IS NULL)")" 'Lunch on Thursday? true'
member delete ",\"message\":\"$message\",\"content\":false" >/dev/null
run 'its end'
is 'its end: why' "$(one deleted_reason)" deleted

# --- half a listing ---------------------------------------------------------
count=$(live connection)
option '"linkedin_dup_rows":false'
for _ in 1 2 3; do
	url=$(shown | sed -n 's/.*"url": *"\(https[^"]*\)".*/\1/p' | sort | head -n 1)
	member disconnect ",\"person\":\"$url\"" >/dev/null
done
member domain ',"domain":"CONNECTIONS","state":"fails","page":3,"status":500' >/dev/null
days_pass 7
sluice sync --provider linkedin --json >"$work/out" 2>"$work/err"
is 'half a listing: the run is partial' "$(field "$(cat "$work/out")" status)" partial
is 'half a listing: why it was read anew' "$(stream snapshots_why changelog)" scheduled
is 'half a listing: nobody is gone' "$(live connection) $(gone connection)" "$count 0"
member domain ',"domain":"CONNECTIONS","state":"empty"' >/dev/null
sql "UPDATE sync_state SET cursor = NULL WHERE kind = 'connections'"
works 'an empty one' sync --provider linkedin
is 'an empty one: nobody is gone' "$(live connection) $(gone connection)" "$count 0"
member domain ',"domain":"CONNECTIONS","state":"ready"' >/dev/null
wait_over connections
run 'the whole one'
is 'the whole one: three are gone' "$(live connection) $(gone connection)" "$((count - 3)) 3"
is 'the whole one: why' "$(sql "SELECT DISTINCT deleted_reason FROM artifacts WHERE type = 'linkedin_connection' AND deleted_at IS NOT NULL")" not-listed

# --- explained ----------------------------------------------------------------
told() { like "$1" "$out" "$2"; }
for what in connection:connections:Connections message:inbox:Messages invitation:invitations:Invitations; do
	IFS=: read -r type kind title <<<"$what"
	works "a $type" explain "$(sql "SELECT source_id FROM artifacts WHERE type = 'linkedin_$type' AND deleted_at IS NULL LIMIT 1")"
	told "a $type: which list brings it" "stream +$kind +\"$title\"$"
done
works 'a message by the name in the changelog' explain "$message"
told 'it is named so' "also +$message"
told 'it is gone, and why' "why +It was deleted at LinkedIn"
works 'a connection that is gone' explain "$(sql "SELECT source_id FROM artifacts WHERE type = 'linkedin_connection' AND deleted_at IS NOT NULL LIMIT 1")"
told 'why' "LinkedIn's latest complete list no longer has it"
works 'what is filtered' explain "$(sql "SELECT source_id FROM sync_items WHERE state = 'filtered' AND reason = 'something-nobody-knows' LIMIT 1")"
told 'in words, whatever LinkedIn calls it' 'why +An event of a kind that is not stored here: such are counted\. \(something-nobody-knows\)'
tie=$(sql "SELECT h.value FROM contact_handles h JOIN contacts c ON c.id = h.contact_id WHERE NOT c.is_self_contact AND h.value NOT LIKE 'urn:%' ORDER BY h.id LIMIT 1")
works 'a person by a profile' explain "$tie"
told 'a contact' 'contact +yes: '
told 'by which rule' 'made by +rule connected, (connection|written-to)'
urn=$(sql "SELECT l.handle FROM sluice.handle_links l JOIN contact_handles h ON h.value_norm = l.profile JOIN contacts c ON c.id = h.contact_id WHERE NOT c.is_self_contact LIMIT 1")
works 'a person by a URN' explain "$urn"
told 'is the person of the profile' '^person linkedin\.com/in/'
sql "WITH c AS (SELECT id, user_id FROM contacts WHERE NOT is_self_contact ORDER BY id LIMIT 2)
	INSERT INTO suggestions (user_id, contact_id, kind, proposal, reason)
	SELECT min(user_id::text)::uuid, min(id::text)::uuid, 'merge', jsonb_build_object('contact_id', max(id::text), 'address', 'both@example.org'),
		'Both have the address both@example.org.' FROM c"
works 'an address that is suggested' explain both@example.org
told 'that it is' 'suggested +20.* that the contacts .* are one \(open\): Both have the address'
sql "UPDATE sync_state SET sweep_state = 'held', pending_deletions = 60 WHERE kind = 'connections'"
one=$(sql "SELECT source_id FROM artifacts WHERE type = 'linkedin_connection' AND deleted_at IS NULL ORDER BY id LIMIT 1")
sql "DELETE FROM sluice.seen; UPDATE artifacts SET synced_at = synced_at - interval '1 day' WHERE source_id = '$one'"
works 'a connection whose deletion is held back' explain "$one"
told 'that it is' 'its deletion is held back with others'
sql "UPDATE sync_state SET sweep_state = 'none', pending_deletions = 0 WHERE kind = 'connections'"

# --- chosen -------------------------------------------------------------------
refuse 'what all streams come by is not chosen' 2 'all streams of an account come by changelog: sluice pause' streams --user $ana --disable changelog
here=$(live message)
works 'a list is turned off' streams --user $ana --disable inbox
like 'what is stored stays' "$out" 'inbox: will not be pulled any more; what is stored of it stays'
control POST stats/reset >/dev/null
works 'a full walk without it' sync --full --provider linkedin
is 'it is not asked for' "$(control GET 'stats?last=5000' | grep -c 'domain=INBOX')" 0
is 'and stays' "$(live message)" "$here"
works 'streams' streams --json
like 'since when, and by whom' "$(grep '"kind":"inbox"' <<<"$out")" '"enabled":false,"chosen":true,.*"switched_at":"20'
works 'it is turned on' streams --user $ana --enable inbox
works 'a full walk with it' sync --full --provider linkedin
is 'it is asked for' "$(control GET 'stats?last=5000' | grep -c 'domain=INBOX')" 1
sql "UPDATE user_integrations SET settings = '{\"domains\":\"connections,inbox\"}'"
works 'a setting turns others off' sync --provider linkedin
works 'streams' streams
like 'why, in words' "$out" 'invitations +no .* It is not among the setting domains'
sql "UPDATE user_integrations SET settings = '{}'"
works 'and on again' sync --provider linkedin

# --- a gap, another consent, a strange link, an old version -----------------
days_pass 40
run 'after forty days'
is 'after forty days: all is read anew' "$(stream "snapshots_why || ' ' || (gap_at IS NOT NULL)" changelog)" 'gap true'
connect $ana
is 'connected anew' "$status" 0
run 'connected anew'
is 'connected anew: all is read anew' "$(stream snapshots_why changelog)" connected-anew
option '"linkedin_links":"foreign"'
days_pass 7
run 'links that lead elsewhere'
is 'no token went there' "$(control GET stats | grep -o '"linkedin_foreign_host": *[0-9]*' | tr -cd 0-9)" ''
is 'links that lead elsewhere: nothing is lost' "$(live connection)" "$((count - 3))"
option '"linkedin_links":"relative"'
control POST fault '{"kind":"status","match":"/rest/","status":426}' >/dev/null
call sync --provider linkedin
is 'a version that is no more' "$status" 1
like 'a version that is no more: what to do' "$out" 'no longer takes version 202312 of its portability APIs: sluice must be updated'
control DELETE fault >/dev/null
run 'and after that'
is 'a row of the log for each run' "$(sql "SELECT count(*) > 10 AND bool_and(road = 'api') FROM linkedin_sync_logs")" t
summary
