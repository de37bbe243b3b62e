#!/usr/bin/env bash
# Leaving for good: export and erase of a user, users whom the application
# deletes, and what old tombstones keep.
# shellcheck source=tests/integration/fault_kit.bash
. "$(dirname "$0")/fault_kit.bash"

ben=ben@example.org
revokes() {
	local n
	n=$(control GET stats | grep -o '"revoke": *[0-9]*' | tr -cd 0-9)
	echo "${n:-0}"
}
count() { sql "SELECT count(*) FROM $1"; }
of() { sql "SELECT count(*) FROM $1 WHERE user_id = '$2'"; }
user_of() { sql "SELECT id FROM auth.users WHERE email = '$1'"; }
tables() {
	sql "SELECT format('%s.%s', n.nspname, c.relname) FROM pg_class c
		JOIN pg_namespace n ON n.oid = c.relnamespace
		JOIN pg_attribute a ON a.attrelid = c.oid AND a.attname = 'user_id'
		WHERE c.relkind = 'r' AND n.nspname IN ('public', 'sluice') ORDER BY 1"
}
sum_of() {
	local t
	for t in $(tables); do
		echo "SELECT '$t', md5(string_agg(x::text, '|' ORDER BY x::text)) FROM $t x WHERE user_id = '$1';"
	done | psql -XAtq | md5sum
}
left_of() { # tables that hold rows of a user
	local t
	for t in $(tables); do
		echo "SELECT '$t' FROM $t WHERE user_id = '$1' HAVING count(*) > 0;"
	done | psql -XAtq | paste -sd ' '
}
again() { # USER CONNECTOR
	connector=$2 connect "$1" --account "$1"
	is "connect $2 of $1" "$status" 0
}
new_ana() {
	works 'ana is there' user add --email $ana
	ana_id=$(user_of $ana)
	again $ana google
	works 'and synced' sync --user $ana
}

