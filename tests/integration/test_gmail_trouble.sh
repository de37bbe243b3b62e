#!/usr/bin/env bash
# A mailbox in trouble: its history is lost, messages vanish between listing
# and reading, one cannot be mapped, a run is stopped, two meet, Google refuses
# all of Gmail. What is whole stays whole, the calendar of the same consent
# goes on, and everybody is told what is to be done.
# shellcheck source=tests/integration/fault_kit.bash
. "$(dirname "$0")/fault_kit.bash"

bo=bo@example.org
export SLUICE_QUOTA=off LC_ALL=C
field() { sed -n "s/.*\"$2\":\"\{0,1\}\([^,\"}]*\).*/\1/p" <<<"$1"; }
mail() { control POST mail "{\"account\":\"$ana\",\"op\":\"$1\"${2:-}}"; }
fault() { control POST fault "{$1}" >/dev/null; }
fair() { control DELETE fault >/dev/null; }
requests() { control GET stats | sed 's/.*"requests":\([0-9]*\).*/\1/'; }
units() { control GET stats | sed "s/.*\"$ana\":{\"units\":\([0-9]*\).*/\1/"; }
mailbox() { # ACCOUNT: the ids that are live here
	sql "SELECT source_id FROM artifacts a JOIN user_integrations i ON i.id = a.integration_id
		WHERE type = 'email' AND deleted_at IS NULL AND i.account = '$1'" | sort
}
whole() { # title [ACCOUNT [query]]
	is "$1: the same ids on both sides" \
		"$(diff <(mailbox "${2:-$ana}") <(control GET "mail?account=${2:-$ana}&ids=1${3:-}" | sort) | head -n 4)" ''
}
one() { sql "SELECT $1 FROM artifacts WHERE source_id = '$2'"; }
written() { sql "SELECT md5(string_agg(source_id || xmin::text, ',' ORDER BY source_id)) FROM artifacts"; }
run() { # title [ARGS...]
	local title=$1
	shift
	works "$title" sync --provider gmail --json --user $ana "$@"
}

start_emulator --seed 8 --account "$ana:20:1" --mailbox "$ana:120:3" --mailbox "$bo:40:1.6"
migrated_database trouble
new_keys "$work/keys"
export SLUICE_KEY_FILE="$work/keys"
client_file "$work/client.json"
sluice setup google --client-file "$work/client.json" >/dev/null 2>&1
for who in $ana $bo; do
	sluice user add --email $who >/dev/null
	connector=google connect $who --account $who
	is "one consent of $who" "$status" 0
done
is 'is one for calendar and mail' "$(sql "SELECT string_agg(provider || ' ' || status, ', ' ORDER BY provider)
	FROM user_integrations WHERE account = '$ana'")" 'gmail connected, google_calendar connected'

# --- a dry run, then the run; stopped, and two at once ---------------------------
control POST options '{"mail_page_max":25}' >/dev/null
works 'a dry run' sync --dry-run --provider gmail --user $ana --pages 1000 --json
dry=$(grep '"created"' <<<"$out" | tail -n 1)
is 'stores nothing' "$(mailbox $ana)" ''
control POST options '{"latency_ms":40}' >/dev/null
started 12 sync --provider gmail --user $ana
kill -INT "$run_pid"
ended 20
is 'Ctrl-C ends it' "$status" 130
started 3 sync --provider gmail --user $ana
call sync --due --provider gmail --user $ana
is 'cron leaves a busy mailbox alone' "$status" 0
works 'a person waits for it' sync --provider gmail --user $ana
ended 20
is 'the first one is not disturbed' "$status" 0
control POST options '{"latency_ms":0}' >/dev/null
whole 'stopped, and two at once'
is 'as many as the dry run told' "$(sql "SELECT count(*) FROM artifacts a JOIN user_integrations i
	ON i.id = integration_id WHERE type = 'email' AND account = '$ana'")" "$(field "$dry" created)"
