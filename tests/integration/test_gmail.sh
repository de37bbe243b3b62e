#!/usr/bin/env bash
# A mailbox from its first page to its last change: all of it arrives, what
# happens to it afterwards, too, a second run asks one thing, and Gmail's own
# trouble stays Gmail's.
# shellcheck source=tests/integration/cli_kit.bash
. "$(dirname "$0")/cli_kit.bash"

ana=ana@example.com
export SLUICE_QUOTA=off
field() { sed -n "s/.*\"$2\":\"\{0,1\}\([^,\"}]*\).*/\1/p" <<<"$1"; }
mail() { # op, more members
	control POST mail "{\"account\":\"$ana\",\"op\":\"$1\"${2:-}}"
}
requests() { control GET stats | sed 's/.*"requests":\([0-9]*\).*/\1/'; }
# What is live here, and what a perfect client holds.
ours() { sql "SELECT source_id FROM artifacts WHERE type = 'email' AND deleted_at IS NULL ORDER BY 1"; }
theirs() { control GET "mail?account=$ana&ids=1" | sort; }
same() { # title
	is "$1: what is here is what is there" "$(ours | LC_ALL=C sort | md5sum)" \
		"$(theirs | LC_ALL=C sort | md5sum)"
	is "$1: none twice" "$(sql "SELECT count(*) FROM (SELECT FROM artifacts WHERE type = 'email'
		GROUP BY integration_id, source_id HAVING count(*) > 1) d")" 0
}
one() { sql "SELECT $1 FROM artifacts WHERE source_id = '$2'"; }
run() { # title
	works "$1" sync --provider gmail --json
	is "$1: ok" "$(field "$out" status)" ok
}

start_emulator --seed 5 --account "$ana:20:1" --mailbox "$ana:700:3"
migrated_database gmail
new_keys "$work/keys"
export SLUICE_KEY_FILE="$work/keys"
client_file "$work/client.json"
sluice setup google --client-file "$work/client.json" >/dev/null 2>&1
sluice user add --email $ana >/dev/null
export connector=google
connect $ana
is 'connect' "$status" 0

# --- stopped in the middle ------------------------------------------------
control POST fault '{"kind":"status","match":"/gmail/","skip":140,"status":403,"reason":"domainPolicy"}' >/dev/null
sluice sync --provider gmail >"$work/o" 2>&1
is 'refused in the middle: the run fails' "$?" 1
control DELETE fault >/dev/null
works 'how far it is' streams --provider gmail
like 'how far it is: listed of about so many, to be read, back to a day' "$out" \
	'^'$ana' +backfill .* 500 of about 700 listed, [1-9][0-9]* to be read, back to 20[0-9]{2}-[0-9]{2}-[0-9]{2} *$'
works 'how far it is, as JSON' streams --provider gmail --json
like 'how far it is, as JSON: numbers' "$out" '"listed":500,"estimate":700,"oldest":"20[^"]*Z","waiting":null,"pending":[1-9]'

# --- all of it ------------------------------------------------------------
control POST options '{"mail_concurrency":4,"latency_ms":10}' >/dev/null
run 'the first run'
control POST options '{"mail_concurrency":0,"latency_ms":0}' >/dev/null
is 'four requests at once, and never a fifth' "$(control GET stats |
	grep -oE 'peak_concurrent":[0-9]+|"mail_concurrency":[0-9]+' | tr -d '"')" 'peak_concurrent:4'
same 'the first run'
is 'threads are read where that is cheaper' \
	$(($(control GET stats | sed 's/.*"threads.get":\([0-9]*\).*/\1/') > 10)) 1
is 'the mailbox is shown' "$(sql "SELECT email || ' ' || messages_total || ' ' || (labels ->> 'Label_1')
	|| ' ' || backfill_state || ' ' || (backfill_listed = (SELECT count(*) FROM artifacts WHERE type = 'email'))
	FROM gmail_sync_state")" "$ana 700 Clients live true"
