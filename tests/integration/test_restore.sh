#!/usr/bin/env bash
# An old backup comes back: docs/backup-and-restore.md, done step by step. What
# was stored since is stored again, what was erased since is erased again, and
# what cannot come back (a token that was rotated, a key that is gone) is told.
# shellcheck source=tests/integration/fault_kit.bash
. "$(dirname "$0")/fault_kit.bash"

bo=bo@example.org cy=cy@example.net
export SLUICE_QUOTA=off
of() { sql "SELECT id FROM auth.users WHERE email = '$1'"; }
run() { works "$1" sync --json; } # $out: what each run did
status_of() { sql "SELECT string_agg(DISTINCT status, ' ') FROM user_integrations WHERE account = '$1'"; }
live() { sql "SELECT source_id FROM artifacts a JOIN user_integrations i ON i.id = a.integration_id
	WHERE a.type = 'email' AND a.deleted_at IS NULL AND i.account = '$1'" | sort; }
mail() { control POST mail "{\"account\":\"$1\",$2}" >/dev/null; }
# Content, too: a row says what the provider says of it today.
right() { # WHAT ACCOUNT
	same "$1" "$2"
	is "$1: the same messages on both sides" \
		"$(diff <(live "$2") <(control GET "mail?account=$2&ids=1" | sort) | head -n 4)" ''
}
# Of all items, but without versions: one that changed nothing is not written.
contents() { # ACCOUNT [COLUMNS]
	sql "SELECT a.type, a.stream_key, a.source_id, md5(a.content), a.title, a.occurred_at,
		a.ends_at, a.metadata - 'etag' - 'updated' - 'sequence'${2-, a.labels}
	FROM artifacts a JOIN user_integrations i ON i.id = a.integration_id
	WHERE i.account = '$1' AND a.deleted_at IS NULL ORDER BY 1, 2, 3"
}
backup() { pg_dump -Fc -f "$1" "$PGDATABASE" 2>"$work/dump.err"; }
restore() { # FILE
	dropdb "$PGDATABASE" && createdb "$PGDATABASE" &&
		pg_restore --exit-on-error -d "$PGDATABASE" "$1" 2>"$work/restore.err"
}
# The provider goes on: events and mail come, change and go.
life_goes_on() {
	local who first
	for who in $ana $bo; do
		control POST event "{\"account\":\"$who\",\"op\":\"random\",\"count\":15}" >/dev/null
		first=$(live "$who" | head -n 1)
		mail "$who" "\"op\":\"trash\",\"id\":\"$first\""
		mail "$who" '"op":"random","count":20,"seed":4'
	done
}

start_emulator --seed 9 --account $ana:60:2 --account $bo:30:1 --account $cy:20:1 \
	--mailbox $ana:80:1.6 --mailbox $bo:30 --mailbox $cy:10
migrated_database restored
new_keys "$work/keys"
export SLUICE_KEY_FILE="$work/keys"
client_file "$work/client.json"
works 'setup' setup google --client-file "$work/client.json"
for who in $ana $bo $cy; do
	works "user $who" user add --email $who
	connector=google connect $who --account $who
	is "$who is connected" "$status" 0
done
cy_id=$(of $cy)
run 'a first run'

# --- a backup in the middle of a run ------------------------------------------------
life_goes_on
control POST options '{"latency_ms":60}' >/dev/null
started 4 sync
backup "$work/one.dump"
is 'a backup while a run is at work' "$?$(cat "$work/dump.err")" 0
ended 60
control POST options '{"latency_ms":0}' >/dev/null

# Since then: more happens, a user goes, a key is rotated.
life_goes_on
run 'life goes on'
works 'a user is erased' erase --user $cy --yes --json
echo "$out" >"$work/receipts" # apart from the database
cp "$work/keys" "$work/keys.then"
(umask 077 && sluice keys generate >"$work/keys" && cat "$work/keys.then" >>"$work/keys")
works 'keys rotate' keys rotate
life_goes_on
run 'the last run before the disaster'
contents $ana >"$work/ana.then"
contents $bo >"$work/bo.then"
people=$(sql 'SELECT count(*) FROM contacts')

# --- the backup comes back ------------------------------------------------------------
restore "$work/one.dump"
is 'it is restored' "$?$(cat "$work/restore.err")" 0
is 'with the user who was erased' "$(of $cy)" "$cy_id"
# The old line may have left the file by then.
head -n 1 "$work/keys" >"$work/keys.new-only" && chmod 600 "$work/keys.new-only"
asked=$(requests)
SLUICE_KEY_FILE=$work/keys.new-only refuse 'without the key of that time' 3 'key' sync
is 'nothing is asked' "$(requests)" "$asked"
SLUICE_KEY_FILE=$work/keys.new-only call keys status
is 'keys status tells' "$status" 1
like 'which line is missing' "$out" "$(cut -d: -f1 "$work/keys.then") .*missing"
# Erasures first: nobody who was erased is synced again.
for id in $(grep -o '"user": *"[0-9a-f-]*"' "$work/receipts" | cut -d'"' -f4); do
	works "erased again: $id" erase --user "$id" --yes
done
is 'the user is gone' "$(of $cy)" ''
is 'with all rows' "$(sql "SELECT count(*) FROM artifacts WHERE user_id = '$cy_id'")" 0
works 'doctor' doctor
unlike 'finds nothing wrong' "$out" '^fail'
run 'the first run after that'
right 'after a restore' $ana
right 'after a restore' $bo
is "contents are those of before, ana's" "$(contents $ana | diff "$work/ana.then" -)" ''
is "contents are those of before, bo's" "$(contents $bo | diff "$work/bo.then" -)" ''
is 'as many people' "$(sql 'SELECT count(*) FROM contacts')" "$people"
is 'no run is left open, no lease held' \
	"$(sql "SELECT count(*) FROM sync_logs WHERE status = 'running'") $(leases)" '0 0'
works 'an audit finds nothing' audit --user $ana

# --- so old that the provider knows the cursors no more -----------------------------
life_goes_on
run 'once more'
contents $ana '' >"$work/ana.then"
restore "$work/one.dump"
works 'erased again' erase --user "$cy_id" --yes
for who in $ana $bo; do
	for what in sync_tokens list_token history; do
		control POST expire "{\"account\":\"$who\",\"what\":\"$what\"}" >/dev/null
	done
done
# What no history tells of is the labels of mail that changed in between
# (decision 0008): all else is right.
run 'with cursors that are refused'
right 'after a walk' $ana
right 'after a walk' $bo
is 'contents are right' "$(contents $ana '' | diff "$work/ana.then" -)" ''

# --- older than the program: from before there was a fleet, in the middle of a run ----
restore "$work/one.dump"
works 'erased again' erase --user "$cy_id" --yes
works 'as it was' migrate down \
	"$(sql "SELECT count(*) FROM sluice.sys_table_migrations WHERE version >= '20261127'")"
refuse 'nothing runs on it' 3 'are pending: run .sluice migrate' sync
works 'brought up to date' migrate
works 'a cron line' sync --due
works 'and what is not due yet' sync
right 'after an upgrade' $ana
right 'after an upgrade' $bo
is 'what was at work then is closed' \
	"$(sql "SELECT count(*) FILTER (WHERE status = 'running'), count(*) FILTER (WHERE status = 'interrupted') > 0 FROM sync_logs") $(leases)" '0|t 0'
works 'an audit finds nothing' audit

# --- tokens that were rotated since -----------------------------------------------
control POST options '{"rotate":true}' >/dev/null
backup "$work/two.dump"
control POST expire "{\"account\":\"$ana\",\"what\":\"access_tokens\"}" >/dev/null
sql "UPDATE sluice.grants SET access_expires_at = now()" >/dev/null 2>&1
run 'a token is rotated'
restore "$work/two.dump"
control POST expire "{\"account\":\"$ana\",\"what\":\"access_tokens\"}" >/dev/null
call sync
is 'the old one is dead: a person is needed' "$status" 1
is 'said of that account' "$(status_of $ana)" needs_reauth
is 'the other one goes on' "$(status_of $bo)" connected
life_goes_on
connector=google connect $ana
is 'connected again' "$status" 0
run 'and all is well'
right 'in the end' $ana
right 'in the end' $bo
summary
