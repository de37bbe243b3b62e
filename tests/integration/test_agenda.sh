#!/usr/bin/env bash
# What recurring events mean: calendar_agenda holds, over a window, exactly what
# the provider lists when it expands everything itself. Series come and go with
# their masters, the window moves on without asking, and what cannot be
# expanded here is asked of the provider, or marked.
# shellcheck source=tests/integration/cli_kit.bash
. "$(dirname "$0")/cli_kit.bash"

ana=ana@example.com
from=2026-09-01T00:00:00Z
to=2027-02-01T00:00:00Z
list=calendar/v3/calendars

event() { control POST event "$1" >/dev/null; }
series() { # ID START END LINES [MORE MEMBERS]: a timed series in Berlin
	event "{\"account\":\"$ana\",\"op\":\"create\",\"body\":{\"id\":\"$1\",\"summary\":\"$1\",
		\"start\":{\"dateTime\":\"$2\",\"timeZone\":\"Europe/Berlin\"},
		\"end\":{\"dateTime\":\"$3\",\"timeZone\":\"Europe/Berlin\"},
		\"recurrence\":$4${5:+,$5}}}"
}
routes() { control GET stats | grep -o "\"$1\": *[0-9]*" | head -n 1 | tr -cd 0-9; }
# What the provider lists, expanded, into the table `listed`.
load_listed() {
	local token calendar
	token=$(control POST token "{\"account\":\"$ana\"}" |
		sed -n 's/.*"access_token": *"\([^"]*\)".*/\1/p')
	sql 'DROP TABLE IF EXISTS listed; CREATE TABLE listed (key text, j jsonb)' 2>/dev/null
	for calendar in $(sql "SELECT key FROM sync_state WHERE kind = 'events' AND enabled"); do
		curl -fsS -H "Authorization: Bearer $token" -H 'User-Agent: test' -G \
			"$google/$list/$calendar/events" -d singleEvents=true -d maxResults=2500 \
			-d eventTypes=default -d eventTypes=fromGmail \
			--data-urlencode "timeMin=$from" --data-urlencode "timeMax=$to" |
			tr -d '\n' | psql -Xq -v ON_ERROR_STOP=1 -v "key=$calendar" -c \
			"CREATE TEMP TABLE one (j jsonb)" -c \
			"COPY one FROM STDIN (FORMAT csv, QUOTE E'\x01', DELIMITER E'\x02')" -c \
			"INSERT INTO listed SELECT '$calendar', jsonb_array_elements(j->'items') FROM one"
	done
}
# Start, end and calendar of every instance that one side has and the other has
# not. An event is known by its own id or that of its series.
difference() {
	load_listed
	sql "WITH want AS (
		SELECT key, coalesce(j->>'recurringEventId', j->>'id') AS id,
			coalesce(j->'start'->>'dateTime', j->'start'->>'date' || 'T00:00:00Z')::timestamptz AS s,
			coalesce(j->'end'->>'dateTime', j->'end'->>'date' || 'T00:00:00Z')::timestamptz AS e
		FROM listed WHERE j->>'status' <> 'cancelled'
	), have AS (
		SELECT stream_key AS key, coalesce(parent_source_id, source_id) AS id,
			starts_at AS s, coalesce(ends_at, starts_at) AS e
		FROM calendar_agenda
		WHERE starts_at < '$to' AND coalesce(ends_at, starts_at) > '$from'
	), missing AS (SELECT * FROM want WHERE s >= '$from' EXCEPT ALL SELECT * FROM have),
	extra AS (SELECT * FROM have WHERE s >= '$from' EXCEPT ALL SELECT * FROM want)
	SELECT (SELECT count(*) FROM missing) || ' missing, ' ||
		(SELECT count(*) FROM extra) || ' extra' ||
		coalesce((SELECT ': ' || string_agg(m::text, ' ') FROM
			(SELECT * FROM missing LIMIT 3) m), '') ||
		coalesce((SELECT ' / ' || string_agg(m::text, ' ') FROM
			(SELECT * FROM extra LIMIT 3) m), '')"
}
same() { is "$1: the agenda is what the provider lists" "$(difference)" '0 missing, 0 extra'; }
of() { # ID COLUMN: of its row in calendar_series
	sql "SELECT coalesce(c.$2::text, '-') FROM calendar_series c JOIN artifacts a
		ON a.id = c.artifact_id WHERE a.source_id = '$1'"
}
slots() { # ID [N]: the first slots
	sql "SELECT string_agg(t, ' ') FROM (SELECT to_char(o.starts_at AT TIME ZONE 'UTC',
			'MM-DD\"T\"HH24:MI') AS t
		FROM calendar_occurrences o JOIN artifacts a ON a.id = o.artifact_id
		WHERE a.source_id = '$1' ORDER BY o.starts_at LIMIT ${2:-4}) x"
}
agenda() { # ID: kinds in the agenda
	sql "SELECT coalesce(string_agg(kind || ':' || n, ' ' ORDER BY kind), 'nothing')
		FROM (SELECT kind, count(*) AS n FROM calendar_agenda
			WHERE source_id = '$1' OR parent_source_id = '$1' GROUP BY kind) x"
}
written() { # changes when anything that this is about is written
	sql "SELECT md5(coalesce(string_agg(x, ',' ORDER BY x), '')) FROM (
		SELECT artifact_id::text || starts_at || xmin AS x FROM calendar_occurrences
		UNION ALL SELECT artifact_id::text || xmin FROM calendar_series
		UNION ALL SELECT id::text || xmin FROM artifacts) y"
}
move_clock() { # INTERVAL: sluice's clock, for new sessions
	sql "ALTER DATABASE agenda SET sluice.clock_offset = '$1'"
}

