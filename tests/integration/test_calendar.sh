#!/usr/bin/env bash
# A calendar must mean in the database what it means at the provider: after a
# first sync, after changes, after an expired token, after a kill. The emulator
# tells the truth (ids and kinds); sets are compared in SQL.
# shellcheck source=tests/integration/cli_kit.bash
. "$(dirname "$0")/cli_kit.bash"

ana=ana@example.com

# Load the provider's truth, to be compared with what was stored.
load_truth() { # ACCOUNT
	sql 'DROP TABLE IF EXISTS truth; CREATE TABLE truth (j jsonb)' 2>/dev/null
	control GET "truth?account=$1" |
		psql -Xq -v ON_ERROR_STOP=1 -c \
			"COPY truth FROM STDIN (FORMAT csv, QUOTE E'\x01', DELIMITER E'\x02')"
}
# Ids that one side has and the other has not, over the calendars pulled.
difference() { # ACCOUNT
	load_truth "$1"
	sql "WITH pulled AS (
		SELECT s.key FROM sync_state s JOIN user_integrations i
			ON i.id = s.integration_id
		WHERE i.account = '$1' AND s.kind = 'events' AND s.enabled
			AND s.state <> 'closed'
	), want AS (
		SELECT j->>'calendar' AS key, j->>'id' AS id FROM truth
		WHERE j->>'kind' <> 'cancelled_instance'
			AND j->>'eventType' IN ('default', 'fromGmail')
			AND j->>'calendar' IN (SELECT key FROM pulled)
	), have AS (
		SELECT a.stream_key, a.source_id FROM artifacts a
		JOIN user_integrations i ON i.id = a.integration_id
		WHERE i.account = '$1' AND a.deleted_at IS NULL
			AND a.stream_key IN (SELECT key FROM pulled)
	)
	SELECT 'missing ' || count(*) FILTER (WHERE h.source_id IS NULL) ||
		' extra ' || count(*) FILTER (WHERE w.id IS NULL)
	FROM want w FULL JOIN have h ON h.stream_key = w.key AND h.source_id = w.id"
}
same() { is "$1: the same ids on both sides" "$(difference $ana)" 'missing 0 extra 0'; }
# Changes when any artifact row is written.
rows() { sql "SELECT md5(string_agg(id::text || xmin::text, ',' ORDER BY id)) FROM artifacts"; }
xid() { sql 'SELECT pg_current_xact_id()::text'; }
field() { sed -n "s/.*\"$2\":\([^,}]*\).*/\1/p" <<<"$1" | tr -d '"'; }
event() { control POST event "$1" >/dev/null; }
some_id() { # kind
	sql "SELECT source_id FROM artifacts WHERE deleted_at IS NULL
		AND stream_key = '$ana' AND metadata->>'recurrence_kind' = '$1'
		AND occurred_at > now() - interval '300 days'
		ORDER BY source_id LIMIT 1"
}

start_emulator --seed 11 --account "$ana:400:mix" --account empty@example.net:0:mix
migrated_database calendar
sql 'ALTER SYSTEM SET autovacuum = off' # it takes transaction ids
sql 'SELECT pg_reload_conf()' >/dev/null
new_keys "$work/keys"
export SLUICE_KEY_FILE="$work/keys"
client_file "$work/client.json"
works 'setup' setup google --client-file "$work/client.json"
works 'user' user add --email $ana
connect $ana
is 'connected' "$status" 0

# --- the first sync ------------------------------------------------------
control POST stats/reset '{}' >/dev/null
works 'first sync' sync --json
like 'with good manners: gzip is asked for as Google wants it' \
	"$(control GET stats)" '"violations":\{\}'