works 'how far it is, at the end' streams --provider gmail
like 'how far it is: nothing to say when it is whole' "$out" '^'$ana' +backfill .* All mail *$'
before=$(requests)
run 'the second run'
is 'the second run writes nothing' "$(field "$out" created) $(field "$out" updated) $(field "$out" unchanged)" '0 0 0'
is 'the second run is one request' $(($(requests) - before)) 1

# --- what happens to it ---------------------------------------------------
id=$(field "$(mail add ',"from":"Lee Park <lee@example.org>","to":"'$ana'","subject":"Contract","text":"Hi Ana!","html":"<p>Hi <b>Ana</b>!</p>"')" id)
run 'new mail'
same 'new mail'
is 'its subject and text' "$(one "title || ': ' || btrim(content, E' \\\\r\\\\n')" "$id")" 'Contract: Hi Ana!'
like 'its HTML' "$(one "metadata ->> 'html'" "$id")" '<b>Ana</b>'
is 'its people' "$(sql "SELECT string_agg(role || ' ' || value, ', ' ORDER BY role)
	FROM artifact_participants p JOIN artifacts a ON a.id = p.artifact_id WHERE source_id = '$id'")" "from lee@example.org, to $ana"
before=$(requests)
mail labels ",\"id\":\"$id\",\"add\":[\"STARRED\"],\"remove\":[\"UNREAD\"]" >/dev/null
run 'labels'
is 'labels are changed' "$(one "(labels @> '{STARRED}') || ' ' || (labels @> '{UNREAD}')" "$id")" 'true false'
is 'nothing is read for it' $(($(requests) - before)) 1
mail trash ",\"id\":\"$id\"" >/dev/null
run 'trash'
is 'in the trash it is gone' "$(one deleted_reason "$id")" trash
same trash
mail untrash ",\"id\":\"$id\"" >/dev/null
run 'untrash'
is 'out of the trash it is back' "$(one 'deleted_at IS NULL' "$id")" t
same untrash
mail spam ",\"id\":\"$id\"" >/dev/null
mail unspam ",\"id\":\"$id\"" >/dev/null
mail mention ",\"id\":\"$id\"" >/dev/null
draft=$(field "$(mail draft ',"to":"bo@example.org","subject":"D","text":"1"')" draft)
mail draft ",\"draft\":\"$draft\",\"text\":\"2\"" >/dev/null
mail draft_send ",\"draft\":\"$draft\"" >/dev/null
run 'spam and back, drafts'
same 'spam and back, drafts'
mail delete ",\"id\":\"$id\"" >/dev/null
run 'deleted for ever'
is 'deleted for ever' "$(one deleted_reason "$id")" deleted
for seed in 1 2 3; do
	mail random ",\"count\":60,\"seed\":$seed" >/dev/null
	run "a busy day $seed"
	same "a busy day $seed"
done

# --- the history is lost --------------------------------------------------
mail random ',"count":40,"seed":9' >/dev/null
control POST expire "{\"account\":\"$ana\",\"what\":\"history\"}" >/dev/null
before=$(requests)
run 'an expired history'
run 'and the run after it'
same 'an expired history'
is 'known messages are not read again' "$(($(requests) - before < 60))" 1

# --- too large ------------------------------------------------------------
id=$(field "$(mail add ',"from":"big@example.org","subject":"Big","text":"x","text_bytes":6000000')" id)
run 'a message larger than an answer'
is 'its headers are stored, and it says so' "$(one "title || ' ' || (content IS NULL) || ' ' || (metadata -> 'notes' @> '\"too-large\"')" "$id")" 'Big true true'