start_emulator --seed 21 --now 2026-11-20T10:00:00Z --account "$ana:500:3"
migrated_database agenda
# The invented calendars are spread around one day: be there.
offset=$(sql "SELECT extract(epoch FROM timestamptz '2026-11-20 10:00Z' - now())::bigint || ' s'")
move_clock "$offset"
new_keys "$work/keys"
export SLUICE_KEY_FILE="$work/keys"
client_file "$work/client.json"
works 'setup' setup google --client-file "$work/client.json"
works 'user' user add --email $ana
connect $ana
is 'connected' "$status" 0

# --- an invented account ----------------------------------------------------
works 'first sync' sync
is 'every live master is expanded here' \
	"$(sql "SELECT string_agg(DISTINCT expansion, ' ') || ' ' || (count(*) > 50)
		FROM calendar_series")" 'local true'
is 'and every master has its row' "$(sql "SELECT count(*) FROM artifacts a
	WHERE jsonb_array_length(a.metadata->'recurrence') > 0 AND NOT EXISTS
		(SELECT FROM calendar_series c WHERE c.artifact_id = a.id)")" 0
same 'first sync'
is 'there are many occurrences, exceptions and single events' \
	"$(sql "SELECT count(*) FROM (SELECT kind FROM calendar_agenda GROUP BY kind
		HAVING count(*) > 10) x")" 3
is 'the window is two years back, a year and a month ahead' "$(sql "SELECT DISTINCT
	(expanded_from AT TIME ZONE 'UTC')::date || ' ' || (expanded_to AT TIME ZONE 'UTC')::date
	FROM calendar_series")" '2024-11-01 2027-12-01'
before=$(written)
control POST stats/reset >/dev/null
works 'a second sync' sync
is 'writes nothing' "$(written)" "$before"
is 'and asks nobody for instances' "$(routes events.instances)" 0

# --- clocks that change -----------------------------------------------------
series gap 2026-03-28T02:30:00+01:00 2026-03-28T03:00:00+01:00 '["RRULE:FREQ=DAILY;COUNT=3"]'
series overlap 2026-10-24T02:30:00+02:00 2026-10-24T02:45:00+02:00 '["RRULE:FREQ=DAILY;COUNT=3"]'
works 'series over both changes of the clock' sync
is 'a time that is skipped is taken by the offset before' "$(slots gap)" \
	'03-28T01:30 03-29T01:30 03-30T00:30'
