#!/usr/bin/env bash
# The command line from outside: bad input, consent in all its variants, sync
# under trouble. Needs PostgreSQL (pg_virtualenv) and the emulator.
# shellcheck source=tests/integration/cli_kit.bash
. "$(dirname "$0")/cli_kit.bash"

ana=ana@example.com
# --- usage ---------------------------------------------------------------
refuse 'no command' 2 'no command given'
refuse 'unknown command' 2 'unknown command fly' fly
refuse 'unknown option, its value untold' 2 'unknown option --key \(' sync --key=s3cret
refuse 'option without value' 2 '--user needs a value' sync --user
refuse 'word too many' 2 'what is now' sync now
refuse 'bad log level' 2 'log level loud' version --log-level loud
refuse 'bad max-time' 2 '--max-time soon' sync --max-time soon
refuse 'bad limit' 2 '--limit 0' logs --limit 0
refuse 'bad migrate word' 2 'migrate: what is sideways' migrate sideways
refuse 'bad number of migrations' 2 'down x' migrate down x
refuse 'unknown provider of sync' 2 'unknown provider outlook: this build knows google_calendar' sync --provider outlook
refuse 'unknown connector' 2 'unknown provider outlook' connect outlook --user $ana
refuse 'unknown provider of setup' 2 'unknown provider outlook: this build knows google' setup outlook --client-file x
refuse 'setup without a file' 2 'needs --client-file' setup google
refuse 'connect without a user' 2 'needs --user' connect google_calendar
refuse 'user add without an address' 2 'needs --email' user add
refuse 'resync without a user' 2 'needs --user' resync
refuse 'streams: choosing without a user' 2 'needs --user' streams --enable x
works 'help' help
works 'help of a command' help sync
works 'version' version
like 'version says which' "$out" '^sluice [0-9]+\.'
call version --log-level debug
is 'a log level is taken' "$status" 0

# --- the database --------------------------------------------------------
start_emulator --seed 3 --account $ana:120:2 --account empty@example.net:0:1 \
	--account ben@example.org:20:1
new_database cli_empty
new_keys "$work/keys"
export SLUICE_KEY_FILE="$work/keys"
before=$(requests)
refuse 'schema missing' 3 '[0-9]+ migrations are pending: run .sluice migrate' sync
refuse 'schema missing: status' 3 'pending' status
SLUICE_DATABASE_URL="postgresql://u:p4ss-canary@127.0.0.1:1/x" refuse 'database down' 3 'cannot connect' sync
SLUICE_DATABASE_URL="postgresql://u:p4ss-canary@127.0.0.1:1/x" refuse 'database down: connect' 3 'cannot connect' connect google_calendar --user $ana
SLUICE_DATABASE_URL="nonsense://x" refuse 'no database URL' 2 'database URL' sync
SLUICE_DIRECT_URL="postgresql://u@127.0.0.1:1/x" refuse 'database down: migrate' 3 'cannot connect' migrate
works 'migrate' migrate
refuse 'login without the roles' 3 'sluice_gateway' status
sql 'GRANT sluice_gateway, sluice_operator TO sluice_app'
works 'login with the roles' status
is 'no request left before the database was right' "$(requests)" "$before"

