#!/usr/bin/env bash
# sluice explain: why an item or a person is there, or is not; and that what is
# told of a person is what the store did. Needs PostgreSQL (pg_virtualenv) and
# the emulator.
# shellcheck source=tests/integration/cli_kit.bash
. "$(dirname "$0")/cli_kit.bash"

ana=ana@example.com ben=ben@example.org
events=2200 # each address of them is explained: fewer where that is slow
[ "${MODE:-}" = san ] && events=400
start_emulator --seed 11 --account $ana:$events:mix --account $ben:60:1
migrated_database explain
new_keys "$work/keys"
export SLUICE_KEY_FILE="$work/keys"
client_file "$work/client.json"
sluice setup google --client-file "$work/client.json" >/dev/null
for who in $ana $ben; do
	sluice user add --email $who >/dev/null
	connect $who --account $who
done

event() { # ACCOUNT OP ID MEMBERS
	control POST event "{\"account\":\"$1\",\"op\":\"$2\",\"id\":\"$3\",\"body\":{\"id\":\"$3\"${4:+,}${4:-}}}" >/dev/null
}
guests() { # ADDRESS:RESPONSE...
	local g list=''
	for g in "$@"; do
		list+=",{\"email\":\"${g%:*}\",\"responseStatus\":\"${g##*:}\"}"
	done
	echo "[${list#,}]"
}
at() { date -u -d "$1" +%FT%H:00:00Z; }
meeting() { # ID WHEN ORGANIZER GUESTS...: an event of ana's
	local id=$1 start end by=$3
	start=$(at "$2") end=$(at "$2 +1 hour")
	shift 3
	event $ana create "$id" "\"summary\":\"$id\",\"start\":{\"dateTime\":\"$start\"},\"end\":{\"dateTime\":\"$end\"},\"organizer\":{\"email\":\"$by\"},\"attendees\":$(guests "$@")"
}
# judge REGEX ARGS...: the text matches
told() { # WHAT REGEX
	like "$1" "$out" "$2"
}
json() { # SQL EXPRESSION over doc
	printf '%s\n' "$out" >"$work/doc"
	psql -XAtq -v ON_ERROR_STOP=1 <<-SQL
		CREATE TEMP TABLE j (doc jsonb);
		\\copy j FROM '$work/doc' WITH (FORMAT csv, QUOTE e'\\x01', DELIMITER e'\\x02')
		SELECT $1 FROM j;
	SQL
}

# --- usage and environment -------------------------------------------------
refuse 'nothing to explain' 2 'is missing' explain
refuse 'an empty id' 2 'explain what' explain ''
refuse 'two ids' 2 'what is' explain a b
refuse 'an id that is no text' 2 'not valid UTF-8' explain $'\xff\xfe'
call explain "$(printf 'x%.0s' {1..1101})" --user $ana
is 'an id longer than any' "$status" 1
call explain "$(printf 'x%.0s' {1..1100})" --user $ana
is 'an id as long as the longest' "$status" 1
refuse 'an unknown user' 2 'no user' explain x --user nobody@example.com
SLUICE_DATABASE_URL='postgresql://u@127.0.0.1:1/x' refuse 'database down' 3 'cannot connect' explain x

# --- before anything was pulled --------------------------------------------
call explain somebody@example.org --user $ana
is 'unknown before the first sync' "$status" 1
told 'says where it looked' "^looked at $ana \(google_calendar\): connected, 0 streams, last success never"