before="$(requests) $(units)" rows=$(written)
run 'once more'
is 'is one request of 2 units' "$(($(requests) - ${before% *})) $(($(units) - ${before#* }))" '1 2'
is 'and writes no artifact' "$(written)" "$rows"

# --- somebody else with the same people -------------------------------------------
yesterday=$(date -u -d yesterday +%F)
sql "UPDATE user_integrations SET settings = '{\"since\":\"$yesterday\"}' WHERE account = '$bo' AND provider = 'gmail'"
works 'another mailbox, not all of it' sync --user $bo
whole 'since yesterday' $bo "&since=$(date -u -d "$yesterday" +%s)"
is 'that is not all' "$(($(mailbox $bo | wc -l) < $(control GET "mail?account=$bo&ids=1" | wc -l)))" 1
sql "UPDATE user_integrations SET settings = '{}' WHERE account = '$bo' AND provider = 'gmail'"
works 'another mailbox, all of it' sync --user $bo
whole 'another mailbox' $bo
whole 'this one' $ana
is 'no contact is two users'"'" "$(sql "SELECT count(*) FROM contact_emails e
	JOIN contacts c ON c.id = e.contact_id WHERE c.user_id <> e.user_id")" 0

# --- a history of many pages -------------------------------------------------------
control POST options '{"mail_page_max":4}' >/dev/null
mail random ',"count":80,"seed":21' >/dev/null
before=$(requests)
run 'a history of many pages'
is 'it was many' "$(($(requests) - before > 15))" 1
whole 'a history of many pages'
control POST options '{"mail_page_max":0}' >/dev/null

# --- gone between the listing and the reading --------------------------------------
id=$(field "$(mail add ',"from":"lee@example.org","subject":"Gone","text":"x"')" id)
fault '"kind":"status","status":404,"reason":"notFound","match":"/messages/'"$id"'"'
run 'gone since it was told'
is 'is no error' "$(field "$out" status) $(field "$out" quarantined)" 'ok 0'
is 'and no message' "$(one 'count(*) FILTER (WHERE deleted_at IS NULL)' "$id")" 0
fair
mail delete ",\"id\":\"$id\"" >/dev/null
run 'and it is'
whole 'gone since it was told'

# --- the history is lost, and with it a deletion and an addition ---------------------
gone=$(field "$(mail add ',"from":"lee@example.org","subject":"In the gap","text":"x"')" id)
run 'before the gap'
mail delete ",\"id\":\"$gone\"" >/dev/null
mail random ',"count":20,"seed":22' >/dev/null
came=$(field "$(mail add ',"from":"lee@example.org","subject":"In the gap","text":"y"')" id)
control POST expire "{\"account\":\"$ana\",\"what\":\"history\"}" >/dev/null
run 'a gap'
run 'after the gap'
whole 'a gap'
is 'what was deleted in it is gone' "$(one 'deleted_at IS NOT NULL' "$gone")" t
is 'what came in it is here' "$(one content "$came" | tr -d '\r\n')" y