# --- keys and client file ------------------------------------------------
SLUICE_KEY_FILE='' refuse 'no key file set' 3 'SLUICE_KEY_FILE' sync
SLUICE_KEY_FILE=$work/none refuse 'key file missing' 3 "$work/none" sync
cp "$work/keys" "$work/loose" && chmod 644 "$work/loose"
SLUICE_KEY_FILE=$work/loose refuse 'key file that others may read' 3 "$work/loose" sync
(umask 077 && echo 'k1:tooshort' >"$work/broken")
SLUICE_KEY_FILE=$work/broken refuse 'key file malformed' 3 "$work/broken" sync
unlike 'a malformed key is not told' "$err" 'tooshort'
works 'keys status' keys
refuse 'client file missing' 2 "$work/none" setup google --client-file "$work/none"
echo '{"installed":' >"$work/cut.json"
refuse 'client file cut short' 2 'cut.json' setup google --client-file "$work/cut.json"
echo '{"type":"service_account","client_secret":"s3cret-canary"}' >"$work/sa.json"
refuse 'client file of another kind' 2 'service account' setup google --client-file "$work/sa.json"
echo '[1]' >"$work/array.json"
refuse 'client file that is no object' 2 'array.json' setup google --client-file "$work/array.json"
refuse 'client file that is a directory' 2 'directory' setup google --client-file "$work"
is 'nothing was stored by all that' "$(sql 'SELECT count(*) FROM sluice.oauth_clients')" 0
refuse 'connect before the user exists' 2 "no user $ana" connect google_calendar --user $ana
works 'user add' user add --email $ana
ana_id=$out
refuse 'user twice' 2 'already' user add --email ANA@example.com
refuse 'user without an address' 2 'not an e-mail address' user add --email ana
refuse 'malformed user' 2 'neither a uuid nor' sync --user 1234
refuse 'unknown uuid' 2 'no user' sync --user 00000000-0000-4000-8000-000000000000
refuse 'unknown address' 2 'no user nobody@example.com' status --user nobody@example.com
refuse 'connect before setup' 3 'no OAuth client for Google' connect google_calendar --user $ana
client_file "$work/client.json"
works 'setup' setup google --client-file "$work/client.json"
like 'setup says what to do in the console' "$out" 'In production'
works 'setup again' setup google --client-file "$work/client.json"
is 'one client' "$(sql 'SELECT count(*) FROM sluice.oauth_clients')" 1
is 'its secret came, and was replaced: both are in the audit log' "$(sql "SELECT string_agg(event || ': ' || detail, ', ' ORDER BY id)
	FROM sluice.secret_audit_logs WHERE detail LIKE 'client_secret%'")" 'created: client_secret of google, replaced: client_secret of google'
SLUICE_GOOGLE_TOKEN_URL=http://example.com/token refuse 'endpoint in the clear' 2 'SLUICE_GOOGLE_TOKEN_URL' sync
SLUICE_GOOGLE_AUTH_URL=nonsense refuse 'endpoint that is no URL' 2 'SLUICE_GOOGLE_AUTH_URL' connect google_calendar --user $ana
SLUICE_QUOTA=maybe refuse 'quota neither on nor off' 2 'SLUICE_QUOTA' sync
refuse 'listen address that is not ours' 2 '--listen 10.0.0.1:80' connect google_calendar --user $ana --listen 10.0.0.1:80
new_keys "$work/other"
SLUICE_KEY_FILE=$work/other refuse 'another key' 3 'which sealed 1 client secret, is not in the key file' connect google_calendar --user $ana --no-browser
works 'sync without an account' sync
like 'says what to do' "$out" 'sluice connect'

# --- consent -------------------------------------------------------------
nothing_stored() { is "$1: nothing stored" "$(sql 'SELECT (SELECT count(*) FROM sluice.grants) + (SELECT count(*) FROM public.user_integrations) + (SELECT count(*) FROM sluice.user_secrets)')" "${2:-0}"; }

control POST options '{"deny":true}' >/dev/null
connect $ana
is 'consent denied' "$status" 1
like 'denied: says so' "$err" 'sluice: the consent was refused \(access_denied\)'
nothing_stored denied
control POST options '{"deny":false,"grant_scopes":"openid email"}' >/dev/null
connect $ana
is 'partial consent' "$status" 1
like 'partial: names what is missing' "$err" 'sluice: .*missing: https://www.googleapis.com/auth/calendar.readonly'
nothing_stored partial
control POST options '{"grant_scopes":null,"omit_refresh_token":true}' >/dev/null
connect $ana
is 'no refresh token' "$status" 1
like 'no refresh token: says so' "$err" 'sluice: .*no refresh token'
nothing_stored 'no refresh token'
control POST options '{"omit_refresh_token":false}' >/dev/null
connect $ana --account somebody@example.com
is 'wrong account' "$status" 1
nothing_stored 'wrong account'
control POST options '{"userinfo_email":"mallory@example.com"}' >/dev/null
connect $ana --account $ana
is 'another account than asked for consents' "$status" 1
like 'wrong account: names both' "$err" "mallory@example.com consented, not $ana"
nothing_stored 'another account'
control POST options '{"userinfo_email":null}' >/dev/null
control POST fault '{"kind":"status","match":"/token","status":500,"count":1}' >/dev/null
connect $ana
is 'token endpoint down' "$status" 1
nothing_stored 'token endpoint down'
control DELETE fault >/dev/null
control POST options '{"client_secret":"another"}' >/dev/null
connect $ana
is 'client refused' "$status" 1
like 'client refused: one line' "$err" '^sluice: Google gave no tokens for the consent: .*invalid_client'
control POST options '{"client_secret":"GOCSPX-emulator-secret"}' >/dev/null

