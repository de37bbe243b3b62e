#!/usr/bin/env bash
# `audit` of a mailbox, whose listing names ids alone, and of a network, of which
# nothing can be read by id: what was taken away, put in, made older or deleted
# behind its back is named, each once, and nothing else; `--repair` mends that
# alone, by the least that can be asked. Killed anywhere, it may be run again.
#
#   MANY=n           a mailbox of so many ids [20,000; THOROUGH=1: 1,000,000]
# shellcheck source=tests/integration/cli_kit.bash
. "$(dirname "$0")/cli_kit.bash"

ana=ana@example.com bo=bo@example.org
many=${MANY:-${THOROUGH:+1000000}}
many=${many:-20000}
export SLUICE_QUOTA=off LC_ALL=C
field() { sed -n "s/.*\"$2\":\"\{0,1\}\([^,\"}]*\).*/\1/p" <<<"$1" | tail -n 1; }
counts() { echo "$(field "$out" missing) $(field "$out" extra) $(field "$out" stale)"; }
finding() { grep "\"finding\":\"$1\"" <<<"$out"; }
mail() { control POST mail "{\"account\":\"$ana\",\"op\":\"$1\"${2:-}}" >/dev/null; }
asked() { control GET 'stats?last=5000' | grep -o -- "$1" | wc -l; }
reset() { control POST stats/reset >/dev/null; }
left() { sql 'SELECT count(*) FROM sluice.audit_items'; }
# What it must leave alone. $1: a provider
undisturbed() {
	sql "SELECT md5(string_agg(concat_ws('|', s.kind, s.state, s.cursor::text, s.pending::text, s.generation,
			s.walk_started_at, s.walked_at, s.sweep_state, s.pending_deletions, s.checked_at, s.rewalk_at,
			s.failures, c.next_run_at, c.lease_until, c.run_id, c.failures), ',' ORDER BY s.id))
		FROM sync_state s JOIN sluice.schedule c USING (integration_id)
		JOIN user_integrations i ON i.id = s.integration_id WHERE i.provider = '$1'"
	sql "SELECT md5(string_agg(a::text || a.xmin::text, ',' ORDER BY id)) FROM artifacts a"
}
ids() { # TYPE N: of some live rows of ana
	mapfile -t id < <(sql "SELECT a.source_id FROM artifacts a JOIN user_integrations i ON i.id = a.integration_id
		WHERE a.type = '$1' AND a.deleted_at IS NULL AND i.account = '$ana' ORDER BY md5(a.source_id) LIMIT $2")
}
take() { sql "DELETE FROM artifacts WHERE source_id = '$1'"; }
entomb() { sql "UPDATE artifacts SET deleted_at = now(), deleted_reason = 'not-listed' WHERE source_id = '$1'"; }
orphan() { # ID LIKE: a row that the provider never had
	sql "INSERT INTO artifacts (user_id, integration_id, stream_key, source_id, source_version, map_version, type,
			occurred_at, title, metadata, content_hash, participant_count)
		SELECT user_id, integration_id, stream_key, '$1', source_version, map_version, type, occurred_at, 'orphan',
			metadata, content_hash, 0 FROM artifacts WHERE source_id = '$2'"
}

start_emulator --seed 5 --mailbox "$ana:240:1.6" --mailbox "$bo:0" --member "$ana:260:220"
redirect=http://127.0.0.1:$(free_port)/callback
control POST options "{\"linkedin_redirect_uris\":\"$redirect\",\"linkedin_page_rows\":50}" >/dev/null
(umask 077 && printf 'WPL_AP1.emu/secret+=.x==\n' >"$work/secret")
migrated_database audits
new_keys "$work/keys"
export SLUICE_KEY_FILE="$work/keys"
client_file "$work/client.json"
sluice setup google --client-file "$work/client.json" >/dev/null 2>&1
sluice setup linkedin --client-id emu-linkedin-app --client-secret-file "$work/secret" --redirect-uri "$redirect" >/dev/null 2>&1
for who in $ana $bo; do
	sluice user add --email $who >/dev/null
	connector=gmail connect $who --account $who
	is "the mailbox of $who" "$status" 0
