#!/usr/bin/env bash
# Hostile texts through every text field of an event and back, byte for byte:
# the real emulator, the real sync, the real PostgreSQL, then the command line.
#
#   strings.sh BUILD FILE       FILE: a JSON array of texts
#
# Runs under pg_virtualenv; scripts/corpus does it. An empty text is an absent
# one. NUL and lone surrogates cannot be stored: no text of the file holds one.
# shellcheck source=tests/integration/cli_kit.bash
. "$(dirname "$0")/../integration/cli_kit.bash"

file=$2
ana=ana@example.com
# load TABLE FILE: each line of the file is JSON: one row (j)
load() {
	sql "CREATE TABLE $1 (j jsonb)"
	psql -Xq -v ON_ERROR_STOP=1 -c \
		"COPY $1 FROM STDIN (FORMAT csv, QUOTE E'\\x01', DELIMITER E'\\x02')" <"$2"
}
# every WHAT SQL: pairs of what was sent and what is there (NULL = nothing)
every() {
	local found
	found=$(sql "WITH pair (n, sent, got) AS ($2)
		SELECT count(*) || ' texts, ' || count(*) FILTER (WHERE
			NULLIF(sent, '')::bytea IS DISTINCT FROM got::bytea) || ' differ '
			|| coalesce(min(n) FILTER (WHERE
			NULLIF(sent, '')::bytea IS DISTINCT FROM got::bytea)::text, '')
		FROM (SELECT n, convert_to(NULLIF(sent, ''), 'UTF8') AS sent,
			convert_to(NULLIF(got, ''), 'UTF8') AS got FROM pair) p")
	is "$1" "$found" "$count texts, 0 differ "
}
# no_escapes WHAT FILE: nothing in it moves a terminal's cursor
no_escapes() {
	local found
	found=$(LC_ALL=C grep -naP '[\x00-\x08\x0b-\x1f\x7f]|\xc2[\x80-\x9f]' "$2" |
		head -n 3 | cat -v)
	is "$1" "$found" ''
}

start_emulator --seed 3 --account "$ana:0:1"
migrated_database strings
new_keys "$work/keys"
export SLUICE_KEY_FILE="$work/keys" SLUICE_QUOTA=off
client_file "$work/client.json"
works 'setup' setup google --client-file "$work/client.json"
works 'user' user add --email $ana
connect $ana

# One line: a line break in a JSON document is white space.
tr '\n' ' ' <"$file" >"$work/texts.json"
load whole "$work/texts.json"
sql "CREATE TABLE naughty AS SELECT n::int AS n, s FROM whole,
	jsonb_array_elements_text(j) WITH ORDINALITY t (s, n)"
count=$(sql 'SELECT count(*) FROM naughty')
like 'the texts are loaded' "$count" '^[1-9][0-9]*$'

# One event for each text, with the text wherever a text may stand; one with it
# as a line of its recurrence; one with it as its id. Ids are unique.
sql "CREATE TABLE item AS
	SELECT 'a' || n AS id, jsonb_build_object(
		'iCalUID', s, 'summary', s, 'description', s, 'location', s,
		'htmlLink', s, 'hangoutLink', s, 'etag', s, 'created', s,
		'visibility', s, 'transparency', s,
		'start', jsonb_build_object('timeZone', s,
			'dateTime', '2026-11-20T10:00:00Z'),
		'end', jsonb_build_object('dateTime', s),
		'creator', jsonb_build_object('displayName', s, 'email', s),
		'organizer', jsonb_build_object('displayName', s,
			'email', 'organizer@example.com'),
		'attendees', jsonb_build_array(
			jsonb_build_object('displayName', s, 'responseStatus', s,
				'email', 'attendee@example.com'),
			jsonb_build_object('displayName', 'x', 'email', s)),
		'source', jsonb_build_object('title', s, 'url', s),
		'attachments', jsonb_build_array(jsonb_build_object(
			'title', s, 'fileUrl', s, 'mimeType', s)),
		'conferenceData', jsonb_build_object('conferenceId', s,
			'conferenceSolution', jsonb_build_object('name', s))
		) AS body
	FROM naughty
	UNION ALL
	SELECT 'm' || n, jsonb_build_object('recurrence', jsonb_build_array(s),
		'start', jsonb_build_object('date', '2026-11-20'),
		'end', jsonb_build_object('date', '2026-11-21'))
	FROM naughty
	UNION ALL
	SELECT s, jsonb_build_object('summary', min(n)::text) FROM naughty
	WHERE s <> '' GROUP BY s"
sql "SELECT jsonb_build_object('kind', 'items', 'match', '/events', 'count', 1,
	'items', jsonb_agg(jsonb_build_object('id', id, 'status', 'confirmed',
		'updated', '2026-11-01T00:00:00Z') || body)) FROM item" >"$work/fault.json"
control POST fault "@$work/fault.json" >/dev/null
works 'sync' sync --json
is 'every item is stored' "$(sql "SELECT count(*) FILTER (WHERE a.id IS NULL)
	FROM item i LEFT JOIN artifacts a ON a.source_id = i.id")" 0