connect_start --user $ana
base=$(sed -n 's/.*redirect_uri=\([^&]*\)&.*/\1/p' <<<"$url" | sed 's/%3A/:/g; s/%2F/\//g')
like 'the redirect is on loopback' "$base" '^http://127\.0\.0\.1:[0-9]+/callback$'
like 'PKCE S256' "$url" 'code_challenge_method=S256'
like 'offline, with consent' "$url" 'access_type=offline&prompt=consent'
is 'wrong state is refused' "$(curl -s -o /dev/null -w '%{http_code}' "$base?code=x&state=wrong")" 400
is 'no state is refused' "$(curl -s -o /dev/null -w '%{http_code}' "$base?code=x")" 400
is 'another path is refused' "$(curl -s -o /dev/null -w '%{http_code}' "${base%callback}other")" 404
is 'POST is refused' "$(curl -s -o /dev/null -w '%{http_code}' -X POST "$base?code=x&state=wrong")" 405
kill -0 "$connect_pid" 2>/dev/null && ok 'still waiting after strangers' || not_ok 'still waiting after strangers'
headers=$(curl -sL -D - -o "$work/page" "$url")
like 'the page is not cached' "$headers" 'Cache-Control: no-store'
like 'the page names no referrer' "$headers" 'Referrer-Policy: no-referrer'
connect_end
is 'connect' "$status" 0
like 'connect names the account' "$out" "Connected Google Calendar of $ana"
is 'one line of stdout is the address' "$(grep -c '^http' "$work/connect.out")" 1
nothing_stored 'a connection is a grant, an integration, two secrets' 4
is 'the listener is gone' "$(curl -s -o /dev/null -w '%{http_code}' "$base?code=x&state=wrong")" 000

connect_start --user $ana
paste=$(curl -s -o /dev/null -w '%{redirect_url}' "$url")
printf 'nonsense\n%s\n' "$paste" >"$work/paste.$$"
connect_end
is 'a pasted address' "$status" 0
like 'the same account is reconnected' "$out" 'Reconnected'
control POST options '{"omit_refresh_token":true}' >/dev/null
connect $ana
is 'no refresh token, but one is stored' "$status" 0
control POST options '{"omit_refresh_token":false}' >/dev/null
is 'still one integration' "$(sql 'SELECT count(*) FROM public.user_integrations')" 1
connect_start --user $ana --listen 127.0.0.1:38765
like '--listen' "$url" 'redirect_uri=http%3A%2F%2F127.0.0.1%3A38765%2Fcallback'
refuse 'the port is taken' 3 'cannot listen on 127.0.0.1 port 38765' connect google_calendar --user $ana --listen 127.0.0.1:38765 --no-browser
kill -TERM "$connect_pid"
connect_end
is 'stopped while waiting' "$status" 143

# --- sync ----------------------------------------------------------------
works 'first sync' sync --user $ana_id
like 'summary counts' "$out" '[0-9]+ fetched: [0-9]+ new'
total=$(sql 'SELECT count(*) FROM public.artifacts')
[ "$total" -gt 100 ] && ok 'events are there' || not_ok 'events are there' "$total"
new_keys "$work/foreign"
before=$(requests)
SLUICE_KEY_FILE=$work/foreign refuse 'a key file of another installation' 3 'put its line back' sync
is 'it is found before any call' "$(requests)" "$before"
is 'and no account is blamed' "$(sql "SELECT count(*) FROM user_integrations WHERE last_error_text IS NOT NULL")" 0
works 'second sync' sync
like 'nothing new' "$out" 'nothing new'
is 'nothing doubled' "$(sql 'SELECT count(*) FROM public.artifacts')" "$total"
works 'sync --json' sync --json
is 'one line a run' "$(wc -l <"$work/out")" 1
fields=$(sql "SELECT string_agg(k, ' ' ORDER BY n) FROM json_object_keys('$(sed "s/'/''/g" "$work/out")'::json) WITH ORDINALITY AS x(k, n)")
is 'the fields of the design' "$fields" 'user provider account trigger mode status fetched created updated unchanged deleted filtered quarantined contacts_created requests retries bytes duration_ms error'
works '--due with nothing due' sync --due
is '--due is silent' "$out$err" ''
works 'sync --full' sync --full --json
like 'walks again' "$out" '"mode":"full"'
is 'a full walk doubles nothing' "$(sql 'SELECT count(*) FROM public.artifacts WHERE deleted_at IS NULL') $(sql 'SELECT count(*) FROM public.artifacts')" "$(sql 'SELECT count(*) FROM public.artifacts WHERE deleted_at IS NULL') $total"
works 'resync' resync --user $ana
is 'the request is noted' "$(sql 'SELECT count(*) FROM sluice.schedule WHERE resync_no > resync_done_no')" 1
works 'due because of it' sync --due --json
like 'done as scheduled and in full' "$out" '"trigger":"(schedule|resync)","mode":"full"'
is 'the request is fulfilled' "$(sql 'SELECT count(*) FROM sluice.schedule WHERE resync_no > resync_done_no')" 0
refuse 'resync without an account' 1 'no connected account' resync --user "$(sluice user add --email nobody@example.org)"