is 'it walks everything' "$(field "$out" mode)" full
same 'first sync'
streams=$(sql "SELECT count(*) FROM sync_state WHERE enabled AND state <> 'closed'")
like 'calendars nobody would want are off, with a reason' \
	"$(sql "SELECT string_agg(DISTINCT disabled_reason, ' ' ORDER BY disabled_reason)
		FROM sync_state WHERE NOT enabled")" \
	'birthdays.*free-busy-only.*hidden.*holiday.*not-selected'
is 'cancelled instances are kept as tombstones, linked to their series' \
	"$(sql "SELECT count(*) > 0 AND bool_and(parent_source_id IS NOT NULL
			AND deleted_reason = 'cancelled')
		FROM artifacts WHERE metadata->>'recurrence_kind' = 'cancelled_instance'")" t
is 'exceptions know their series and their slot' \
	"$(sql "SELECT count(*) > 0 AND bool_and(parent_source_id IS NOT NULL AND
			coalesce(original_start_at::text, original_start_date::text) IS NOT NULL)
		FROM artifacts WHERE metadata->>'recurrence_kind' = 'exception'")" t
is 'all-day events are dates with an exclusive end' \
	"$(sql "SELECT count(*) > 0 AND bool_and(end_date > start_date)
		FROM artifacts WHERE all_day AND deleted_at IS NULL")" t
is 'every timed event keeps its zone name' \
	"$(sql "SELECT count(DISTINCT time_zone) > 3 FROM artifacts WHERE NOT all_day")" t

# --- people --------------------------------------------------------------
is 'one self contact, with the own address' \
	"$(sql "SELECT count(*) || ' ' || string_agg(e.address_norm, ',') FROM contacts c
		JOIN contact_emails e ON e.contact_id = c.id WHERE c.is_self_contact")" "1 $ana"
# The policy written once more, in SQL: who must be a contact by the user's
# own answer, and who may be (an unanswered invitation of a contact).
people="WITH own AS (
	SELECT e.address_norm FROM contacts c JOIN contact_emails e ON e.contact_id = c.id
	WHERE c.is_self_contact
), meeting AS (
	SELECT a.id, bool_or(p.role = 'organizer' AND own.address_norm IS NOT NULL) AS organises,
		max(p.response) FILTER (WHERE own.address_norm IS NOT NULL) AS answer,
		max(p.value_norm) FILTER (WHERE p.role = 'organizer') AS organizer,
		count(*) FILTER (WHERE p.is_person) AS people
	FROM artifacts a JOIN artifact_participants p ON p.artifact_id = a.id
	LEFT JOIN own ON own.address_norm = p.value_norm
	WHERE a.deleted_at IS NULL AND a.occurred_at <= now()
		AND NOT a.participants_incomplete
	GROUP BY a.id
), guest AS (
	SELECT DISTINCT p.value_norm, m.organises OR m.answer IN ('accepted', 'tentative') AS sure,
		m.answer = 'needsAction' AND EXISTS (SELECT FROM contact_emails e
			WHERE e.address_norm = m.organizer) AS maybe
	FROM meeting m JOIN artifact_participants p ON p.artifact_id = m.id
	WHERE m.people <= 25 AND p.is_person AND p.value_norm IS NOT NULL
		AND p.value_norm NOT IN (SELECT address_norm FROM own)
), known AS (
	SELECT e.address_norm FROM contact_emails e JOIN contacts c ON c.id = e.contact_id
	WHERE NOT c.is_self_contact
)"
is 'everybody the user met is a contact' "$(sql "$people
	SELECT count(*) FROM guest WHERE (sure OR maybe) AND value_norm NOT IN (SELECT address_norm FROM known)")" 0
is 'nobody else is' "$(sql "$people
	SELECT count(*) FROM known WHERE address_norm NOT IN (SELECT value_norm FROM guest WHERE sure OR maybe)")" 0
is 'and they are many' "$(sql "$people SELECT count(*) > 20 FROM known")" t
is 'rooms and groups are nobody' "$(sql "SELECT count(*) FROM contact_emails
	WHERE address_norm LIKE '%calendar.google.com'")" 0