# --- less is kept ---------------------------------------------------------
sql "UPDATE user_integrations SET settings = '{\"content\":\"subject\"}' WHERE provider = 'gmail'" >/dev/null
before=$(requests)
rows=$(sql "SELECT count(*) FROM artifacts WHERE type = 'email'
	AND (content IS NOT NULL OR metadata ?| '{html,snippet,attachments}')")
run 'subjects only'
is 'each message that lost something is told as updated' "$(field "$out" updated) $(sql "SELECT updated FROM sync_logs
	WHERE provider = 'gmail' ORDER BY started_at DESC, id DESC LIMIT 1")" "$rows $rows"
is 'texts, HTML and snippets are gone' "$(sql "SELECT count(*) FROM artifacts WHERE type = 'email'
	AND (content IS NOT NULL OR metadata ?| '{html,snippet,attachments}')")" 0
same 'subjects only'
works 'a message of which less is kept is explained' explain "$(sql "SELECT source_id FROM artifacts
	WHERE type = 'email' AND deleted_at IS NULL LIMIT 1")"
like 'a message of which less is kept is explained: by which setting' "$out" '^  settings +content = subject: What is kept of a message'
unlike 'a message of which less is kept is explained: not by what is as ever' "$out" 'contacts = '
is 'no message is read for it' $(($(requests) - before < 10)) 1
sql "UPDATE user_integrations SET settings = '{\"content\":\"text\"}' WHERE provider = 'gmail'" >/dev/null
run 'texts again'
like 'texts are back' "$(sql "SELECT count(*) FROM artifacts WHERE type = 'email' AND content IS NOT NULL AND deleted_at IS NULL")" '^[1-9][0-9][0-9]'
is 'HTML is not' "$(sql "SELECT count(*) FROM artifacts WHERE type = 'email' AND metadata ? 'html'")" 0
sql "UPDATE user_integrations SET settings = '{}' WHERE provider = 'gmail'" >/dev/null
run 'all again'
is 'each message says that it is held whole, also one without HTML' "$(sql "SELECT count(*) FROM artifacts
	WHERE type = 'email' AND deleted_at IS NULL AND metadata ->> 'etag' <> 'full/1'")" 0
before=$(requests)
works 'a full walk' sync --provider gmail --full --json
is 'a full walk reads nothing that is held' $(($(requests) - before < 10)) 1

# Less is erased before anything is asked, and nothing can be asked: back to all
# before a page came, what was lost is read again.
texts() { sql "SELECT count(*) FROM artifacts WHERE type = 'email' AND deleted_at IS NULL AND content IS NOT NULL"; }
had=$(texts)
sql "UPDATE user_integrations SET settings = '{\"content\":\"metadata\"}' WHERE provider = 'gmail'" >/dev/null
control POST fault '{"kind":"status","match":"/gmail/","status":403,"reason":"domainPolicy"}' >/dev/null
sluice sync --provider gmail >"$work/o" 2>&1
is 'less, and Gmail is closed: the run fails' "$?" 1
is 'less, and Gmail is closed: texts are gone' "$(texts)" 0
control DELETE fault >/dev/null
sql "UPDATE user_integrations SET settings = '{}' WHERE provider = 'gmail'" >/dev/null
run 'back before a page came'
is 'back before a page came: texts are back' "$(texts)" "$had"

# --- trouble of one API ---------------------------------------------------
trouble() { # title, fields, text, class
	control POST fault "{\"kind\":\"status\",\"match\":\"/gmail/\",$2}" >/dev/null
	sluice sync --provider gmail >"$work/o" 2>&1
	is "$1: the run fails" "$?" 1
	is "$1: class" "$(sql "SELECT error_class FROM sync_logs WHERE provider = 'gmail' ORDER BY started_at DESC, id DESC LIMIT 1")" "$4"
	like "$1: says who must do what" "$(sql "SELECT error_text FROM sync_logs WHERE provider = 'gmail' ORDER BY started_at DESC, id DESC LIMIT 1")" "$3"
	works "$1: the calendar of the same consent goes on" sync --provider google_calendar --json
	is "$1: and is well" "$(field "$out" status)" ok
	control DELETE fault >/dev/null
}
trouble 'administrator' '"status":403,"reason":"domainPolicy"' 'administrator .*must trust it' config
trouble 'API off' '"status":403,"reason":"accessNotConfigured","info":"SERVICE_DISABLED"' 'enable it in the Cloud project' config
trouble 'scope missing' '"status":403,"reason":"insufficientPermissions"' 'connect gmail' reauth
connect $ana
run 'connected again'
same 'connected again'
summary