works 'status' status
like 'status shows the account' "$out" "$ana +google_calendar +connected"
works 'status --json' status --json
like 'status --json' "$out" '"pending_deletions":0'
works 'logs' logs
works 'logs --json' logs --json --limit 1
is 'logs --limit' "$(wc -l <"$work/out")" 1
works 'streams' streams
key=$(sql "SELECT key FROM public.sync_state WHERE kind = 'events' AND enabled ORDER BY key DESC LIMIT 1")
works 'streams --disable' streams --user $ana --disable "$key"
is 'the choice is stored' "$(sql "SELECT enabled_choice FROM public.sync_state WHERE key = '$key'")" f
works 'sync with one stream less' sync
works 'streams --enable' streams --user $ana --enable "$key"
refuse 'a stream that is none' 2 'no stream with the key' streams --user $ana --enable no-such-calendar
works 'doctor' doctor
like 'doctor warns of overridden endpoints' "$out" 'warn +endpoint'
like 'and looks for tokens that wait' "$out" 'ok +revocations +no token'
works 'connectors' connectors
works 'user list' user list --json

# --- completion ----------------------------------------------------------
completed() { # LINE: what bash would offer at its end
	bash -c '. "$1"; COMP_WORDBREAKS=$2 COMP_LINE=$3 COMP_POINT=${#3}; _sluice
		printf "%s\n" "${COMPREPLY[@]}"' _ "$kit/../../packaging/bash-completion/sluice" \
		$' \t\n"\'@><=;|&(:' "$1" 2>"$work/complete.err" | sort | xargs
}
offers() { is "completed: $1" "$(completed "$1")" "$2"; }
offers 'sluice ' "$(sluice help | awk '/^  [a-z]/ { print $1 }' | sort | xargs)"
offers 'sluice s' 'setup status streams sync'
for command in $(sluice help | awk '/^  [a-z]/ { print $1 }'); do
	flags=$(sluice "$command" --help | grep -o '^  --[a-z-]*' | sort | xargs)
	all=$(completed "sluice $command --")
	for flag in $flags; do
		grep -qF -- " $flag " <<<" $all " || not_ok "completed: $command $flag" "$all"
	done
done
offers 'sluice sync --due --p' '--pages --provider'
offers 'sluice sync --provider ' 'gmail google_calendar linkedin'
offers 'sluice connect g' 'gmail google google_calendar'
offers 'sluice connect l' linkedin
offers 'sluice logs --status i' interrupted
offers 'sluice logs --trigger s' schedule
offers 'sluice setup ' 'google linkedin'
offers 'sluice import ' linkedin
offers "sluice import linkedin $work/client.j" "$work/client.json"
offers "sluice --key-file $work/cli" "$work/client.json"
offers 'sluice --log-level=d' debug
offers 'sluice migrate d' down
offers 'sluice keys ' 'forget generate rotate status'
offers 'sluice help au' audit
offers 'sluice explain ' ''
offers 'sluice fly ' ''
offers 'sluice status --user an' ana@example.com
offers 'sluice status --user ana@' example.com # readline holds the rest
offers 'sluice connect gmail --account an' ana@example.com
offers "sluice streams --user $ana --disable $ana" "${ana##*@}"
SLUICE_DATABASE_URL=postgresql://nobody@127.0.0.1:1/x offers 'sluice status --user ' ''
SLUICE_DATABASE_URL='' PGHOST='' PGDATABASE='' offers 'sluice status --user ' ''
is 'completed: in silence' "$(cat "$work/complete.err")" ''