# --- nothing new ---------------------------------------------------------
before=$(rows)
control POST stats/reset >/dev/null
at=$(xid)
SLUICE_QUOTA=off works 'second sync' sync --json # a chunk of it would be a third
is 'no artifact row is written' "$(rows)" "$before"
is 'one request a stream' "$(requests)" "$streams"
is 'one transaction to begin, one to end' "$(($(xid) - at - 1))" 2
is 'nothing is counted as changed' "$(field "$out" created)$(field "$out" updated)$(field "$out" deleted)" 000
works 'third sync' sync
is 'no-change runs share one log row' "$(sql "SELECT runs FROM sync_logs ORDER BY started_at DESC LIMIT 1")" 2

# --- changes -------------------------------------------------------------
single=$(some_id single) series=$(some_id master)
event "{\"account\":\"$ana\",\"op\":\"create\",\"body\":{\"id\":\"newevent1\",\"summary\":\"New & shiny\",
	\"start\":{\"dateTime\":\"2026-11-10T10:00:00+01:00\",\"timeZone\":\"Europe/Madrid\"},
	\"end\":{\"dateTime\":\"2026-11-10T11:00:00+01:00\",\"timeZone\":\"Europe/Madrid\"},
	\"organizer\":{\"email\":\"$ana\",\"self\":true},
	\"attendees\":[{\"email\":\"$ana\",\"self\":true,\"organizer\":true,\"responseStatus\":\"accepted\"},
		{\"email\":\"Brand.New@Example.ORG\",\"displayName\":\"Brand New\",\"responseStatus\":\"needsAction\"}]}}"
event "{\"account\":\"$ana\",\"op\":\"update\",\"id\":\"$single\",\"body\":{\"summary\":\"Renamed\"}}"
works 'incremental sync' sync --json
is 'it asks for the change alone' "$(field "$out" mode) $(field "$out" created) $(field "$out" updated)" 'incremental 1 1'
same 'changes'
is 'the new title is there' "$(sql "SELECT title FROM artifacts WHERE source_id = '$single'")" Renamed
is 'whom the user met is a contact, the address kept as written' \
	"$(sql "SELECT c.display_name || ' ' || e.address || ' ' || e.address_norm FROM contacts c
		JOIN contact_emails e ON e.contact_id = c.id WHERE e.address_norm = 'brand.new@example.org'")" \
	'Brand New Brand.New@Example.ORG brand.new@example.org'
event "{\"account\":\"$ana\",\"op\":\"cancel\",\"id\":\"newevent1\"}"
event "{\"account\":\"$ana\",\"op\":\"cancel\",\"id\":\"$series\"}"
works 'cancellations' sync --json
is 'a cancelled event is a tombstone that keeps its content' \
	"$(sql "SELECT deleted_reason || ' ' || title FROM artifacts WHERE source_id = 'newevent1'")" 'cancelled New & shiny'
event "{\"account\":\"$ana\",\"op\":\"update\",\"id\":\"newevent1\",\"body\":{\"summary\":\"Back again\"}}"
works 'restored' sync
is 'an event that lives again is restored' \
	"$(sql "SELECT (deleted_at IS NULL)::text || ' ' || title FROM artifacts WHERE source_id = 'newevent1'")" 'true Back again'
event "{\"account\":\"$ana\",\"op\":\"random\",\"count\":120,\"seed\":5}"
works 'a storm of changes' sync
# A deleted series takes its exceptions along without naming them.
same 'storm'
works 'a full walk' sync --full --json
is 'finds nothing more' "$(field "$out" created)$(field "$out" updated)$(field "$out" deleted)" 000
same 'after the walk'

# --- the token expires ---------------------------------------------------
before=$(rows)
control POST expire "{\"account\":\"$ana\",\"what\":\"sync_tokens\"}" >/dev/null
control POST expire "{\"account\":\"$ana\",\"what\":\"list_token\"}" >/dev/null
works '410 everywhere' sync --json
is 'everything is walked again' "$(field "$out" mode)" full
is 'and not one row is written' "$(rows)" "$before"
same '410'
works 'then changes again' sync --json
is 'incremental again' "$(field "$out" mode)" incremental
gone=$(some_id single)
event "{\"account\":\"$ana\",\"op\":\"purge\",\"id\":\"$gone\"}"
control POST expire "{\"account\":\"$ana\",\"what\":\"sync_tokens\"}" >/dev/null
works 'a walk finds what vanished without a word' sync
is 'it is swept' "$(sql "SELECT deleted_reason FROM artifacts WHERE source_id = '$gone'")" not-listed
same 'sweep'

# --- the breaker ---------------------------------------------------------
control POST expire "{\"account\":\"$ana\",\"what\":\"sync_tokens\",\"calendar\":\"primary\"}" >/dev/null
live=$(sql "SELECT count(*) FROM artifacts WHERE deleted_at IS NULL")
control POST fault '{"kind":"body_patch","match":"/calendars/primary/events","not_query":"syncToken","patch":{"items":[]}}' >/dev/null
works 'a provider that suddenly lists nothing' sync --json
control DELETE fault >/dev/null
is 'loses nobody a single event' "$(sql "SELECT count(*) FROM artifacts WHERE deleted_at IS NULL")" "$live"
is 'the deletions wait' "$(sql "SELECT sweep_state || ' ' || (pending_deletions > 50) FROM sync_state WHERE key = '$ana'")" 'held true'
call status
like 'and status says so' "$out" '[0-9]+ deletions held back'
works 'a good walk clears them' sync --full
is 'nothing waits any more' "$(sql "SELECT sweep_state || ' ' || pending_deletions FROM sync_state WHERE key = '$ana'")" 'none 0'
same 'after the breaker'

# --- hostile items in the middle of a good page --------------------------
event "{\"account\":\"$ana\",\"op\":\"create\",\"body\":{\"id\":\"neighbour1\",\"summary\":\"Left\"}}"
event "{\"account\":\"$ana\",\"op\":\"create\",\"body\":{\"id\":\"neighbour2\",\"summary\":\"Right\"}}"
control POST fault '{"kind":"items","match":"/calendars/primary/events","query":"syncToken","count":1,"items":[
	"{\"id\":\"hostile-nul\",\"summary\":\"a\\u0000b \\ud800 c\",\"start\":{\"dateTime\":\"2026-11-01T10:00:00Z\"},\"end\":{\"dateTime\":\"2026-11-01T11:00:00Z\"}}",
	"{\"id\":\"hostile-date\",\"summary\":\"x\",\"start\":{\"dateTime\":\"0000-02-30T99:00:00Z\"},\"end\":{\"date\":\"2026-13-01\"},\"sequence\":99999999999999999999}",
	"{\"id\":17,\"summary\":\"number as id\"}", "\"not an object\""]}' >/dev/null