is 'a time that comes twice is the first' "$(slots overlap)" \
	'10-24T00:30 10-25T00:30 10-26T01:30'

# --- exceptions -------------------------------------------------------------
series weekly 2026-10-06T10:00:00+02:00 2026-10-06T10:30:00+02:00 '["RRULE:FREQ=WEEKLY;COUNT=6"]'
works 'a weekly series' sync
is 'six occurrences' "$(agenda weekly)" 'occurrence:6'
event "{\"account\":\"$ana\",\"op\":\"update\",\"id\":\"weekly_20261013T080000Z\",\"body\":
	{\"start\":{\"dateTime\":\"2026-10-14T09:00:00+02:00\",\"timeZone\":\"Europe/Berlin\"},
	\"end\":{\"dateTime\":\"2026-10-14T09:30:00+02:00\",\"timeZone\":\"Europe/Berlin\"}}}"
event "{\"account\":\"$ana\",\"op\":\"cancel\",\"id\":\"weekly_20261020T080000Z\"}"
works 'one is moved, one is cancelled' sync
is 'the occurrences depend on the master alone' "$(sql "SELECT count(*) FROM calendar_occurrences o
	JOIN artifacts a ON a.id = o.artifact_id WHERE a.source_id = 'weekly'")" 6
is 'the agenda shows what takes place' "$(agenda weekly)" 'exception:1 occurrence:4'
same 'after exceptions'
before=$(sql "SELECT md5(string_agg(o::text || o.xmin, ',' ORDER BY starts_at))
	FROM calendar_occurrences o")
event "{\"account\":\"$ana\",\"op\":\"update\",\"id\":\"weekly\",\"body\":{\"summary\":\"renamed\"}}"
works 'another title' sync
is 'writes no occurrence' "$(sql "SELECT md5(string_agg(o::text || o.xmin, ',' ORDER BY starts_at))
	FROM calendar_occurrences o")" "$before"
is 'but shows it' "$(sql "SELECT count(*) FROM calendar_agenda WHERE title = 'renamed'")" 4

# --- a series changes, ends, comes back ------------------------------------
event "{\"account\":\"$ana\",\"op\":\"update\",\"id\":\"weekly\",\"body\":
	{\"recurrence\":[\"RRULE:FREQ=WEEKLY;COUNT=3\"]}}"
works 'a shorter rule' sync
is 'has fewer occurrences' "$(slots weekly 9)" '10-06T08:00 10-13T08:00 10-20T08:00'
event "{\"account\":\"$ana\",\"op\":\"update\",\"id\":\"weekly\",\"body\":{\"recurrence\":null}}"
works 'a series becomes a single event' sync
is 'without a series' "$(sql "SELECT count(*) FROM calendar_series c JOIN artifacts a
	ON a.id = c.artifact_id WHERE a.source_id = 'weekly'")" 0
like 'and stands in the agenda as one' "$(agenda weekly)" 'single:1'
event "{\"account\":\"$ana\",\"op\":\"cancel\",\"id\":\"gap\"}"
works 'a series is deleted' sync
is 'its occurrences go' "$(agenda gap) $(slots gap)" 'nothing '
is 'and it says so' "$(of gap expansion)" gone
event "{\"account\":\"$ana\",\"op\":\"update\",\"id\":\"gap\",\"body\":{\"summary\":\"again\"}}"
works 'it lives again' sync
is 'with its occurrences' "$(of gap expansion) $(slots gap)" \
	'local 03-28T01:30 03-29T01:30 03-30T00:30'
same 'after all that'

# --- what is not expanded here ---------------------------------------------
control POST stats/reset >/dev/null
series weekno 2026-11-16T09:00:00+01:00 2026-11-16T10:00:00+01:00 \
	'["RRULE:FREQ=YEARLY;BYWEEKNO=47;BYMONTH=11;BYDAY=MO,WE"]' \
	'"emulatorInstances":["2026-11-16T09:00:00","2026-11-18T09:00:00","2027-11-22T09:00:00","2027-11-24T09:00:00","2028-11-20T09:00:00"]'
event "{\"account\":\"$ana\",\"op\":\"create\",\"body\":{\"id\":\"mars\",\"summary\":\"mars\",
	\"start\":{\"dateTime\":\"2026-11-16T09:00:00+01:00\",\"timeZone\":\"Mars/Olympus\"},
	\"end\":{\"dateTime\":\"2026-11-16T10:00:00+01:00\",\"timeZone\":\"Mars/Olympus\"},
	\"recurrence\":[\"RRULE:FREQ=DAILY;COUNT=2\"],
	\"emulatorInstances\":[\"2026-11-16T08:00:00\",\"2026-11-17T08:00:00\"]}}"
works 'rules and zones that this machine does not know' sync
is 'the provider was asked, once a series' "$(routes events.instances)" 2
is 'and its answer is there, within the window' "$(of weekno expansion) $(slots weekno)" \
	'provider 11-16T08:00 11-18T08:00 11-22T08:00 11-24T08:00'
is 'with the reason' "$(of weekno reason)" rule-byweekno
is 'an unknown zone too' "$(of mars expansion) $(of mars reason)" 'provider zone-unknown'
is 'an occurrence is as long as its master' "$(sql "SELECT DISTINCT ends_at - starts_at
	FROM calendar_agenda WHERE source_id = 'weekno'")" 01:00:00
same 'with the provider expanding'
works 'a poll after that' sync
is 'does not ask again' "$(routes events.instances)" 2
event "{\"account\":\"$ana\",\"op\":\"update\",\"id\":\"weekno_20261118T080000Z\",\"body\":
	{\"start\":{\"dateTime\":\"2026-11-19T09:00:00+01:00\",\"timeZone\":\"Europe/Berlin\"},
	\"end\":{\"dateTime\":\"2026-11-19T10:00:00+01:00\",\"timeZone\":\"Europe/Berlin\"}}}"
works 'one of them is moved' sync
is 'the agenda knows' "$(agenda weekno)" 'exception:1 occurrence:3'
control POST fault '{"kind":"empty_pages","n":2,"match":"/instances"}' >/dev/null
control POST options '{"page_max_bytes":1}' >/dev/null
series paged 2026-11-16T09:00:00+01:00 2026-11-16T10:00:00+01:00 \
	'["RRULE:FREQ=YEARLY;BYMONTH=11;BYWEEKNO=47;BYDAY=MO"]' \
	'"emulatorInstances":["2026-11-16T09:00:00","2026-11-17T09:00:00","2026-11-18T09:00:00"]'
works 'the provider lists page by page, some of them empty' sync
is 'nothing is missing' "$(of paged expansion) $(of paged cut) $(slots paged)" \
	'provider false 11-16T08:00 11-17T08:00 11-18T08:00'
control DELETE fault >/dev/null
control POST options '{"page_max_bytes":0}' >/dev/null
series refused 2026-11-16T09:00:00+01:00 2026-11-16T10:00:00+01:00 '["RRULE:FREQ=YEARLY;BYWEEKNO=47"]'
control POST fault '{"kind":"status","status":404,"reason":"notFound","match":"/instances"}' >/dev/null
works 'the provider does not tell' sync
is 'the series is marked, with the reason' "$(of refused expansion) $(of refused reason)" \
	'unexpanded not-found'
is 'and stands in the agenda once' "$(agenda refused)" 'series:1'
control DELETE fault >/dev/null
works 'a poll goes on as ever' sync
is 'and does not ask again' "$(of refused expansion)" unexpanded
sql "UPDATE calendar_series SET expanded_to = expanded_to - interval '1 day'
	WHERE reason = 'not-found'"
works 'a day later' sync
is 'it is asked again' "$(of refused expansion) $(agenda refused)" 'provider occurrence:2'

# --- a walk drops what waits -------------------------------------------------
series late 2026-11-16T09:00:00+01:00 2026-11-16T10:00:00+01:00 \
	'["RRULE:FREQ=YEARLY;BYWEEKNO=47"]' '"emulatorInstances":["2026-11-16T09:00:00"]'
control POST fault '{"kind":"status","status":503,"match":"/instances","count":30}' >/dev/null
call sync --max-time 1s
is 'instances that cannot be read now wait' "$(of late expansion)" asked
control DELETE fault >/dev/null
works 'everything is walked anew' sync --full
is 'and they are asked for again' "$(of late expansion) $(slots late)" 'provider 11-16T08:00'
same 'after the walk'

# --- one series that the provider stumbles over, while it answers for others ----
control POST fault '{"kind":"status","status":500,"match":"/instances"}' >/dev/null
series never 2026-11-17T09:00:00+01:00 2026-11-17T10:00:00+01:00 \
	'["RRULE:FREQ=YEARLY;BYWEEKNO=47"]' '"emulatorInstances":["2026-11-17T09:00:00"]'
event "{\"account\":\"$ana\",\"op\":\"create\",\"body\":{\"id\":\"fresh\",
	\"start\":{\"dateTime\":\"2026-11-21T09:00:00Z\"},
	\"end\":{\"dateTime\":\"2026-11-21T10:00:00Z\"}}}"
call sync
is 'where instances never can be read, the series is marked' "$status $(of never expansion)" '0 unexpanded'
like 'with the reason' "$(of never reason)" unavailable
is 'and what is new is there' "$(agenda fresh)" single:1
control DELETE fault >/dev/null
event "{\"account\":\"$ana\",\"op\":\"delete\",\"id\":\"never\"}"
works 'it goes' sync

# --- time goes by -------------------------------------------------------------
series forever 2025-01-06T09:00:00+01:00 2025-01-06T10:00:00+01:00 '["RRULE:FREQ=WEEKLY"]'
works 'an endless series' sync
move_clock "$offset"
sql "ALTER DATABASE agenda SET sluice.clock_offset = '$(sql "SELECT interval '$offset' + interval '40 days'")'"
control POST clock '{"advance_s":3456000}' >/dev/null
control POST stats/reset >/dev/null
works 'forty days later' sync
is 'the window has moved' "$(sql "SELECT DISTINCT (expanded_from AT TIME ZONE 'UTC')::date || ' ' ||
		(expanded_to AT TIME ZONE 'UTC')::date FROM calendar_series
	WHERE expansion = 'local'")" '2024-12-01 2028-01-01'
is 'up to its end' "$(sql "SELECT max(starts_at) >= '2027-12-27' FROM calendar_agenda
	WHERE source_id = 'forever'")" t
is 'and only for what is not expanded here the provider was asked' \
	"$(routes events.instances)" "$(sql "SELECT count(*) FROM calendar_series
		WHERE expansion IN ('provider', 'unexpanded')")"
sql "UPDATE calendar_series SET zones_version = '1970a' WHERE expansion = 'local';
	DELETE FROM calendar_occurrences o USING artifacts a WHERE a.id = o.artifact_id
		AND a.source_id = 'forever'"
works 'the rules of the zones changed' sync
is 'everything is expanded anew' "$(sql "SELECT count(*) FROM calendar_series
	WHERE zones_version = '1970a'") $(agenda forever)" "0 occurrence:$(sql "SELECT count(*)
	FROM generate_series(timestamptz '2025-01-06 08:00Z', timestamptz '2027-12-31',
		interval '7 days')")"
works 'a poll after that' sync
before=$(written)
works 'and one more' sync
is 'writes nothing' "$(written)" "$before"

summary