# --- trouble -------------------------------------------------------------
control POST fault '{"kind":"status","match":"/calendar/v3","status":403,"reason":"accessNotConfigured","count":20}' >/dev/null
call sync
is 'API not enabled' "$status" 1
like 'says what to do' "$out" 'what to do'
control DELETE fault >/dev/null
works 'well again' sync
cursors=$(sql "SELECT md5(string_agg(cursor::text, ',' ORDER BY id)) FROM public.sync_state")
control POST expire "{\"account\":\"$ana\",\"what\":\"access_tokens\"}" >/dev/null
works 'an expired token is refreshed' sync
control POST expire "{\"account\":\"$ana\",\"what\":\"grant\"}" >/dev/null
call sync --json
is 'a dead grant' "$status" 1
like 'the run says so' "$out" '"status":"failed".*"error":\{"class":"reauth","scope":"grant"'
is 'the integration waits for a person' "$(sql 'SELECT status FROM public.user_integrations')" needs_reauth
is 'cursors are untouched' "$(sql "SELECT md5(string_agg(cursor::text, ',' ORDER BY id)) FROM public.sync_state")" "$cursors"
before=$(requests)
call sync
like 'names the command that helps' "$out" "sluice connect google_calendar --user $ana_id"
is 'no call for a dead grant' "$(requests)" "$before"
connect $ana
is 'connect again' "$status" 0
works 'and the sync goes on' sync
is 'still nothing doubled' "$(sql 'SELECT count(*) FROM public.artifacts')" "$total"

# --- an empty account ----------------------------------------------------
empty_id=$(sluice user add --email empty@example.net)
connect "$empty_id" --account empty@example.net
is 'connect an empty account' "$status" 0
works 'sync it' sync --user empty@example.net
works 'all accounts' sync
like 'a total of all' "$out" 'All 2 accounts'

# --- two at once, and being stopped --------------------------------------
big=big@example.com
control POST account "{\"spec\":\"$big:6000:3\"}" >/dev/null
big_id=$(sluice user add --email $big)
connect "$big_id" --account $big
is 'connect a big account' "$status" 0
control POST options '{"latency_ms":60}' >/dev/null
sluice sync --user $big >"$work/stopped" 2>&1 &
pid=$!
children+=("$pid")
settle 30 test "$(sql "SELECT 1")" = 1
settle 30 sh -c "psql -XAtqc \"SELECT count(*) > 0 FROM public.artifacts WHERE user_id = '$big_id'\" | grep -q t"
kill -INT $pid
status=0
wait $pid || status=$?
is 'Ctrl-C in the middle' "$status" 130
some=$(sql "SELECT count(*) FROM public.artifacts WHERE user_id = '$big_id'")
[ "$some" -gt 0 ] && ok 'what was committed stays' || not_ok 'what was committed stays'
is 'the run is logged as interrupted' "$(sql "SELECT status FROM public.sync_logs WHERE user_id = '$big_id' ORDER BY started_at DESC LIMIT 1")" interrupted
is 'the lease is given back' "$(sql "SELECT count(*) FROM sluice.schedule WHERE lease_until > now()")" 0
control POST options '{"latency_ms":0}' >/dev/null
sluice sync --user $big --json >"$work/one" 2>&1 &
one=$!
sluice sync --user $big --json >"$work/two" 2>&1 &
two=$!
children+=("$one" "$two")
status=0
wait $one || status=$?
is 'one of two at once' "$status" 0
status=0
wait $two || status=$?
is 'the other of two at once' "$status" 0
truth=$(control GET "truth?account=$big" | grep -cE '"kind": ?"(single|master|exception)"')
held=$(sql "SELECT count(*) FROM public.artifacts WHERE user_id = '$big_id' AND deleted_at IS NULL")
filtered=$(control GET "truth?account=$big" | grep -E '"kind": ?"(single|master|exception)"' | grep -cE '"eventType": ?"(birthday|workingLocation|focusTime|outOfOffice)"')
is 'all events, each once' "$held" "$((truth - filtered))"
works '--max-time hands back' sync --full --user $big --max-time 1s

# --- secrets -------------------------------------------------------------
cat "$work/stopped" "$work/one" "$work/two" >>"$work/everything"
unlike 'no secret was printed' "$(cat "$work/everything")" 's3cret|p4ss-canary|GOCSPX|ya29|1//0'
unlike 'no secret is in the database' "$(pg_dump -a "$PGDATABASE")" 'GOCSPX-emulator|474f435350582d|ya29[.]|1//0'
summary