works 'hostile items' sync
control DELETE fault >/dev/null
is 'their neighbours are stored' "$(sql "SELECT count(*) FROM artifacts WHERE source_id LIKE 'neighbour_'")" 2
is 'NUL and lone surrogates are repaired' "$(sql "SELECT title FROM artifacts WHERE source_id = 'hostile-nul'")" 'a�b � c'
is 'an impossible date is kept as sent, untyped' \
	"$(sql "SELECT (occurred_at IS NULL)::text || ' ' || (metadata::text LIKE '%0000-02-30T99%') FROM artifacts WHERE source_id = 'hostile-date'")" 'true true'
is 'what has no id is quarantined with its raw bytes' \
	"$(sql "SELECT count(*) || ' ' || bool_and(octet_length(raw) > 0) FROM sync_items WHERE state = 'quarantined'")" '2 true'
works 'the cursor has moved' sync --json
is 'nothing is read twice' "$(field "$out" fetched)" 0

# --- one calendar in trouble ---------------------------------------------
team=$(sql "SELECT key FROM sync_state WHERE enabled AND kind = 'events' AND key <> '$ana' ORDER BY key LIMIT 1")
control POST calendar "{\"account\":\"$ana\",\"calendar\":\"$team\",\"op\":\"change\",\"deny\":403}" >/dev/null
event "{\"account\":\"$ana\",\"op\":\"create\",\"body\":{\"id\":\"meanwhile1\",\"summary\":\"Meanwhile\"}}"
call sync --json
is 'a calendar that answers 403 fails the run in part' "$status $(field "$out" status)" '1 partial'
is 'the others go on' "$(sql "SELECT count(*) FROM artifacts WHERE source_id = 'meanwhile1'")" 1
is 'its row says why' "$(sql "SELECT last_error_class || ' ' || last_error_scope FROM sync_state WHERE key = '$team'")" 'rejected stream'
control POST calendar "{\"account\":\"$ana\",\"calendar\":\"$team\",\"op\":\"change\",\"deny\":0}" >/dev/null
works 'it comes back' sync
is 'and its row is clean' "$(sql "SELECT coalesce(last_error_class, 'well') FROM sync_state WHERE key = '$team'")" well
works 'a calendar switched off' streams --user $ana --disable "$team"
control POST stats/reset >/dev/null
works 'sync without it' sync
is 'it is not asked for' "$(requests)" "$((streams - 1))"
works 'and on again' streams --user $ana --enable "$team"
control POST calendar "{\"account\":\"$ana\",\"calendar\":\"$team\",\"op\":\"remove\"}" >/dev/null
works 'a calendar disappears' sync
is 'its stream is closed, its past stays' \
	"$(sql "SELECT s.state || ' ' || (SELECT count(*) > 0 FROM artifacts a WHERE a.stream_key = s.key AND a.deleted_at IS NULL)
		FROM sync_state s WHERE s.key = '$team'")" 'closed true'