done
connector=linkedin connect $ana
is 'the network' "$status" 0
control POST linkedin "{\"account\":\"$ana\",\"op\":\"consent\",\"at\":\"$(date -u -d '-20 days' +%FT%TZ)\"}" >/dev/null
works 'all is synced' sync

# --- a mailbox ---------------------------------------------------------------------
works 'an empty mailbox' audit --user $bo
like 'is compared, and says so' "$out" '0 items compared in 1 page: no difference'
before=$(undisturbed gmail)
reset
works 'a good copy' audit --user $ana --provider gmail --json
is 'differs in nothing' "$(counts)" '0 0 0'
is 'all of it is compared' "$(field "$out" compared)" "$(control GET "mail?account=$ana&ids=1" | wc -l)"
is 'by its lists, and whose it is' "$(requests) $(asked /profile) $(asked '/messages/')" "$(($(field "$out" pages) + 1)) 1 0"
is 'it leaves everything as it was' "$(undisturbed gmail) $(left)" "$before 0"
sql "UPDATE sync_state SET state = 'walking' WHERE kind = 'backfill'"
call audit --user $ana --provider gmail
like 'what is in the middle of a walk is left out' "$out" 'nothing is known.*|1 stream left out'
is 'and that is no difference' "$status" 0
sql "UPDATE sync_state SET state = 'live' WHERE kind = 'backfill'"

ids email 7
mail delete ",\"id\":\"${id[0]}\""
take "${id[1]}"
sql "UPDATE artifacts SET metadata = jsonb_set(metadata, '{etag}', '\"metadata\"') WHERE source_id = '${id[2]}'"
entomb "${id[3]}"
orphan 0123456789abcdef "${id[4]}"
for n in 5 6; do
	sql "INSERT INTO sync_items (user_id, integration_id, stream_kind, stream_key, source_id, state, reason, class, map_version)
		SELECT user_id, integration_id, 'backfill', stream_key, source_id, CASE $n WHEN 5 THEN 'quarantined' ELSE 'filtered' END,
			'malformed', CASE $n WHEN 5 THEN 'malformed' END, map_version FROM artifacts WHERE source_id = '${id[$n]}'"
	take "${id[$n]}"
done
before=$(undisturbed gmail)
reset
call audit --user $ana --provider gmail --json
is 'each kind is counted' "$status $(counts)" '1 2 2 1'
like 'taken away' "$(finding missing)" "\"id\":\"${id[1]}\".*\"not stored\""
like 'deleted here alone' "$(finding missing)" "\"id\":\"${id[3]}\".*\"stored as deleted\""
like 'deleted there' "$(finding extra)" "\"id\":\"${id[0]}\".*does not list it"
like 'put in' "$(finding extra)" '"id":"0123456789abcdef"'
like 'of another mode' "$(finding stale)" "\"id\":\"${id[2]}\".*another version or mode"
unlike 'not what is in quarantine, nor what is left out' "$out" "${id[5]}|${id[6]}"
is 'nothing is read by id' "$(requests)" "$(($(field "$out" pages) + 1))"
is 'nothing is changed' "$(undisturbed gmail) $(left)" "$before 0"
others() { sql "SELECT md5(string_agg(source_id || xmin::text, ',' ORDER BY source_id)) FROM artifacts
	WHERE type = 'email' AND source_id <> ALL ('{${id[0]},${id[1]},${id[2]},${id[3]},0123456789abcdef}')"; }
before=$(others)
reset
works 'repair' audit --user $ana --provider gmail --repair --json
is 'asks for those alone: what its history tells is not asked for' "$(asked '/messages/')" 5
is 'and writes those alone' "$(others)" "$before"
is 'it says so' "$(field "$out" created) $(field "$out" updated) $(field "$out" deleted)" '1 2 2'
works 'then it is clean' audit --user $ana --provider gmail

# Deletions that are held back are extra, and said to be held; read by id they are proven.
sql "UPDATE sync_state SET sweep_state = 'held', pending_deletions = 1 WHERE kind = 'backfill'"
orphan fedcba9876543210 "${id[4]}"
call audit --user $ana --provider gmail --json
like 'what is held back is told so' "$(finding extra)" 'fedcba9876543210.*deletions are held back'
is 'it is held as before' "$(sql "SELECT sweep_state || pending_deletions FROM sync_state WHERE kind = 'backfill' AND sweep_state = 'held' LIMIT 1")" held1
sql "UPDATE sync_state SET sweep_state = 'none', pending_deletions = 0 WHERE kind = 'backfill'"
take fedcba9876543210

# Killed while it reads what it found.
sql "DELETE FROM artifacts WHERE type = 'email' AND source_id IN (SELECT source_id FROM artifacts WHERE type = 'email'
	ORDER BY md5(source_id) LIMIT 60)"
