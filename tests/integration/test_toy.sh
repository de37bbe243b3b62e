#!/usr/bin/env bash
# The tutorial's promise: a new connector is one folder, one registry line and
# one migration. A copy of the tree gets the toy that way and nothing else; it
# must build, keep the layers, migrate, connect and sync.
# shellcheck source=tests/integration/cli_kit.bash
. "$(dirname "$0")/cli_kit.bash"

top=$PWD
tree=$work/tree
mkdir "$tree"
tar -C "$top" --exclude=./.git --exclude=./build -cf - . | tar -C "$tree" -xf -
mode=$(basename "$build")
mkdir -p "$tree/build"
cp -a "$build" "$tree/build/$mode" # objects: only what is new is compiled

# --- the three places ------------------------------------------------------
mkdir "$tree/connectors/toy"
for f in toy.c toy.h; do
	sed 's|tests/toy/|connectors/toy/|' "$top/tests/toy/$f" >"$tree/connectors/toy/$f"
done
sed -i -e 's|&sl_google_calendar,|\&sl_google_calendar, \&sl_toy,|' \
	-e 's|#include "connectors/google_calendar/google_calendar.h"|&\n#include "connectors/toy/toy.h"|' \
	"$tree/connectors/registry.c"
cp "$top"/tests/toy/*.sql "$tree/migrations/"
cp "$top"/tests/toy/down/*.sql "$tree/migrations/down/"
is 'three places are touched, and no other' \
	"$(diff -rq -x build -x .git "$top" "$tree" |
		sed -e "s|$top|A|g; s|$tree|B|g" | LC_ALL=C sort | tr '\n' ';')" \
	'Files A/connectors/registry.c and B/connectors/registry.c differ;Only in B/connectors: toy;Only in B/migrations/down: 20990101000000_toy.sql;Only in B/migrations: 20990101000000_toy.sql;'

if make -C "$tree" -s MODE="$mode" "build/$mode/sluice" >"$work/make.log" 2>&1; then
	ok 'it builds'
else
	not_ok 'it builds' "$(tail -n 20 "$work/make.log")"
	summary
fi
if out=$("$tree/scripts/check-layers" 2>&1); then ok 'the layers hold'; else not_ok 'the layers hold' "$out"; fi

# --- it works ----------------------------------------------------------------
export PATH="$tree/build/$mode:$PATH"
start_emulator --seed 3 --account ana@example.com:1:1
migrated_database toy
new_keys "$work/keys"
export SLUICE_KEY_FILE="$work/keys"
export SLUICE_TOY_AUTH_URL="$google/o/oauth2/v2/auth" SLUICE_TOY_TOKEN_URL="$google/token" \
	SLUICE_TOY_API_URL="$google/toy"
works 'it is told of' connectors
like 'by its name' "$out" 'toy'
# The emulator plays the toy's API: any body can be served at any path.
serve() { # path, query, body
	control POST fault "{\"kind\":\"status\",\"status\":200,\"type\":\"application/json\",\"match\":\"$1\"${2:+,\"query\":\"$2\"},\"body\":$3}" >/dev/null
}
quoted() { sed 's/\\/\\\\/g; s/"/\\"/g; s/^/"/; s/$/"/' <<<"$1"; }
serve /toy/me '' "$(quoted '{"id":"42","email":"ana@example.com"}')"
serve /toy/notes after=p1 "$(quoted '{"notes":[{"id":"n2","title":"Dinner","at":"2026-11-20T20:00:00+01:00","people":[]},{"id":"n0","gone":true}],"next":"p2","more":false}')"
serve /toy/notes after=p2 "$(quoted '{"notes":[],"next":"p2","more":false}')"
serve /toy/notes '' "$(quoted '{"notes":[{"id":"n0","title":"Breakfast","at":"2026-11-20T08:00:00+01:00","people":[]},{"id":"n1","title":"Lunch","at":"2026-11-20T13:00:00+01:00","people":[{"email":"bo@example.com","name":"Bo"}]}],"next":"p1","more":true}')"
echo '{"client_id":"emu-client.apps.googleusercontent.com","client_secret":"GOCSPX-emulator-secret"}' >"$work/client.json"
works 'setup' setup toy --client-file "$work/client.json"
works 'user' user add --email ana@example.com
# Its consent page and its tokens are played here: curl goes straight back to
# the listener, with the state that the address carries.
serve /token '' "$(quoted '{"access_token":"toy-access","refresh_token":"toy-refresh","expires_in":3600,"scope":"notes.read","token_type":"Bearer"}')"
connector=toy connect_start --user ana@example.com
like 'it asks for its scope, with PKCE' "$url" 'scope=notes.read.*code_challenge_method=S256'
back=$(sed -n 's/.*[?&]redirect_uri=\([^&]*\).*/\1/p' <<<"$url" | sed 's/%3A/:/g; s|%2F|/|g')
state=$(sed -n 's/.*[?&]state=\([^&]*\).*/\1/p' <<<"$url")
curl -sS -m 20 -o /dev/null "$back?code=toy-code&state=$state"
connect_end
is 'connected' "$status" 0
works 'first sync' sync --json
like 'two pages, one note that went' "$out" '"mode":"full".*"fetched":4'
is 'the notes are artifacts' \
	"$(sql "SELECT string_agg(title, ' ' ORDER BY occurred_at) FROM artifacts WHERE type = 'toy_note' AND deleted_at IS NULL")" \
	'Lunch Dinner'
works 'second sync' sync --json
like 'asks once and finds nothing' "$out" '"mode":"incremental".*"fetched":0.*"requests":1,'
is 'its view shows the stream' "$(sql 'SELECT state FROM toy_sync_state')" live
sql "UPDATE sync_state SET checked_at = now() - interval '10 days'"
works 'ten days unsynced' status
unlike 'are no news' "$out" 'what changed is lost'
sql "UPDATE sync_state SET checked_at = now() - interval '20 days'"
works 'twenty days unsynced, of twenty-eight that it tells' status
like 'are' "$out" 'not synced for long: what changed is lost unless it is synced before 20'
call status --json
like 'for programs, too' "$out" '"changes_kept_until":"20'
works 'its migration is reversible' migrate down 1
rm -rf "$tree" # sources hold the fixtures' secrets; the leak check reads the rest
summary