# --- the verdict is the store's --------------------------------------------
# Few people an event, or everybody would be a contact in the end.
sql "UPDATE user_integrations SET settings = '{\"contact_max_participants\":2}'"
works 'first sync' sync
same_verdicts() { # WHAT: of each participant of ana's, told and done
	sql "SELECT DISTINCT p.value_norm FROM artifact_participants p
		JOIN user_integrations i USING (user_id)
		WHERE i.account = '$ana' AND p.value_norm IS NOT NULL" >"$work/norms"
	while IFS= read -r norm; do
		sluice explain "$norm" --user $ana --json || echo '{}'
	done <"$work/norms" >"$work/told"
	is "$1: each address is explained" "$(grep -c '"known":true' "$work/told")" "$(wc -l <"$work/norms")"
	psql -XAtq -v ON_ERROR_STOP=1 >"$work/verdicts" <<-SQL
		CREATE TEMP TABLE told (doc jsonb);
		\\copy told FROM '$work/told' WITH (FORMAT csv, QUOTE e'\\x01', DELIMITER e'\\x02')
		SELECT p ->> 'norm', p #>> '{verdict,reason}', p #>> '{verdict,contact}',
			e.id IS NOT NULL, (p ->> 'contact') IS NOT NULL
		FROM told CROSS JOIN LATERAL jsonb_array_elements(doc -> 'people') p
		LEFT JOIN contact_emails e ON e.user_id = (doc ->> 'user')::uuid
			AND e.address_norm = p ->> 'norm'
		WHERE NOT (p ->> 'own')::boolean;
	SQL
	is "$1: told of each" "$(($(wc -l <"$work/verdicts") + 1))" "$(wc -l <"$work/norms")"
	is "$1: a contact is told as one" "$(awk -F'|' '$4 != $5' "$work/verdicts")" ''
	is "$1: the verdict is what was done" \
		"$(awk -F'|' '($3 == "true") != ($4 == "t")' "$work/verdicts" | head -n 5)" ''
}
same_verdicts 'after the first walk'
contacts=$(grep -c '|t|t$' "$work/verdicts") others=$(grep -c '|f|f$' "$work/verdicts")
echo "# $contacts contacts and $others others: $(cut -d'|' -f2 "$work/verdicts" | sort | uniq -c | sort -rn | tr -s ' \n' ' ')"
[ "$contacts" -gt 20 ] && [ "$others" -gt 20 ] && ok 'both kinds are many' ||
	not_ok 'both kinds are many' "$contacts and $others"
call sync --full --user $ana --json
like 'a walk over an unchanged account makes no contact' "$out" '"contacts_created":0,'
sql "UPDATE user_integrations SET settings = '{\"contact_max_participants\":3}'"