control POST options '{"latency_ms":60}' >/dev/null
sluice audit --user $ana --provider gmail --repair >"$work/out" 2>&1 </dev/null &
pid=$!
children+=("$pid")
some() { [ "$(sql "SELECT count(*) FROM sync_state WHERE jsonb_array_length(pending) BETWEEN 1 AND 59")" = 1 ]; }
settle 20 some
kill -KILL $pid
wait $pid 2>/dev/null
control POST options '{"latency_ms":0}' >/dev/null
sleep 0.2 # what was asked before it died is counted when it is answered
reset
works 'a repair that was killed is ended by a sync' sync --user $ana --provider gmail --json
asked=$(asked '/messages/')
[ "$asked" -gt 0 ] && [ "$asked" -lt 60 ] && ok "which reads the rest alone ($asked)" || not_ok 'the rest alone' "$asked"
works 'and all is there' audit --user $ana --provider gmail

# --- a network -----------------------------------------------------------------------
reset
before=$(undisturbed linkedin)
works 'a network' audit --user $ana --provider linkedin --json
is 'differs in nothing' "$(counts)" '0 0 0'
like 'all three kinds are compared' "$(field "$out" compared)" '^[2-9][0-9][0-9]$'
is 'by its pages, and those of people are not asked for' "$(requests) $(asked 'domain=\(CONTACTS\|EMAIL\|PROFILE\|POSITIONS\)')" "$(field "$out" pages) 0"
is 'it leaves everything as it was' "$(undisturbed linkedin) $(left)" "$before 0"
ids linkedin_connection 3
ties=("${id[@]}")
ids linkedin_message 4
take "${ties[0]}"
sql "UPDATE artifacts SET title = 'Tampered', source_version = source_version + 1 WHERE source_id = '${ties[1]}'"
orphan connection-orphan "${ties[2]}"
take "${id[0]}"
entomb "${id[1]}"
sql "UPDATE artifacts SET content = 'Tampered' WHERE source_id = '${id[2]}'"
orphan message-orphan "${id[3]}" # as one that an archive alone told
call audit --user $ana --provider linkedin --json
is 'each kind is counted' "$status $(counts)" '1 3 1 2'
like 'a connection that is put in' "$(finding extra)" 'connection-orphan'
unlike 'a message is not: not all are listed' "$out" 'message-orphan'
like 'a connection that is changed' "$(finding stale)" 'differs in title'
like 'a message that is changed' "$(finding stale)" 'differs in content'
others() { sql "SELECT md5(string_agg(source_id || xmin::text, ',' ORDER BY source_id)) FROM artifacts
	WHERE type LIKE 'linkedin%' AND source_id <> ALL ('{${ties[0]},${ties[1]},connection-orphan,${id[0]},${id[1]},${id[2]}}')"; }
before=$(others)
reset
works 'repair' audit --user $ana --provider linkedin --repair --json
is 'walks the two lists again, once' "$(asked 'domain=INVITATIONS') $(asked 'domain=CONNECTIONS') $(asked 'domain=INBOX')" \
	"$(sql "SELECT (cursor ->> 'rows')::int / 50 + 2 FROM sync_state WHERE kind = 'invitations'") $((2 * $(sql "SELECT (cursor ->> 'rows')::int / 50 + 2 FROM sync_state WHERE kind = 'connections'"))) $((2 * $(sql "SELECT (cursor ->> 'rows')::int / 50 + 2 FROM sync_state WHERE kind = 'inbox'")))"
is 'and writes what differed alone' "$(others)" "$before"
is 'it says so' "$(field "$out" created) $(field "$out" updated) $(field "$out" deleted)" '2 3 1'
works 'then it is clean' audit --user $ana --provider linkedin
is 'the message of another road is still there' "$(sql "SELECT count(*) FROM artifacts WHERE source_id = 'message-orphan' AND deleted_at IS NULL")" 1

# --- many ------------------------------------------------------------------------------
small=$(rss sluice audit --user $ana --provider gmail)
big=big@example.com
control POST mailbox "{\"spec\":\"$big:$many\"}" >/dev/null
sluice user add --email $big >/dev/null
connector=gmail connect $big --account $big
is 'a large mailbox' "$status" 0
# As if it had been synced: streams like those of the small one, rows like one of its.
sql "INSERT INTO sync_state (user_id, integration_id, kind, key, title, opened_by, state, cursor, fingerprint, generation,
		walk_started_at, walked_at, checked_at)
	SELECT b.user_id, b.id, s.kind, s.key, s.title, s.opened_by, s.state, s.cursor, s.fingerprint, s.generation,
		s.walk_started_at, s.walked_at, s.checked_at
	FROM sync_state s JOIN user_integrations a ON a.id = s.integration_id, user_integrations b
	WHERE a.account = '$ana' AND a.provider = 'gmail' AND b.account = '$big' ON CONFLICT DO NOTHING"