# The clock was a year ahead when the mailbox was walked, and went back.
ahead() { sql "UPDATE sync_state SET $1 = $1 + interval '1 year' WHERE kind = 'backfill'
	AND integration_id = (SELECT id FROM user_integrations WHERE account = '$ana' AND provider = 'gmail')"; }
ahead walk_started_at
sql "UPDATE artifacts SET synced_at = synced_at + interval '1 year' WHERE source_id = '$came'"
mail delete ",\"id\":\"$came\"" >/dev/null
came=$(field "$(mail add ',"from":"lee@example.org","subject":"By another clock","text":"z"')" id)
control POST expire "{\"account\":\"$ana\",\"what\":\"history\"}" >/dev/null
run 'a gap, and a walk of next year'
run 'walked anew'
whole 'walked anew'
is 'what came in it is here' "$(one title "$came")" 'By another clock'
# What is asked for counts as asked for a second ago, so the last walk is older.
sql "UPDATE sync_state SET rewalk_at = now(), walk_started_at = walk_started_at - interval '1 minute'
	WHERE kind = 'backfill'"
ahead rewalk_at
before=$(requests)
run 'a walk that was asked for next year'
is 'is made' "$(field "$out" mode) $(($(requests) - before > 1))" 'full 1'
before=$(requests)
run 'once'
is 'and no more' "$(($(requests) - before))" 1

# --- full, since ------------------------------------------------------------------
rows=$(written) before=$(requests)
run 'everything again' --full
is 'reads no message that is known' "$(($(requests) - before < 12))" 1
whole 'everything again'
is 'and writes none' "$(written)" "$rows"

# --- one cannot be mapped ----------------------------------------------------------
id=$(field "$(mail add ',"from":"odd@example.org","subject":"Odd","text":"x"')" id)
other=$(field "$(mail add ',"from":"even@example.org","subject":"Even","text":"x"')" id)
fault '"kind":"body_patch","match":"/messages/'"$id"'","patch":{"internalDate":"soon","payload":7}'
call sync --provider gmail --user $ana --json
is 'one that cannot be mapped is kept apart' "$(field "$out" quarantined)" 1
is 'its neighbour is stored' "$(one title "$other")" Even
works 'what is kept apart is shown' status --quarantined
like 'by its id' "$out" "$id"
fair
works 'an audit knows why it is missing' audit --user $ana --provider gmail --json
is 'it is in quarantine' "$(field "$out" missing) $(field "$out" quarantined)" '0 1'
works 'a full walk reads it again' sync --full --user $ana --provider gmail
is 'and it is stored' "$(one title "$id")" Odd
whole 'read again'

# --- audit, explain ------------------------------------------------------------------
works 'an audit finds nothing' audit --user $ana --provider gmail --json
sql "DELETE FROM artifacts WHERE source_id = '$other'"
call audit --user $ana --provider gmail --json
is 'an audit finds what is missing' "$status" 1
like 'by its id' "$out" "\"missing\".*$other|$other.*\"missing\""
works 'and reads it again' audit --repair --user $ana --provider gmail
is 'it is here' "$(one title "$other")" Even
whole 'audited'
works 'a message is explained' explain "$other" --user $ana
like 'by its subject' "$out" 'Even'
works 'a person is explained' explain even@example.org --user $ana
like 'who wrote, and was never written to' "$out" 'even@example.org'

# --- what a message may hold, each between two good ones ------------------------------
added() { field "$(mail add ",$1")" id; }
letters() { head -c "$1" /dev/zero | tr '\0' x; }
first=$(added '"from":"lee@example.org","subject":"First","text":"x"')
raw=$(added '"from":"raw@example.org","subject":"Raw","text":"x"')
# the escapes of NUL and of half a pair, as no JSON writer would write them
body='{"id":"'$raw'","threadId":"'$raw'","historyId":"7","internalDate":"1795000000000","labelIds":["INBOX"],
	"snippet":"\u0000","payload":{"mimeType":"text/plain","headers":[{"name":"From","value":"raw@example.org"},
	{"name":"Subject","value":"NUL \u0000, half \ud800."}],"body":{"size":1,"data":"eA=="}}}'
fault '"kind":"status","status":200,"match":"/messages/'"$raw"'","body":"'"$(tr -d '\n\t' <<<"$body" | sed 's/[\\"]/\\&/g')"'"'
long=$(added "\"from\":\"lee@example.org\",\"subject\":\"$(letters 100000)\",\"text\":\"x\",\"headers\":{\"Message-ID\":\"<$(letters 5000)@x>\"}")
words=$(printf '%06d ' $(seq 200000)) # of which no index over its words could be made
printf '{"account":"%s","op":"add","from":"lee@example.org","subject":"Words","text":"%s"}' "$ana" "$words" >"$work/words.json"
many=$(field "$(curl -fsS -H 'Content-Type: application/json' -d "@$work/words.json" "$google/_control/mail")" id)
crowd=$(added "\"from\":\"lee@example.org\",\"subject\":\"Crowd\",\"text\":\"x\",\"to\":[$(
	printf '"crowd%d@example.org",' $(seq 300) | sed 's/,$//')]")