# --- trouble on the wire: the run gets over it ----------------------------
for fault in '"kind":"cut"' '"kind":"cut_gzip"' '"kind":"html"' '"kind":"reset"' \
	'"kind":"status","status":500' '"kind":"status","status":401' \
	'"kind":"status","status":429,"headers":{"Retry-After":"1"}' '"kind":"gzip_bomb","mb":64'; do
	control POST fault "{$fault,\"match\":\"/calendars/\",\"count\":1}" >/dev/null
	works "once {$fault}" sync
	control DELETE fault >/dev/null
done
sql "DELETE FROM artifacts WHERE source_id LIKE 'hostile-%'" # the truth knows none
same 'after all that'
is 'no page was lost or doubled' "$(sql "SELECT count(*) FROM (SELECT 1 FROM artifacts
	GROUP BY integration_id, stream_key, source_id HAVING count(*) > 1) d")" 0

# --- a lower bound ---------------------------------------------------------
sql "UPDATE user_integrations SET settings = '{\"since\":\"2026-01-01\"}'"
old=$(sql "SELECT count(*) FROM artifacts WHERE deleted_at IS NULL AND ends_at < '2026-01-01' AND reach_at < '2026-01-01'")
works 'a lower bound is set' sync --json
is 'that is a new walk' "$(field "$out" mode)" full
is 'what lies before it is left alone' \
	"$(sql "SELECT count(*) FROM artifacts WHERE deleted_at IS NULL AND ends_at < '2026-01-01' AND reach_at < '2026-01-01'")" "$old"
is 'and there was something' "$((old > 0))" 1
sql "UPDATE user_integrations SET settings = '{\"since\":\"soon\"}'"
call sync
is 'a setting that makes no sense' "$status" 1
like 'is named' "$out$err" 'since'
sql "UPDATE user_integrations SET settings = '{}'"
works 'and mended' sync
summary