control GET "mail?account=$big&ids=1" >"$work/ids"
sql "CREATE TABLE listed (id text); ALTER TABLE artifacts DISABLE TRIGGER USER"
psql -Xq -c '\copy listed FROM STDIN' <"$work/ids"
sql "INSERT INTO artifacts (user_id, integration_id, stream_key, source_id, source_version, map_version, type,
		occurred_at, title, metadata, content_hash, participant_count)
	SELECT s.user_id, s.integration_id, '', l.id, 1, a.map_version, 'email', a.occurred_at, a.title,
		jsonb_build_object('etag', a.metadata ->> 'etag'), a.content_hash, 0
	FROM listed l, sync_state s JOIN user_integrations i ON i.id = s.integration_id,
		(SELECT * FROM artifacts WHERE type = 'email' LIMIT 1) a
	WHERE i.account = '$big' AND s.kind = 'backfill'"
sql 'ALTER TABLE artifacts ENABLE TRIGGER USER'
audited() { # seconds
	local from=$EPOCHREALTIME
	peak=$(rss sluice audit --user $big)
	out=$(cat "$work/out")
	echo "# $1: $peak kB, $(awk "BEGIN { print $EPOCHREALTIME - $from }") s"
}
audited 'all are there'
like 'all of them are compared' "$out" "of $big: [0-9,]+ items compared in [0-9,]+ pages: no difference"
below "in memory that does not grow ($small kB for 240)" "$peak" $((small + 24 * 1024))
# Every tenth is taken away, and as many are put in.
sql "DELETE FROM artifacts a USING (SELECT id, row_number() OVER (ORDER BY id) AS n FROM listed) l
	WHERE a.source_id = l.id AND l.n % 10 = 0; UPDATE artifacts SET source_id = 'x' || source_id
	WHERE source_id IN (SELECT id FROM (SELECT id, row_number() OVER (ORDER BY id) AS n FROM listed) l WHERE n % 10 = 1)"
audited 'a tenth is missing, and as many are extra'
n=$(wc -l <"$work/ids")
is 'all of them are found' "$(grep -c '^  missing' <<<"$out") $(grep -c '^  extra' <<<"$out")" "$((n / 10 + (n + 9) / 10)) $(((n + 9) / 10))"
summary