one=$(added '"from":"a@example.org","subject":"A loop","text":"one","headers":{"Message-ID":"<same@x>","References":"<same@x> <other@x>","In-Reply-To":"<same@x>"}')
two=$(added '"from":"b@example.org","subject":"A loop","text":"two","headers":{"Message-ID":"<same@x>","References":"<other@x> <same@x>"}')
odd=$(added "\"from\":\"\\\"a@b\\\" (who?) <odd.one@example.org>\",\"subject\":\"Addresses\",\"text\":\"x\",
	\"to\":\"Team: lee@example.org, <broken@, \\\"x@y\\\"@example.org, \u7528\u6237@\u4f8b\u5b50.example, ok@example.net;\",
	\"cc\":\"$(letters 130000)\"")
charset=$(added '"from":"lee@example.org","subject":"Charset","charset":"x-unknown","body_b64":"Y2Fm6SD//v8="')
script=$(added '"from":"lee@example.org","subject":"<script>alert(1)</script>'"'"'; DROP TABLE x; --\u001b[31m =1+1","text":"=HYPERLINK(1)"')
last=$(added '"from":"lee@example.org","subject":"Last","text":"x"')
run '80 to 96, mail: the run is well'
is '80 to 96: and nothing is kept apart' "$(field "$out" status) $(field "$out" quarantined)" 'ok 0'
fair
whole '80 to 96, mail: all of it is here, the good ones too'
is '80 to 96: the neighbours' "$(one title "$first") $(one title "$last")" 'First Last'
is '80, 81: NUL and half a pair are marked' "$(one title "$raw")" 'NUL �, half �.'
is '85: a subject without end is cut at 64 KiB, a Message-ID is whole' "$(one 'length(title)' "$long") $(one "metadata::text LIKE '%xxxx@x%'" "$long")" '65536 t'
is '85: a text of more words than an index takes' "$(one 'length(rtrim(content))' "$many")" 1399999
is '86: three hundred people, and none of them a contact' "$(sql "SELECT count(*) FROM artifact_participants p JOIN artifacts a ON a.id = p.artifact_id
	WHERE a.source_id = '$crowd' AND value_norm LIKE 'crowd%'") $(sql "SELECT count(*) FROM contact_emails WHERE address_norm LIKE 'crowd%'")" '300 0'
is '93: one Message-ID, two messages, a loop' "$(one "rtrim(content, E'\r\n')" "$one") $(one "rtrim(content, E'\r\n')" "$two")" 'one two'
is '94: addresses that are one are known, others as written' "$(sql "SELECT string_agg(value_norm, ' ' ORDER BY value_norm) FROM artifact_participants p
	JOIN artifacts a ON a.id = p.artifact_id WHERE a.source_id = '$odd' AND value_norm ~ '^(lee|ok|odd.one)@'")" 'lee@example.org odd.one@example.org ok@example.net'
is '95: a charset that nobody knows' "$(one "content LIKE 'caf%'" "$charset")" t
is '96: markup and commands are text' "$(one "title LIKE '<script>%DROP TABLE%=1+1'" "$script")" t
works '96: it is told' explain "$script" --user $ana
unlike '96: without a control character' "$out" $'[\001-\010\013-\037\177]'