start_emulator --seed 5 --account $ana:60:1 --account $ben:30:1 --mailbox $ana:30 --mailbox $ben:10
migrated_database erasing
new_keys "$work/keys"
export SLUICE_KEY_FILE="$work/keys" SLUICE_QUOTA=off
client_file "$work/client.json"
works 'setup' setup google --client-file "$work/client.json"
works 'ben' user add --email $ben
ben_id=$(user_of $ben)
again $ben google
works 'ben is synced' sync
control POST event "{\"account\":\"$ana\",\"op\":\"create\",\"body\":{\"id\":\"canary1\",
	\"summary\":\"canary-title\",\"description\":\"canary-content\",
	\"start\":{\"dateTime\":\"2026-11-10T10:00:00Z\"},\"end\":{\"dateTime\":\"2026-11-10T11:00:00Z\"},
	\"organizer\":{\"email\":\"$ana\",\"self\":true},
	\"attendees\":[{\"email\":\"$ana\",\"self\":true,\"responseStatus\":\"accepted\"},
		{\"email\":\"canary.person@example.net\",\"displayName\":\"Canary Person\",\"responseStatus\":\"accepted\"}]}}" >/dev/null
new_ana
ben_before=$(sum_of "$ben_id")
sql "INSERT INTO contacts (user_id, display_name, notes) VALUES ('$ana_id', 'canary-card', 'canary-note');
	INSERT INTO loops (user_id, contact_id, kind, title) SELECT user_id, id, 'ask', 'canary-loop' FROM contacts
		WHERE display_name = 'canary-card';
	DELETE FROM contact_emails WHERE id = (SELECT id FROM contact_emails WHERE user_id = '$ana_id'
		AND address_norm <> '$ana' AND address_norm <> 'canary.person@example.net' LIMIT 1)"
is 'a contact that she deleted is remembered' "$(of sluice.suppressions "$ana_id")" 1

# --- export ---------------------------------------------------------------------
refuse 'export wants a user' 2 'needs --user' export
refuse 'that there is' 2 'no user' export --user nobody@example.com
mkdir "$work/exports"
(umask 000 && sluice export --user $ana --output "$work/exports/ana.jsonl") >>"$work/everything" 2>&1
is 'a file of mode 0600, whatever the umask' "$(stat -c %a "$work/exports/ana.jsonl")" 600
is 'and nothing beside it' "$(cd "$work/exports" && echo *)" ana.jsonl
file=$work/exports/ana.jsonl
is 'every line is an object' "$(python3 -c "
import json,sys
rows=[json.loads(l) for l in open('$file')]
assert all(set(r)=={'table','row'} for r in rows[:-1])
assert all(r['row'].get('user_id', r['row'].get('id'))=='$ana_id' for r in rows[:-1])
n={}
for r in rows[:-1]: n[r['table']]=n.get(r['table'],0)+1
assert rows[-1]['rows']==n and rows[-1]['export']=='$ana_id', (rows[-1], n)
print('ok')" 2>&1)" ok
for t in $(tables); do
	case $t in sluice.user_secrets | sluice.revocations) wanted=0 ;; *) wanted=$(of "$t" "$ana_id") ;; esac
	[ "$(grep -c "^{\"table\": \"$t\"" "$file")" = "$wanted" ] || bad="$bad $t"
done
is 'every row of every table is there, none of those with tokens' "${bad:-}" ''
for canary in canary-title canary-content canary.person@example.net canary-note canary-loop "\"email\": \"$ana\""; do
	grep -q -- "$canary" "$file" || bad="$bad $canary"
done
is 'with what it is about' "${bad:-}" ''
unlike 'without any token' "$(cat "$file")" '1//emu-|ya29|ciphertext|GOCSPX'
unlike 'and nothing of another user' "$(cat "$file")" "$ben_id|$ben"
refuse 'a file that is there is not touched' 2 'is there already' export --user $ana --output "$file"
refuse 'nor is one made where none may be' 2 'cannot write' export --user $ana --output "$work/none/x"
call export --user $ana
is 'to stdout it is the same' "$status $(sed '$d' "$work/out" | sort | md5sum)" "0 $(sed '$d' "$file" | sort | md5sum)"
status=0
sluice export --user $ana >/dev/full 2>"$work/err" || status=$?
is 'a full disk is an error' "$status" 1
sql "INSERT INTO artifacts (user_id, integration_id, stream_key, source_id, type, content, content_hash)
	SELECT '$ana_id', (SELECT id FROM user_integrations WHERE user_id = '$ana_id' LIMIT 1), 'bulk', 'b' || n,
		'email', repeat(md5(n::text), 320), sha256('x') FROM generate_series(1, 6000) n"
mkfifo "$work/slow"
sluice export --user $ana >"$work/slow" 2>>"$work/everything" &
exporter=$!
exec 7<"$work/slow"
head -c 4000000 <&7 >/dev/null
sql "DELETE FROM artifacts WHERE user_id = '$ana_id' AND stream_key = 'bulk'"
head -c 40000000 <&7 >/dev/null
peak=$(sed -n 's/^VmHWM:[^0-9]*\([0-9]*\).*/\1/p' "/proc/$exporter/status")
cat <&7 | tail -n 1 >"$work/tail" &
reader=$!
settle 30 grep -q . "$work/tail"
exec 7<&-
wait "$exporter" "$reader"
like 'it is of one moment: what is deleted meanwhile is in it' "$(cat "$work/tail")" '"public.artifacts": ?6[0-9]{3}'
echo "# peak ${peak:-gone} kB after 44 MB"
sanitized || below 'in bounded memory (kB)' "${peak:-999999}" 40000
# Killed while it writes: a lock holds it up in the middle.
psql -XAtq >"$work/lock.out" 2>&1 <<-SQL &
	BEGIN;
	LOCK TABLE sync_items IN ACCESS EXCLUSIVE MODE;
	\\! touch $work/locked
	SELECT pg_sleep(60);
SQL
locker=$!
settle 20 test -e "$work/locked"
sluice export --user $ana --output "$work/exports/killed" 2>/dev/null &
exporter=$!
children+=("$exporter" "$locker")
writes() { compgen -G "$work/exports/killed.*" >/dev/null; }
settle 20 writes
{ kill -9 "$exporter" && wait "$exporter"; } 2>/dev/null
sql "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE query ~ 'pg_sleep.60'" >/dev/null
like 'killed, it leaves what it had under another name' "$(cd "$work/exports" && echo *)" '^ana.jsonl killed\.[A-Za-z0-9]{6}$'
is 'of mode 0600' "$(stat -c %a "$work"/exports/killed.*)" 600

# --- erase: the command line --------------------------------------------------------
refuse 'erase wants a user' 2 'needs --user' erase --yes
refuse 'that there is' 2 'no user' erase --user nobody@example.com --yes
refuse 'without a terminal it wants --yes' 2 'add --yes' erase --user $ana
mv "$work/keys" "$work/keys.away"
refuse 'and the keys, before anything is changed' 3 'keys' erase --user $ana --yes
mv "$work/keys.away" "$work/keys"
if has script; then
	status=0
	out=$(script -qec "sluice erase --user $ana" /dev/null <<<no 2>&1) || status=$?
	is 'on a terminal it asks' "$status" 1
	like 'and takes no for an answer' "$out" 'Type yes.*nothing is erased'
fi
is 'nothing has gone' "$(user_of $ana) $(count sluice.erasures)" "$ana_id 0"

# --- erase ----------------------------------------------------------------------------
token=$(sql "SELECT encode(ciphertext, 'hex') FROM sluice.user_secrets WHERE user_id = '$ana_id' LIMIT 1")
artifacts=$(of artifacts "$ana_id") people=$(of artifact_participants "$ana_id") contacts=$(of contacts "$ana_id")
control POST stats/reset >/dev/null
call erase --user $ana --yes --json
is 'she is erased' "$status" 0
is 'her consent was revoked first, once' "$(revokes) $(count sluice.revocations)" '1 0'
is 'nothing is left but receipt and audit log' "$(left_of "$ana_id")" 'sluice.erasures sluice.secret_audit_logs'
is 'nor is she' "$(count "auth.users WHERE email = '$ana'")" 0
like 'the receipt counts artifacts' "$out" "\"public.artifacts\": ?${artifacts}[,}]"
like 'participants' "$out" "\"public.artifact_participants\": ?${people}[,}]"
like 'contacts' "$out" "\"public.contacts\": ?${contacts}[,}]"
like 'secrets and the user' "$out" '"auth.users": ?1.*"sluice.user_secrets": ?2'
is 'it is what is stored' "$(sql "SELECT counts ->> 'public.artifacts', finished_at IS NOT NULL FROM sluice.erasures")" "$artifacts|t"
pg_dump --inserts "$PGDATABASE" >"$work/dump" 2>>"$work/everything" || not_ok 'pg_dump' "$(tail -3 "$work/everything")"
is 'the dump holds the other user' "$(grep -c "$ben" "$work/dump" | sed 's/^[1-9].*/some/')" some
bad=''
for canary in "$ana" canary-title canary-content canary.person 'Canary Person' canary-card canary-note canary-loop \
	"$token" "$(printf %s "$ana" | base64)" 'ana%40example.com' 1//emu-; do
	grep -qiF -- "$canary" "$work/dump" && bad="$bad $canary"
done
is 'and of her not one canary' "$bad" ''
is 'not a row of the other user has changed' "$(sum_of "$ben_id")" "$ben_before"
refuse 'her address is not known any more' 2 'no user' erase --user $ana --yes
works 'by uuid the receipt is told again' erase --user "$ana_id"
like 'in words, too' "$out" "public.artifacts +$artifacts"
refuse 'there is nothing to export' 1 'nothing is left' export --user "$ana_id"

# --- while it runs, and while the provider is away ---------------------------------
new_ana
sql "DELETE FROM artifacts WHERE user_id = '$ana_id'; DELETE FROM sync_state WHERE user_id = '$ana_id'"
control POST fault '{"match":"/events","kind":"hang","ms":4000,"count":1}' >/dev/null
control POST fault '{"match":"/revoke","kind":"reset","count":1}' >/dev/null
started 1 sync --user $ana --provider google_calendar
settle 20 holds_lease
call erase --user $ana --yes
is 'she is erased while a run goes on' "$status" 0
like 'her token waits' "$out" '1 token still to be revoked'
like 'and why' "$err" 'could not be revoked'
ended 60
is 'the run ends by itself, and fails' "$status" 1
is 'and has written nothing' "$(left_of "$ana_id")" 'sluice.erasures sluice.revocations sluice.secret_audit_logs'
before=$(revokes)
sql "UPDATE sluice.revocations SET next_try_at = now()"
works 'cron' sync --due
is 'revokes it, though she is gone' "$(count sluice.revocations) $(($(revokes) - before))" '0 1'

# --- rows of the application in the way -----------------------------------------------
new_ana
sql "CREATE TABLE public.app_notes (id serial PRIMARY KEY, artifact_id uuid REFERENCES artifacts (id));
	INSERT INTO app_notes (artifact_id) SELECT id FROM artifacts WHERE user_id = '$ana_id' LIMIT 1"
call erase --user $ana --yes
is 'what refers to her rows hinders it' "$status" 1
like 'it says what, and what to do' "$err" 'app_notes.*remove what hinders it|remove what hinders it'
sql 'DROP TABLE app_notes'
works 'then it goes on' erase --user $ana --yes
is 'to the end' "$(left_of "$ana_id")" 'sluice.erasures sluice.secret_audit_logs'
is 'with one receipt' "$(sql "SELECT count(*) FROM sluice.erasures WHERE user_id = '$ana_id'")" 1

# --- the application deletes a user ---------------------------------------------------
new_ana
control POST event "{\"account\":\"$ana\",\"op\":\"random\",\"count\":9}" >/dev/null
control POST fault '{"match":"/events","kind":"hang","ms":25000,"count":1}' >/dev/null
started 1 sync --user $ana --provider google_calendar
settle 20 holds_lease
before=$(revokes)
sql "DELETE FROM auth.users WHERE id = '$ana_id'"
is 'the application deletes her while a run goes on: all goes by cascade, the token waits' \
	"$(left_of "$ana_id")" 'sluice.revocations sluice.secret_audit_logs'
ended 60
is 'the run fails' "$status" 1
is 'and brings nothing back' "$(left_of "$ana_id")" 'sluice.revocations sluice.secret_audit_logs'
works 'cron' sync --due
is 'revokes it' "$(($(revokes) - before)) $(count sluice.revocations)" '1 0'

# --- deleted softly -------------------------------------------------------------------
new_ana
sql "UPDATE sluice.schedule SET next_run_at = now() - interval '1 hour'"
sql "UPDATE auth.users SET deleted_at = now() WHERE id = '$ana_id'"
sql "UPDATE sluice.schedule SET next_run_at = now() + interval '1 hour' WHERE user_id = '$ben_id'"
control POST stats/reset >/dev/null
works 'cron' sync --due
is 'makes not one request' "$(requests)" 0
works 'a sync of all' sync
unlike 'leaves her alone' "$out" "$ana"
refuse 'no resync' 2 'no user' resync --user $ana
refuse 'no connect' 2 'no user' connect google --user $ana
call export --user $ana
is 'she can still have her data' "$status $(grep -c '"public.artifacts"' "$work/out" | sed 's/^[1-9].*/some/')" '0 some'
sql "COMMENT ON TABLE auth.users IS NULL" # as if users were the application's
works 'and be erased' erase --user $ana --yes
like 'her own row is the application'"'"'s' "$out" 'belongs to the application'
is 'and stays' "$(count "auth.users WHERE email = '$ana'") $(left_of "$ana_id")" '1 sluice.erasures sluice.secret_audit_logs'
sql "COMMENT ON TABLE auth.users IS 'sluice: users'; DELETE FROM auth.users WHERE id = '$ana_id'"

# --- tombstones -------------------------------------------------------------------------
new_ana
control POST event "{\"account\":\"$ana\",\"op\":\"cancel\",\"id\":\"canary1\"}" >/dev/null
works 'an event is deleted' sync --user $ana
stone() { sql "SELECT deleted_at IS NOT NULL, coalesce(title, '-'), coalesce(content, '-'), metadata <> '{}',
	(SELECT count(*) FROM artifact_participants p WHERE p.artifact_id = a.id) FROM artifacts a
	WHERE user_id = '$ana_id' AND source_id = 'canary1'"; }
is 'its tombstone keeps its content' "$(stone)" 't|canary-title|canary-content|t|2'
age() { sql "UPDATE sluice.retention SET next_at = '-infinity'; UPDATE artifacts SET deleted_at = now() - interval '$1 days' WHERE user_id = '$ana_id' AND deleted_at IS NOT NULL"; }
age 29
works 'for 29 days' sync --due
is 'it does' "$(stone)" 't|canary-title|canary-content|t|2'
sql "UPDATE user_integrations SET settings = settings || '{\"tombstone_retention\": 90}' WHERE user_id = '$ana_id'"
age 31
works 'longer, if it is so set' sync --due
is 'it does, too' "$(stone)" 't|canary-title|canary-content|t|2'
sql "UPDATE user_integrations SET settings = settings - 'tombstone_retention' WHERE user_id = '$ana_id'"
sql "UPDATE sluice.retention SET next_at = '-infinity'"
works 'after 31' sync --due
is 'it has none' "$(stone)" 't|-|-|f|0'
is 'no live event has lost any' "$(count "artifacts WHERE user_id = '$ana_id' AND deleted_at IS NULL AND map_version < 0")" 0
before=$(sql "SELECT md5(string_agg(a::text, '' ORDER BY id)) FROM artifacts a")
sql "UPDATE sluice.retention SET next_at = '-infinity'"
works 'once more' sync --due
is 'nothing is written' "$(sql "SELECT md5(string_agg(a::text, '' ORDER BY id)) FROM artifacts a")" "$before"
control POST event "{\"account\":\"$ana\",\"op\":\"update\",\"id\":\"canary1\",\"body\":{\"status\":\"confirmed\"}}" >/dev/null
works 'it lives again' sync --user $ana
is 'and is read anew' "$(stone)" 'f|canary-title|canary-content|t|2'
summary