# --- items -----------------------------------------------------------------
master=$(sql "SELECT a.source_id FROM artifacts a WHERE a.metadata ->> 'recurrence_kind' = 'master'
	AND a.deleted_at IS NULL AND EXISTS (SELECT FROM artifacts x WHERE x.parent_source_id = a.source_id
		AND x.deleted_at IS NULL) AND EXISTS (SELECT FROM calendar_occurrences o
		WHERE o.artifact_id = a.id AND o.starts_at > now()) AND NOT a.all_day ORDER BY 1 LIMIT 1")
works 'a series by the provider id' explain "$master"
told 'a series says so' 'series +a recurring series with [0-9]+ exception'
told 'its rule' 'RRULE:'
told 'its exceptions' "was changed: ${master}_"
told 'its state' '^  state +stored$'
told 'the run that wrote it' 'runs +written by [0-9a-f-]{36}: manual, full, ok'
# A run ends by its own clock, which is a little behind the server's.
sql "UPDATE sync_logs SET finished_at = (SELECT max(synced_at) FROM artifacts) WHERE created > 0"
last=$(sql 'SELECT source_id FROM artifacts ORDER BY created_at DESC, id LIMIT 1')
works 'what a run wrote at its very end' explain "$last"
told 'has that run, too' 'runs +written by [0-9a-f-]{36}: manual, full, ok'
works 'the series again' explain "$master"
like 'the head names type and id' "$(head -n 1 "$work/out")" '^calendar_event [0-9a-f-]{36}'
told 'how it is expanded' '^  expanded +by its rule$'
told 'over which window' '[0-9,]+ dates? from 20.* to 20.*; the next one 20'
slot=$(sql "SELECT to_char(o.starts_at AT TIME ZONE 'UTC', 'YYYYMMDD\"T\"HH24MISS\"Z\"')
	FROM calendar_occurrences o JOIN artifacts a ON a.id = o.artifact_id
	WHERE a.source_id = '$master' ORDER BY o.starts_at DESC LIMIT 1")
works 'an instance without a row' explain "${master}_$slot" --user $ana
told 'an instance says what it is' "instance +20.* is a date of this series that was not changed by itself"
told 'and shows its series' "source id +$master\$"
works 'no instance' explain "${master}_${slot%00Z}01Z" --user $ana
told 'says that it is none' 'instance +this series has no date at 20'
works 'an instance in a far year' explain "${master}_20991231T100000Z" --user $ana
told 'is not kept' 'instance +2099-12-31T10:00:00Z lies outside the dates that are kept'
exception=$(sql "SELECT id FROM artifacts WHERE parent_source_id = '$master' AND deleted_at IS NULL LIMIT 1")
works 'an exception by its uuid' explain "$exception"
told 'an exception names its series' "changed instance \(exception\) of the series $master"
uid=$(sql "SELECT external_uid FROM artifacts WHERE source_id = '$master'")
works 'in brackets, as mail writes it' explain "<$uid>"
call explain "$uid" --json
is 'an iCalUID: one object' "$(wc -l <"$work/out")" 1
is 'an iCalUID: the series and its exceptions' "$(json "doc ->> 'items_total'")" \
	"$(sql "SELECT count(*) FROM artifacts WHERE external_uid = '$uid'")"
is 'an iCalUID: the series first' "$(json "doc #>> '{items,0,source_id}'")" "$master"
is 'times are RFC 3339' "$(json "doc #>> '{items,0,created_at}' ~ '^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9:]{8}[.][0-9]{6}Z$'")" t

cancelled=$(sql "SELECT source_id FROM artifacts WHERE deleted_reason = 'cancelled'
	AND parent_source_id IS NOT NULL ORDER BY 1 LIMIT 1")
works 'a cancelled instance' explain "$cancelled"
told 'cancelled: gone, and why' 'state +gone, kept as a tombstone since 20'
told 'cancelled: in words' 'why +It was cancelled or deleted at Google\. \(cancelled\)'
told 'cancelled: of a series' 'a cancelled instance of the series'

event $ana create hostile "$(printf '"summary":"x\\u001b[2J\\u001b]0;owned\\u0007\\nsecond line\\u202e","description":"b0dy-canary","start":{"dateTime":"%s"},"end":{"dateTime":"%s"},"attendees":%s' \
	"$(at yesterday)" "$(at 'yesterday +1 hour')" "$(guests $ana:accepted)")"
event $ana create backwards "\"summary\":\"$(printf 'long %.0s' {1..2000})\",\"start\":{\"dateTime\":\"$(at yesterday)\"},\"end\":{\"dateTime\":\"$(at '2 days ago')\"}"
long=$(printf 'u%.0s' {1..1101})
event $ana create longuid "\"iCalUID\":\"$long\",\"start\":{\"dateTime\":\"$(at yesterday)\"},\"end\":{\"dateTime\":\"$(at now)\"}"
works 'changes' sync --user $ana
works 'an iCalUID longer than its index' explain "$long"
told 'is found by its hash' 'source id +longuid$'
works 'a hostile title' explain hostile
LC_ALL=C grep -q $'[\x01-\x09\x0b-\x1f\x7f]\|\xe2\x80\xae' "$work/out" &&
	not_ok 'no control characters on the terminal' "$(cat -v "$work/out")" ||
	ok 'no control characters on the terminal'
like 'the title is one line' "$(head -n 1 "$work/out")" '"x\?\[2J\?\]0;owned\?\?second line\?"$'
unlike 'contents are not shown' "$out" 'b0dy-canary'
told 'but that there are some' 'content +11 B, not shown'
call explain hostile --json
unlike 'nor in JSON' "$out" 'b0dy-canary'
is 'JSON keeps the title as it is' "$(json "doc #>> '{items,0,title}' LIKE E'x\\x1b[2J%'")" t
works 'a title without end' explain backwards
told 'the oddity in words' 'odd +It ends before it starts\. \(end-before-start\)'
like 'what is cut says so' "$(head -n 1 "$work/out")" 'long \.\.\.$|lo?n?g?\.\.\.$'

event $ana cancel hostile
works 'changes' sync --user $ana
works 'a deleted event' explain hostile
told 'deleted: first and last writer' 'last written by [0-9a-f-]{36}: manual, incremental'
told 'deleted: by which the row was made' 'first stored by [0-9a-f-]{36}: manual, (full|incremental)'

# --- what was not stored ---------------------------------------------------
long=$(printf 'y%.0s' {1..1101})
control POST fault "{\"kind\":\"items\",\"match\":\"/events\",\"count\":1,\"account\":\"$ana\",\"items\":[
	{\"id\":\"unwanted\",\"status\":\"confirmed\",\"eventType\":\"focusTime\",\"summary\":\"t1tle-canary\",\"start\":{\"date\":\"2026-01-01\"},\"end\":{\"date\":\"2026-01-02\"}},
	{\"id\":\"unreadable\",\"recurringEventId\":\"$long\",\"description\":\"raw-canary\"}]}" >/dev/null
works 'changes' sync --user $ana
works 'a filtered item' explain unwanted
told 'filtered' 'state +filtered: left out on purpose'
told 'filtered: the reason in words' 'why +Events of its kind are not wanted: see the setting event_types\. \(event-type\)'
works 'a quarantined item' explain unreadable
told 'quarantined' 'state +quarantined: it could not be stored'
told 'quarantined: attempts and next try' 'attempts +[1-9][0-9]*, next '
told 'quarantined: where the raw bytes are' 'raw +1.* kept in sync_items.raw of the row [0-9a-f-]{36}'
unlike 'quarantined: not the bytes' "$out" 'raw-canary'
row=$(sql "SELECT id FROM sync_items WHERE source_id = 'unreadable'")
works 'a quarantined item by the id of its row' explain "$row"
told 'is the same' 'not stored: unreadable'
control DELETE fault >/dev/null

# --- streams ---------------------------------------------------------------
holiday=$(sql "SELECT key FROM sync_state WHERE disabled_reason = 'holiday'")
works 'a calendar that is off' explain "$holiday"
told 'off, and why' 'state +new, not pulled: It is a calendar of public holidays that Google makes\.$'
told 'off, and what to do' 'sluice streams --enable KEY'
sluice streams --user $ana --disable "$ana" >/dev/null
works 'a calendar that the user switched off' explain "$ana"
told 'the choice is told' 'not pulled: the user chose so'
sql 'UPDATE sync_state SET enabled_choice = NULL'
call explain "$ana" --json
is 'an address that is a calendar and a person' "$(json "jsonb_array_length(doc -> 'streams') || ' ' || jsonb_array_length(doc -> 'people')")" '1 1'
is 'an own address' "$(json "doc #>> '{people,0,verdict,reason}'")" own-address
sql "UPDATE sync_state SET pending = '[{\"id\":\"listed\"}]' WHERE key = '$ana' AND kind = 'events'"
works 'an item that waits' explain listed
told 'waits' 'waiting +a listing named the item; it is still to be read'
sql 'UPDATE sync_state SET pending = NULL'

# --- nowhere ---------------------------------------------------------------
sql "UPDATE user_integrations SET settings = settings || '{\"since\":\"2020-02-02\"}' WHERE account = '$ana'"
call explain nowhere --user $ana
is 'unknown' "$status" 1
like 'unknown: one line of complaint' "$err" '^sluice: nothing is known of nowhere: .*sluice sync --full --user '
told 'unknown: the calendars that are off' "not pulled +.*free-busy|not pulled"
told 'unknown: and why' 'It is a calendar of public holidays that Google makes'
told 'unknown: what bounds a walk' 'since = 2020-02-02: Leave out events that ended before this date'
call explain nowhere --user $ana --json
is 'unknown: JSON says so' "$(json "doc ->> 'known'") $status" 'false 1'
is 'unknown: JSON has the setting' "$(json "doc #>> '{accounts,0,settings,since,value}'")" 2020-02-02
call explain nowhere
is 'unknown to all users' "$status" 1
like 'unknown to all: says how many' "$err" 'none of 2 users knows nowhere'
sql "UPDATE user_integrations SET settings = '{\"contacts\":\"sometimes\"}' WHERE account = '$ana'"
call explain nowhere --user $ana
told 'settings that make no sense are told' 'settings +setting contacts|settings +.*contacts'
sql "UPDATE user_integrations SET settings = '{\"contact_max_participants\":3}'"

# --- people ----------------------------------------------------------------
meeting future tomorrow $ana $ana:accepted later@p.example.org:accepted
meeting asked yesterday carol@p.example.org carol@p.example.org:accepted $ana:needsAction dave@p.example.org:accepted
meeting refused yesterday mia@p.example.org mia@p.example.org:accepted $ana:declined
meeting crowd yesterday $ana $ana:accepted c1@p.example.org:accepted c2@p.example.org:accepted c3@p.example.org:accepted
meeting met yesterday $ana $ana:accepted friend@p.example.org:accepted
meeting robot yesterday $ana $ana:accepted no-reply@p.example.org:accepted
works 'changes' sync --user $ana
person() { # WHAT ADDRESS CONTACT REASON
	works "$1" explain "$2"
	told "$1: a contact?" "contact +$3"
	told "$1: the rule that decided" "why +.*\($4\)$"
}
person 'met in the future' LATER@p.example.org no not-begun
person 'an invitation not answered' dave@p.example.org no not-answered
person 'an invitation declined' mia@p.example.org no declined
person 'a crowd' c1@p.example.org no too-many-participants
told 'a crowd: how large' 'events +1 event, the largest with 4 people'
told 'a crowd: the setting' "$ana \(google_calendar\): contacts met, at most 3 participants"
person 'a mailbox that nobody reads' no-reply@p.example.org no machine-address
person 'met' mailto:friend@p.example.org 'yes: [0-9a-f-]{36}' met-organised
told 'met: what made the contact' 'made by +rule met, met-organised, item [0-9a-f-]{36}'
contact=$(sql "SELECT contact_id FROM contact_emails WHERE address_norm = 'friend@p.example.org'")
works 'a contact by its id' explain "$contact"
told 'is the same person' '^person friend@p.example.org$'
room=$(sql "SELECT p.value_norm FROM artifact_participants p JOIN user_integrations i USING (user_id)
	WHERE NOT p.is_person AND i.account = '$ana' AND NOT EXISTS (SELECT FROM artifact_participants x
		WHERE x.value_norm = p.value_norm AND x.user_id <> p.user_id) LIMIT 1")
person 'a room' "$room" no not-a-person

sql "DELETE FROM contacts WHERE id = '$contact'"
person 'a contact that the user deleted' friend@p.example.org no suppressed
told 'since when' 'deleted +the user deleted this contact at 20'
works 'a full walk' sync --full --user $ana
is 'does not bring it back' "$(sql "SELECT count(*) FROM contact_emails WHERE address_norm = 'friend@p.example.org'")" 0

# A person enters the organizer by hand: the guests follow with the next walk.
ana_id=$(sql "SELECT user_id FROM user_integrations WHERE account = '$ana'")
sql "WITH c AS (INSERT INTO contacts (user_id, display_name) VALUES ('$ana_id', 'Carol') RETURNING id, user_id)
	INSERT INTO contact_emails (user_id, contact_id, address) SELECT user_id, id, 'carol@p.example.org' FROM c"
person 'the organizer was entered by hand' dave@p.example.org no met-known-organizer
told 'and when it will be a contact' 'next +the next full walk makes it a contact'
person 'by hand' carol@p.example.org 'yes: ' not-answered
told 'by hand: says so' 'entered by a person'
told 'by hand: stays' 'that alone would make no contact today; a contact stays'
works 'a full walk' sync --full --user $ana
person 'after the walk' dave@p.example.org 'yes: ' met-known-organizer

# What has begun since the last sync is judged by the next one.
sql "ALTER ROLE sluice_app SET sluice.clock_offset = '3 days'"
person 'begun since' later@p.example.org no met-organised
told 'and when it will be a contact' 'next +the next sync makes it a contact'
works 'a sync' sync --user $ana
person 'begun, and judged' later@p.example.org 'yes: ' met-organised
sql "ALTER ROLE sluice_app RESET sluice.clock_offset"

# Another rule: the next sync judges what is stored again.
sql "UPDATE user_integrations SET settings = '{\"contacts\":\"none\"}' WHERE account = '$ana'"
meeting ruled yesterday $ana $ana:accepted ruled@p.example.org:accepted
works 'changes' sync --user $ana
sql "UPDATE user_integrations SET settings = '{\"contact_max_participants\":3}' WHERE account = '$ana'"
person 'another rule' ruled@p.example.org no met-organised
told 'and when it will be a contact' 'next +the next sync makes it a contact'
works 'a sync' sync --user $ana
person 'judged by it' ruled@p.example.org 'yes: ' met-organised

# A handle: no rule makes contacts of those.
sql "WITH c AS (INSERT INTO contacts (user_id, display_name) VALUES ('$ana_id', 'Hana') RETURNING id, user_id)
	INSERT INTO contact_handles (user_id, contact_id, kind, value) SELECT user_id, id, 'profile_url', 'https://social.example.org/in/Hana' FROM c"
works 'a profile address' explain https://social.example.org/in/hana
told 'is a contact' 'contact +yes: .*"Hana"'

# --- nobody sees another's rows ---------------------------------------------
event $ben create bensown "\"summary\":\"b3n-canary\",\"start\":{\"dateTime\":\"$(at yesterday)\"},\"end\":{\"dateTime\":\"$(at now)\"},\"attendees\":$(guests $ben:accepted onlyben@p.example.org:accepted friend@p.example.org:accepted)"
works 'changes' sync --user $ben
ben_row=$(sql "SELECT id FROM artifacts WHERE source_id = 'bensown'")
ben_contact=$(sql "SELECT contact_id FROM contact_emails WHERE address_norm = 'onlyben@p.example.org'")
ben_stream=$(sql "SELECT s.id FROM sync_state s WHERE s.key = '$ben' AND s.kind = 'events'")
sql "INSERT INTO sync_items (user_id, integration_id, stream_kind, stream_key, source_id, state, reason)
	SELECT user_id, id, 'events', account, 'bensitem', 'filtered', 'event-type' FROM user_integrations WHERE account = '$ben'"
ben_item=$(sql "SELECT id FROM sync_items WHERE source_id = 'bensitem'")
for id in bensown "$ben_row" "$ben_contact" "$ben_stream" "$ben_item" bensitem onlyben@p.example.org "$ben"; do
	call explain "$id" --user $ana
	is "ana is told nothing of $id" "$status" 1
	unlike "ana sees nothing of ben ($id)" "$out" 'b3n-canary|onlyben|bensown|ben@|bensitem'
	call explain "$id" --user $ben
	is "ben is told of $id" "$status" 0
done
works 'without --user: the one who knows it' explain bensown
told 'is ben' 'account +ben@example.org'
refuse 'without --user: several know' 2 "2 users know it \((ana|ben)@.*, (ana|ben)@.*\): name one with --user" explain friend@p.example.org
call explain friend@p.example.org --user $ben
told 'ben has met the person that ana deleted' 'contact +yes'
unlike 'and is told nothing of that' "$out" 'deleted'

summary