# --- Google locks the mailbox ---------------------------------------------------------
mail add ',"from":"lee@example.org","subject":"Behind the lock","text":"x"' >/dev/null
fault '"kind":"status","status":429,"reason":"rateLimitExceeded","deadline_s":900,"match":"/gmail/"'
call sync --user $ana --provider gmail
is 'a locked mailbox fails the run' "$status" 1
is 'its deadline is kept' "$(sql "SELECT c.not_before BETWEEN now() + interval '14 min' AND now() + interval '16 min'
	FROM sluice.schedule c JOIN user_integrations i ON i.id = c.integration_id
	WHERE i.account = '$ana' AND i.provider = 'gmail'")" t
fair
before=$(requests)
call sync --user $ana --provider gmail
is 'a person is told' "$status $(grep -c 'wants no requests .* before 2' <<<"$out$err")" '1 1'
call sync --due --user $ana --provider gmail
is 'cron leaves it alone' "$status" 0
call sync --dry-run --user $ana --provider gmail
is 'and none of them asked' "$(($(requests) - before))" 0
sql "UPDATE sluice.schedule SET not_before = now() - interval '1 second'" >/dev/null
run 'when it is over'
whole 'when it is over'

# --- a mailbox that takes longer than cron's run may, with quotas on ---------------------
cy=cy@example.net
control POST mailbox "{\"spec\":\"$cy:45:1.6\"}" >/dev/null
control POST options '{"mail_quota_user":6000}' >/dev/null
sluice user add --email $cy >/dev/null
connector=gmail connect $cy --account $cy
slice() { SLUICE_QUOTA=on sluice sync --due --max-time 2s --provider gmail --user $cy --json 2>&1; }
slices=0
until [ "$(field "$out" status)" = ok ] && [ "$slices" -gt 0 ] || [ "$slices" -ge 15 ]; do
	out=$(slice)
	slices=$((slices + 1))
	[ "$slices" -gt 1 ] ||
		mail=$(control POST mail "{\"account\":\"$cy\",\"op\":\"add\",\"from\":\"lee@example.org\",\"subject\":\"Between slices\",\"text\":\"x\"}")
done
is 'slice by slice it arrives' "$(field "$out" status) $((slices > 2 && slices < 15))" 'ok 1'
whole 'slice by slice' $cy
is 'new mail did not wait for the old' "$(sql "SELECT count(*) FROM artifacts a WHERE source_id = '$(field "$mail" id)'
	AND created_at < (SELECT max(created_at) FROM artifacts b WHERE b.integration_id = a.integration_id)")" 1
is 'and nobody was asked too often' "$(control GET stats | sed "s/.*\"$cy\":{\([^}]*\)}.*/\1/; s/.*\"refused\":\([0-9]*\).*/\1/")" 0
control POST options '{"mail_quota_user":0}' >/dev/null

# --- Google refuses Gmail --------------------------------------------------------------
refused() { # title, fields, words, class
	fault "\"kind\":\"status\",\"match\":\"/gmail/\",$2"
	call sync --user $ana
	is "$1: the run fails" "$status" 1
	is "$1: one line says who must do what" "$(grep -cE -- "error: .*$3" <<<"$out$err")" 1
	is "$1: the calendar ran beside it" "$(sql "SELECT DISTINCT ON (l.provider) l.status FROM sync_logs l
		JOIN user_integrations i ON i.id = l.integration_id
		WHERE l.account = '$ana' AND l.provider = 'google_calendar'
		ORDER BY l.provider, l.started_at DESC")" ok
	fair
}
refused 'no mailbox' '"status":400,"reason":"failedPrecondition","status_name":"FAILED_PRECONDITION"' 'switch Gmail on'
refused 'administrator' '"status":403,"reason":"domainPolicy"' 'administrator .*trust it'
refused 'API off' '"status":403,"reason":"accessNotConfigured","info":"SERVICE_DISABLED"' 'enable it in the Cloud project'
refused 'scope missing' '"status":403,"reason":"insufficientPermissions","info":"ACCESS_TOKEN_SCOPE_INSUFFICIENT"' 'connect gmail'
connector=google connect $ana --account $ana
run 'connected again'
whole 'connected again'
summary