is 'none is in quarantine' "$(sql "SELECT count(*) FROM sync_items")" 0

artifact="naughty LEFT JOIN artifacts a ON a.source_id = 'a' || n"
every 'title' "SELECT n, s, a.title FROM $artifact"
every 'content' "SELECT n, s, a.content FROM $artifact"
every 'iCalUID' "SELECT n, s, a.external_uid FROM $artifact"
every 'time zone, shaped like one or not' \
	"SELECT n, s, coalesce(a.time_zone, a.metadata->>'time_zone_raw') FROM $artifact"
every 'a malformed time, as far as it is kept' \
	"SELECT n, CASE WHEN octet_length(s) <= 128 THEN s END,
		CASE WHEN octet_length(s) <= 128 THEN a.metadata->>'end_raw' END FROM $artifact"
for pair in location:location html_link:html_link hangout_link:hangout_link \
	etag:etag created:created visibility:visibility transparency:transparency \
	creator,name:creator_name creator,email:creator_address \
	organizer,name:organizer_name source,title:source_title source,url:source_url \
	attachments,0,title:attachment_title attachments,0,url:attachment_url \
	attachments,0,mime_type:attachment_type conference,id:conference_id \
	conference,solution:conference_solution; do
	every "metadata: ${pair#*:}" \
		"SELECT n, s, a.metadata #>> '{${pair%:*}}' FROM $artifact"
done
every 'labels' "SELECT n, CASE WHEN octet_length(s) <= 64 THEN s END,
	substr((SELECT l FROM unnest(a.labels) l WHERE l LIKE 'visibility:%'), 12)
	FROM $artifact"
who="LEFT JOIN artifact_participants p ON p.artifact_id = a.id"
every 'organizer' "SELECT n, s, p.name FROM $artifact $who AND p.role = 'organizer'"
every 'attendee' "SELECT n, s, p.name FROM $artifact $who
	AND p.value = 'attendee@example.com'"
every "attendee's answer" "SELECT n, s, p.response FROM $artifact $who
	AND p.value = 'attendee@example.com'"
every "attendee's address, as written" "SELECT n, s, p.value FROM $artifact $who
	AND p.name = 'x'"
every 'recurrence' "SELECT n, s, m.metadata #>> '{recurrence,0}'
	FROM naughty LEFT JOIN artifacts m ON m.source_id = 'm' || n"
is 'ids' "$(sql "SELECT count(*) FROM (SELECT DISTINCT s FROM naughty WHERE s <> '') x
	WHERE NOT EXISTS (SELECT FROM artifacts a
		WHERE convert_to(a.source_id, 'UTF8') = convert_to(s, 'UTF8'))")" 0

before=$(sql "SELECT md5(string_agg(xmin::text || id, '' ORDER BY id)) FROM artifacts")
control POST fault "@$work/fault.json" >/dev/null
works 'the same again' sync --full --json
is 'and nothing is written' \
	"$(sql "SELECT md5(string_agg(xmin::text || id, '' ORDER BY id)) FROM artifacts")" \
	"$before"

# --- calendars of such names, and what the terminal gets -------------------
sql "SELECT jsonb_build_object('account', '$ana', 'op', 'add', 'calendar',
	'c' || n || '@group.calendar.google.com', 'summary', s) FROM naughty ORDER BY n" |
	while IFS= read -r body; do
		control POST calendar "$body" || echo "cannot add $body"
	done >"$work/calendars"
works 'sync of many calendars' sync --json
cp "$work/out" "$work/sync.json"
every 'calendar' "SELECT n, s, title FROM naughty LEFT JOIN sync_state
	ON key = 'c' || n || '@group.calendar.google.com'"
for command in streams status logs sync; do
	sluice $command >"$work/$command.txt" 2>&1
	no_escapes "$command: no control character reaches the terminal" \
		"$work/$command.txt"
done
for command in streams status logs; do
	works "$command --json" $command --json
	cp "$work/out" "$work/$command.json"
done
for command in streams status logs sync; do
	no_escapes "$command --json: control characters are escaped" \
		"$work/$command.json"
	load "shown_$command" "$work/$command.json"
	is "$command --json: every line is an object" "$(sql "SELECT count(*) > 0 AND
		bool_and(jsonb_typeof(j) = 'object') FROM shown_$command")" t
done
every 'streams --json: calendars' "SELECT n, s, j->>'title' FROM naughty
	LEFT JOIN shown_streams ON j->>'key' = 'c' || n || '@group.calendar.google.com'"
sql 'SELECT n FROM naughty ORDER BY n' | while read -r n; do
	sluice explain "a$n" || echo "explain a$n: exit status $?"
done >"$work/explain.txt" 2>&1
no_escapes 'explain: no control character reaches the terminal' "$work/explain.txt"
unlike 'explain: of every event' "$(cat "$work/explain.txt")" '^explain a[0-9]+: exit'
summary
