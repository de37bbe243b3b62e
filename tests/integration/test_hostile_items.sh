#!/usr/bin/env bash
# One hostile value never holds a page: each fault of item content, placed in
# the middle of an otherwise good page. Whatever becomes of the item itself,
# its neighbours are stored, the cursor moves, the run is well and costs no
# request more. The numbers are those of docs/reliability.md.
# shellcheck source=tests/integration/cli_kit.bash
. "$(dirname "$0")/cli_kit.bash"

ana=ana@example.com
key="sync_state WHERE kind = 'events' AND key = '$ana'"
field() { sed -n "s/.*\"$2\":\([^,}]*\).*/\1/p" <<<"$1" | tr -d '"'; }
event() { control POST event "{\"account\":\"$ana\",$1}" >/dev/null; }
neighbour() { event "\"op\":\"create\",\"body\":{\"id\":\"$1\",\"summary\":\"Good\"}"; }
when='"start":{"dateTime":"2026-11-01T10:00:00Z"},"end":{"dateTime":"2026-11-01T11:00:00Z"}'
page=0 nth=0
whats=() conditions=() files=()

# between WHAT [FILE]: sync a page with the bytes of FILE between two good
# events; without FILE, what stands in the provider's calendar by now. Sets
# $asked, the requests it took.
between() {
	local what=$1 before
	page=$((page + 1))
	neighbour "left$page"
	neighbour "right$page"
	if [ -n "${2:-}" ]; then
		{
			printf '{"kind":"items","match":"/calendars/primary/events","query":"syncToken","count":1,"items_b64":"'
			base64 -w0 "$2"
			printf '"}'
		} >"$work/fault"
		curl -fsS -d "@$work/fault" "$google/_control/fault" >/dev/null
	fi
	before=$(sql "SELECT cursor FROM $key")
	control POST stats/reset >/dev/null
	call sync --json --log-level warn
	asked=$(requests)
	control DELETE fault >/dev/null
	is "$what: the neighbours are stored, the cursor has moved, all is well" \
		"$(sql "SELECT (SELECT count(*) FROM artifacts WHERE source_id IN ('left$page', 'right$page'))
			|| ' ' || (SELECT cursor <> '$before' AND failures = 0 FROM $key)") $status $(field "$out" status)" \
		'2 true 0 ok'
}
# item WHAT CONDITION [TEXT]: one more item for the page, byte for byte; ITEM-ID
# in TEXT stands for its id, without TEXT it is in $work/item. CONDITION is about
# the row of artifacts.
item() {
	nth=$((nth + 1))
	whats+=("$1")
	conditions+=("SELECT count(*) FROM artifacts WHERE source_id = 'h$nth' AND ($2)")
	files+=("$work/item$nth")
	if [ $# -gt 2 ]; then
		printf '%s' "$3" | LC_ALL=C sed "s/ITEM-ID/h$nth/g" >"$work/item$nth"
	else
		mv "$work/item" "$work/item$nth"
	fi
}
# refused: the same for one that goes to quarantine: CONDITION is about its row
# of sync_items, and so is the last argument, which finds it.
refused() {
	item "$1" true "$3"
	conditions[-1]="SELECT count(*) FROM sync_items WHERE state = 'quarantined' AND raw_bytes > 0
		AND octet_length(raw) = least(raw_bytes, 65536) AND ($2) AND ($4)"
}
# send WHAT [MORE]: all of them in one page, each beside the next. MORE: requests
# that a page of good items of that kind would cost, too.
send() {
	local i quarantined more=${2:-0}
	quarantined=$(sql "SELECT count(*) FROM sync_items WHERE state = 'quarantined'")
	: >"$work/page"
	for i in "${!files[@]}"; do
		[ "$i" -gt 0 ] && printf ',' >>"$work/page"
		cat "${files[$i]}" >>"$work/page"
	done
	between "$1" "$work/page"
	is "$1: no request more than for a good page" "$((asked <= 2 + more))" 1
	for i in "${!files[@]}"; do
		is "${whats[$i]}" "$(sql "${conditions[$i]}")" 1
		[[ ${conditions[$i]} == *sync_items* ]] && quarantined=$((quarantined + 1))
	done
	is "$1: nothing else is in quarantine" \
		"$(sql "SELECT count(*) FROM sync_items WHERE state = 'quarantined'")" "$quarantined"
	whats=() conditions=() files=()
}
bytes() { printf '%b' "$1"; }
repeat() { yes "$1" | head -n "$2" | tr -d '\n'; } # TEXT COUNT
# Whether a text column, or a path into the metadata, holds just that.
text() { printf "%s = convert_from('\\\\x%s', 'UTF8')" "$1" "$(printf '%s' "$2" | od -An -v -tx1 | tr -d ' \n')"; }
note() { printf "metadata->'notes' ? '%s'" "$1"; }

start_emulator --seed 7 --account "$ana:20:1"
migrated_database hostile
sql 'ALTER SYSTEM SET autovacuum = off' # it takes transaction ids
sql 'SELECT pg_reload_conf()' >/dev/null
new_keys "$work/keys"
export SLUICE_KEY_FILE="$work/keys"
client_file "$work/client.json"
works 'setup' setup google --client-file "$work/client.json"
works 'user' user add --email $ana
connect $ana
works 'first sync' sync
damaged=$'\xef\xbf\xbd'

# --- 80, 81: text -----------------------------------------------------------
item '80 \u0000' "$(text title "a${damaged}b") AND $(note text-damaged)" \
	"{\"id\":\"ITEM-ID\",\"summary\":\"a\\u0000b\",$when}"
for bad in 'lone high surrogate:\\ud83d' 'lone low surrogate:\\udc00' \
	'surrogates the wrong way round:\\udc00\\ud83d' 'a byte that is no UTF-8:\xff' \
	'a cut character:\xe2\x82' 'an overlong form:\xc0\xaf' 'a surrogate in UTF-8:\xed\xa0\x80'; do
	item "81 ${bad%%:*}" "title ~ '^a$damaged+b\$' AND $(note text-damaged)" \
		"{\"id\":\"ITEM-ID\",\"summary\":\"a$(bytes "${bad#*:}")b\",$when}"
done
# bash holds no NUL, so this one is made in the file
printf '{"id":"h%d","summary":"a\0b",%s}' $((nth + 1)) "$when" >"$work/item"
item '80 a NUL byte' "$(text title "a${damaged}b") AND $(note text-damaged)"
send '80, 81'
like '80, 81: the log says so' "$err" 'text-repaired.*stream='

# --- 82, 83: what a JSON parser refuses ------------------------------------
item '82 NUL in a key' "title = 'x' AND $(note text-damaged)" \
	"{\"id\":\"ITEM-ID\",\"summary\":\"x\",\"a\\u0000b\":1,$when}"
item '82 a key twice' "title = 'second'" \
	"{\"id\":\"ITEM-ID\",\"summary\":\"first\",\"summary\":\"second\",$when}"
item '82 an integer beyond 64 bits' "title = 'x' AND NOT metadata ? 'sequence'" \
	"{\"id\":\"ITEM-ID\",\"summary\":\"x\",\"sequence\":9223372036854775808,$when}"
item '82 1e400' "title = 'x'" "{\"id\":\"ITEM-ID\",\"summary\":\"x\",\"sequence\":1e400,$when}"
item '83 100,000 levels in a field' "title = 'x' AND $(note text-damaged)" \
	"{\"id\":\"ITEM-ID\",\"summary\":\"x\",\"deep\":$(repeat '[' 100000)$(repeat ']' 100000),$when}"
item '83 100,000 levels in a known field' "title IS NULL AND $(note text-damaged)" \
	"{\"id\":\"ITEM-ID\",\"summary\":$(repeat '{"a":' 100000)1$(repeat '}' 100000),$when}"
refused '83 an item that is nothing but depth' "detail = 'not an object'" \
	"$(repeat '[' 100000)$(repeat ']' 100000)" "encode(substr(raw, 1, 2), 'hex') = '5b5b'"
send '82, 83'

# --- items that are none ------------------------------------------------------
for none in 17 null '"text"' '[]' '{}' '{"id":17}' '{"id":null}' '{"id":""}' '{"id":{}}'; do
	refused "82 $none" "source_id LIKE 'sha256:%' AND class = 'malformed'" "$none" \
		"$(text "convert_from(raw, 'UTF8')" "$none")"
done
refused '85 an id of 1,101 bytes' "source_id LIKE 'sha256:%'" \
	"{\"id\":\"$(repeat i 1101)\",$when}" "detail = 'id too long'"
refused '85 a series id of 1,101 bytes' "detail = 'recurringEventId too long'" \
	"{\"id\":\"ITEM-ID\",\"recurringEventId\":\"$(repeat i 1101)\",$when}" "source_id = 'h$((nth + 1))'"
send '82, 85: items that are none'

# --- 85: limits of the database ---------------------------------------------
long=$(repeat 'words and ' 200000) # 2,000,000 bytes: tsvector takes 1 MB
item '85 a text of 2 MB' "octet_length(content) = 2000000" \
	"{\"id\":\"ITEM-ID\",\"description\":\"$long\",$when}"
item '85 a title and a place of 300 kB' \
	"octet_length(title) = 300000 AND octet_length(metadata->>'location') = 300000" \
	"{\"id\":\"ITEM-ID\",\"summary\":\"${long:0:300000}\",\"location\":\"${long:0:300000}\",$when}"
item '85 an iCalUID that no index takes' \
	"external_uid ~ '^sha256:[0-9a-f]{64}\$' AND octet_length(metadata->>'external_uid') = 5000" \
	"{\"id\":\"ITEM-ID\",\"iCalUID\":\"$(repeat u 5000)\",$when}"
item '85 an iCalUID just at the limit' "octet_length(external_uid) = 1100" \
	"{\"id\":\"ITEM-ID\",\"iCalUID\":\"$(repeat u 1100)\",$when}"

send '85'

# --- 86: many people ----------------------------------------------------------
many=$(seq -s, 10000 | sed -E 's/[0-9]+/{"email":"p&@example.org","responseStatus":"accepted"}/g')
item '86 10,000 attendees' "participant_count = 10001 AND NOT participants_incomplete" \
	"{\"id\":\"ITEM-ID\",\"organizer\":{\"email\":\"$ana\",\"self\":true},\"attendees\":[$many],$when}"
item '86 attendees omitted' "participant_count = 2 AND participants_incomplete" \
	"{\"id\":\"ITEM-ID\",\"attendeesOmitted\":true,\"organizer\":{\"email\":\"o@example.org\"},\"attendees\":[{\"email\":\"$ana\",\"self\":true}],$when}"

send '86'
is '86 10,000 attendees: they are no acquaintances' \
	"$(sql "SELECT count(*) FROM contact_emails WHERE address_norm LIKE 'p%@example.org'")" 0

# --- 87, 88: dates ------------------------------------------------------------
for bad in 0000-01-01T00:00:00Z 10000-01-01T00:00:00Z 294277-01-09T04:00:54Z \
	2026-02-30T10:00:00Z 2016-12-31T23:59:60Z 2026-11-01T24:01:00Z \
	2026-11-01T10:00:00 '' tomorrow infinity now; do
	item "87 a start of '$bad'" \
		"occurred_at IS NULL AND ends_at IS NOT NULL AND $(text "metadata->>'start_raw'" "$bad") AND $(note start-malformed)" \
		"{\"id\":\"ITEM-ID\",\"start\":{\"dateTime\":\"$bad\"},\"end\":{\"dateTime\":\"2026-11-01T11:00:00Z\"}}"
done
for bad in 0000-01-01 10000-01-01 2026-02-30 2026-13-01 infinity; do
	item "87 a day of '$bad'" \
		"start_date IS NULL AND $(text "metadata->>'start_raw'" "$bad")" \
		"{\"id\":\"ITEM-ID\",\"start\":{\"date\":\"$bad\"},\"end\":{\"date\":\"2026-11-02\"}}"
done
item '87 the first year' "occurred_at = '0001-01-01 00:00+00'" \
	'{"id":"ITEM-ID","start":{"dateTime":"0001-01-01T00:00:00Z"},"end":{"dateTime":"0001-01-01T01:00:00Z"}}'
item '87 the last year' "occurred_at = '9999-12-31 23:59:59+00'" \
	'{"id":"ITEM-ID","start":{"dateTime":"9999-12-31T23:59:59Z"},"end":{"dateTime":"9999-12-31T23:59:59Z"}}'
item '87 2^63 ms as a start' "occurred_at IS NULL AND $(note start-malformed)" \
	'{"id":"ITEM-ID","start":{"dateTime":9223372036854775808},"end":9223372036854775807}'
for bad in '"1969-12-31T23:59:59.999Z"' '"0000-00-00T00:00:00Z"' -1 9223372036854775807 '{}'; do
	item "87 changed at $bad" "source_version = 0 AND occurred_at IS NOT NULL" \
		"{\"id\":\"ITEM-ID\",\"updated\":$bad,$when}"
done
item '88 no end' "occurred_at IS NOT NULL AND ends_at IS NULL AND $(note end-missing)" \
	'{"id":"ITEM-ID","start":{"dateTime":"2026-11-01T10:00:00Z"}}'
item '88 no start' "occurred_at IS NULL AND $(note start-missing)" \
	'{"id":"ITEM-ID","end":{"dateTime":"2026-11-01T10:00:00Z"}}'
item '88 the end before the start' "ends_at < occurred_at AND $(note end-before-start)" \
	'{"id":"ITEM-ID","start":{"dateTime":"2026-11-01T10:00:00Z"},"end":{"dateTime":"2026-11-01T09:00:00Z"}}'
item '88 a day that ends as it starts' "all_day AND end_date = start_date AND $(note all-day-equal)" \
	'{"id":"ITEM-ID","start":{"date":"2026-11-01"},"end":{"date":"2026-11-01"}}'
item '88 a day and a time' "$(note date-mixed)" \
	'{"id":"ITEM-ID","start":{"date":"2026-11-01"},"end":{"dateTime":"2026-11-01T09:00:00Z"}}'

send '87, 88'

# --- 89, 90: zones --------------------------------------------------------------
item '89 the hour that does not exist' "occurred_at = '2026-03-29 01:30+00' AND time_zone = 'Europe/Berlin'" \
	'{"id":"ITEM-ID","start":{"dateTime":"2026-03-29T02:30:00+01:00","timeZone":"Europe/Berlin"},"end":{"dateTime":"2026-03-29T04:30:00+02:00","timeZone":"Europe/Berlin"}}'
item '89 the first of the two hours' "occurred_at = '2026-10-25 00:30+00'" \
	'{"id":"ITEM-ID","start":{"dateTime":"2026-10-25T02:30:00+02:00","timeZone":"Europe/Berlin"},"end":{"dateTime":"2026-10-25T02:30:00+01:00","timeZone":"Europe/Berlin"}}'
for bad in 'W. Europe Standard Time' '' '; DROP TABLE artifacts' "$(repeat Z 65)"; do
	item "90 the zone '$bad'" \
		"occurred_at = '2026-11-01 09:00+00' AND time_zone IS NULL AND $(text "metadata->>'time_zone_raw'" "$bad")" \
		"{\"id\":\"ITEM-ID\",\"start\":{\"dateTime\":\"2026-11-01T10:00:00+01:00\",\"timeZone\":\"$bad\"},\"end\":{\"dateTime\":\"2026-11-01T11:00:00+01:00\"}}"
done
item '90 a zone of Mars' "occurred_at = '2026-11-01 09:00+00' AND time_zone = 'Mars/Olympus'" \
	'{"id":"ITEM-ID","start":{"dateTime":"2026-11-01T10:00:00+01:00","timeZone":"Mars/Olympus"},"end":{"dateTime":"2026-11-01T11:00:00+01:00"}}'

send '89, 90'

# --- 91, 92: series --------------------------------------------------------------
for rule in 'FREQ=SECONDLY;BYMONTH=2;BYMONTHDAY=30' 'FREQ=MINUTELY;BYHOUR=25' \
	'FREQ=DAILY;COUNT=2147483648' 'FREQ=YEARLY;BYYEARDAY=-366;BYSETPOS=-1' \
	'FREQ=DAILY;INTERVAL=0' 'FREQ=' 'COUNT=-1' "FREQ=DAILY;BYHOUR=$(seq -s, 0 999)" \
	'FREQ=DAILY;UNTIL=20261231' 'FREQ=DAILY;UNTIL=20261231T235959' \
	'FREQ=DAILY;UNTIL=20261231T235959Z' 'FREQ=DAILY;UNTIL=never'; do
	item "91 RRULE:${rule:0:60}" \
		"$(text "metadata->'recurrence'->>0" "RRULE:$rule") AND metadata->>'recurrence_kind' = 'master'" \
		"{\"id\":\"ITEM-ID\",\"recurrence\":[\"RRULE:$rule\"],$when}"
done
item '92 EXDATE of the wrong type' "jsonb_array_length(metadata->'recurrence') = 3" \
	"{\"id\":\"ITEM-ID\",\"recurrence\":[\"RRULE:FREQ=DAILY;COUNT=3\",\"EXDATE;VALUE=DATE:20261102\",\"EXDATE;TZID=Mars/Olympus:20261103T100000\",7],$when}"
item '92 an instance called off, of no series' \
	"deleted_at IS NOT NULL AND parent_source_id = 'nobody' AND original_start_at = '2026-11-05 10:00+00'" \
	'{"id":"ITEM-ID","status":"cancelled","recurringEventId":"nobody","originalStartTime":{"dateTime":"2026-11-05T10:00:00Z"}}'
item '92 an instance moved out of any window' \
	"parent_source_id = 'nobody' AND occurred_at = '2126-11-05 10:00+00'" \
	'{"id":"ITEM-ID","recurringEventId":"nobody","originalStartTime":{"dateTime":"2026-11-05T10:00:00Z"},"start":{"dateTime":"2126-11-05T10:00:00Z"},"end":{"dateTime":"2126-11-05T11:00:00Z"}}'

# whoever's instances are not known is asked for once, and the listing again
send '91, 92' 14

# --- 94: addresses ---------------------------------------------------------------
# as written | as compared, empty for no identity
while IFS='|' read -r written norm; do
	json=${written//\\/\\\\}
	item "94 ${written:0:50}" \
		"EXISTS (SELECT FROM artifact_participants p WHERE p.artifact_id = artifacts.id
			AND $(text p.value "$written") AND coalesce(p.value_norm, '') = '$norm')" \
		"{\"id\":\"ITEM-ID\",\"organizer\":{\"email\":\"$ana\",\"self\":true},\"attendees\":[{\"email\":\"${json//\"/\\\"}\",\"responseStatus\":\"accepted\"}],$when}"
done <<'ROWS'
Group: a@example.org, b@example.org;|
(comment) a@example.org|
"quoted @ sign"@example.org|
Ann@Bücher.Example|ann@xn--bcher-kva.example
Grüße@example.org|grüße@example.org
@|
a@|
@example.org|
a@b@c|
<script>alert(1)</script>@example.org|
ROWS
item '94 an address of 130 kB' "participant_count = 1" \
	"{\"id\":\"ITEM-ID\",\"attendees\":[{\"email\":\"$(repeat a 130000)@example.org\",\"displayName\":\"$(repeat n 130000)\"}],$when}"
item '94 an attendee without address' "participant_count = 0 AND $(note attendee-without-email)" \
	"{\"id\":\"ITEM-ID\",\"attendees\":[{\"displayName\":\"x\"},{\"email\":\"\"},{\"email\":7},\"x\",null],$when}"

send '94'

# --- 96: stored as it came, harmless where it is shown ---------------------------
while IFS= read -r hostile; do
	json=${hostile//\\/\\\\}
	json=${json//\"/\\\"}
	item "96 ${hostile:0:40}" "$(text title "$hostile") AND $(text content "$hostile") AND $(text "metadata->>'location'" "$hostile")" \
		"{\"id\":\"ITEM-ID\",\"summary\":\"$json\",\"description\":\"$json\",\"location\":\"$json\",$when}"
done <<'ROWS'
<script>alert(document.cookie)</script>
'; DROP TABLE artifacts; --
{"a":1}
\x41\101$(id)`id`%s%n
=HYPERLINK("http://example.com")
{a,b,"c"}
NULL
ROWS
item '96 ANSI escapes' "title = E'\\x1b[31mred\\x1b[0m'" \
	"{\"id\":\"ITEM-ID\",\"summary\":\"\\u001b[31mred\\u001b[0m\",$when}"

send '96'

# --- 84 and what no size makes readable: set aside, alone, with few requests ------
say() { # FILE: another text for the event, as the provider's answer
	nth=$((nth + 1))
	printf '{"account":"%s","op":"say","id":"h%d","text":"%s"}' "$ana" $nth \
		"$(sed 's/\\/\\\\/g; s/"/\\"/g' "$1")" >"$work/say"
	neighbour "h$nth"
	curl -fsS -d "@$work/say" "$google/_control/event" >/dev/null
}
alone() {
	is "$1: alone in quarantine" "$(sql "SELECT count(*) FROM sync_items WHERE source_id = 'h$nth'
		AND state = 'quarantined' AND detail = 'item-unreadable' AND class = 'transient'")" 1
	is "$1: at most 20 requests" "$((asked <= 20))" 1
}
{ printf '{"id":"h%d","description":"' $((nth + 1)); repeat 'words and ' 450000; printf '"}'; } >"$work/item"
say "$work/item"
between '84 an event of 4.5 MB'
alone '84 an event of 4.5 MB'
large=h$nth
printf '{"id":"h%d","summary":nil,"x":[}' $((nth + 1)) >"$work/item"
say "$work/item"
between '82 an item that is no JSON'
alone '82 an item that is no JSON'
broken=h$nth

# --- what the database refuses: found by halving, under savepoints ------------------
sql "CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS \$\$ BEGIN
	IF NEW.title = 'Refuse me' THEN RAISE EXCEPTION 'no'; END IF; RETURN NEW; END \$\$;
	CREATE TRIGGER refuse BEFORE INSERT ON artifacts FOR EACH ROW EXECUTE FUNCTION refuse()"
event '"op":"create","body":{"id":"refused1","summary":"Refuse me","extendedProperties":{"private":{"k":"v"}}}'
between "a trigger of the application's"
is 'the refused one is in quarantine as it was sent' \
	"$(sql "SELECT class || ' ' || detail || ' ' || (convert_from(raw, 'UTF8')::jsonb #>> '{extendedProperties,private,k}')
		FROM sync_items WHERE source_id = 'refused1'")" 'transient database error P0001: no v'
sql 'DROP TRIGGER refuse ON artifacts'
sql "UPDATE sync_items SET next_try_at = now() WHERE source_id = 'refused1'"
works 'it is due' sync
is 'and stored, once the trigger is mended' \
	"$(sql "SELECT title || ' ' || (SELECT count(*) FROM sync_items WHERE source_id = 'refused1')
		FROM artifacts WHERE source_id = 'refused1'")" 'Refuse me 0'

# --- who looks, sees what and why --------------------------------------------------
call status
like 'status counts what is in quarantine' "$out" 'FILTERED +QUARANTINED'
like 'and says how to see it' "$out" '[0-9]+ items could not be stored: sluice status --quarantined'
call status --quarantined --limit 1000
is 'each is listed' "$(($(wc -l <"$work/out") - 1))" "$(sql "SELECT count(*) FROM sync_items WHERE state = 'quarantined'")"
like 'what waits for a time, with the time' "$out" "$large +transient +1 +in 1[0-9] min +item-unreadable"
like 'what waits for a change' "$out" 'sha256:[0-9a-f]{64} +malformed +1 +when it changes +(not an object|no id)'
unlike 'nothing that a terminal would act upon' "$out" $'[\x01-\x08\x0b-\x1f]'
call status --quarantined --json --limit 2
is 'no more than asked for' "$(wc -l <"$work/out")" 2
is 'in JSON, too, without what was sent' \
	"$(head -n 1 "$work/out" | grep -oE '"[a-z_]+":' | tr -d '":\n')" \
	'integrationuserprovideraccountkindkeytitleidclassreasonattemptsnext_try_atseen_atsinceraw_bytes'
is 'the operator cannot read what was sent' \
	"$(sql "SELECT has_column_privilege('sluice_operator', 'public.sync_items', 'raw', 'SELECT')")" f
call status --quarantined --user $ana --provider google_calendar --limit 0
is 'a limit is a number above 0' "$status" 2

# --- what is in quarantine is tried again, by time ---------------------------------
control POST stats/reset >/dev/null
at=$(sql 'SELECT pg_current_xact_id()::text')
SLUICE_QUOTA=off works 'nothing is due' sync --json
is 'nothing is asked for again' "$(requests)" 2
is 'nothing is read twice' "$(field "$out" fetched)" 0
is 'nothing is written: begin and end' \
	"$(($(sql 'SELECT pg_current_xact_id()::text') - at - 1))" 2
due() { sql "UPDATE sync_items SET next_try_at = now() - interval '1 s' WHERE source_id IN ('$large', '$broken')"; }
due
works 'both are due' sync --json
is 'and refused as before' "$(field "$out" quarantined)" 2
is 'they wait longer now' \
	"$(sql "SELECT string_agg(attempts || ' ' || round(extract(epoch FROM next_try_at - seen_at) / 60), ', ')
		FROM sync_items WHERE source_id IN ('$large', '$broken')")" '2 30, 2 30'
event "\"op\":\"update\",\"id\":\"$broken\",\"body\":{\"summary\":\"Mended\"}"
event "\"op\":\"purge\",\"id\":\"$large\""
due
works 'one is mended, one is gone' sync --json
is 'the good one is stored' "$(sql "SELECT title FROM artifacts WHERE source_id = '$broken'")" Mended
is 'and neither is in quarantine' \
	"$(sql "SELECT count(*) FROM sync_items WHERE source_id IN ('$large', '$broken')")" 0
works 'a complete walk' sync --full
is 'clears what it does not meet' "$(sql "SELECT count(*) FROM sync_items WHERE state = 'quarantined'")" 0
works 'and the tables are as the next sync finds them' sync --json
is 'nothing more' "$(field "$out" created)$(field "$out" updated)$(field "$out" deleted)$(field "$out" quarantined)" 0000
call status --quarantined
is 'nothing is left to see' "$out" 'nothing is in quarantine'
summary
