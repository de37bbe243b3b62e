#!/usr/bin/env bash
# Who may answer a consent, how often, and for which account; setup's files;
# machines without a browser; servers that are not who they say.
# shellcheck source=tests/integration/cli_kit.bash
. "$(dirname "$0")/cli_kit.bash"

ana=ana@example.com ben=ben@example.org
start_emulator --seed 5 --account "$ana:60:1" --account "$ben:5:1"
migrated_database callback
new_keys "$work/keys"
export SLUICE_KEY_FILE="$work/keys"
ana_id=$(sluice user add --email $ana)
export connector=google_calendar

options() { control POST options "{$1}" >/dev/null; }
counted() { control GET stats | grep -o "\"$1\": *[0-9]*" | head -n 1 | tr -cd 0-9; }
http() { curl -s -o /dev/null -w '%{http_code}' "$@"; }
stored() { sql 'SELECT (SELECT count(*) FROM sluice.grants) + (SELECT count(*) FROM user_integrations) + (SELECT count(*) FROM sluice.user_secrets)'; }
arg() { sed -n "s/.*[?&]$1=\([^&]*\).*/\1/p" <<<"$2"; }
base_of() { arg redirect_uri "$1" | sed 's/%3A/:/g; s/%2F/\//g'; }
# listeners PORT: the addresses that somebody listens on, as the kernel has them
listeners() {
	awk -v port="$(printf ':%04X$' "$1")" '$4 == "0A" && $2 ~ port { print $2 }' \
		/proc/net/tcp /proc/net/tcp6
}
listened() { [ -n "$(listeners "$1")" ]; }
waits() { if kill -0 "$connect_pid" 2>/dev/null; then ok "$1"; else not_ok "$1"; fi; }

# --- setup: the files, the client, the steps left -----------------------------
file() { printf '%s' "$2" >"$work/$1.json"; }
id='"client_id":"emu-client.apps.googleusercontent.com"'
secret='"client_secret":"GOCSPX-emulator-secret"'
takes() { # WHAT FILE REGEX
	call setup google --client-file "$work/$2.json"
	is "$1" "$status" 0
	like "$1: what is left" "$out" "$3"
}
desktop='Redirect: nothing to register; a desktop client may come back to any port'
file old "{\"installed\":{$id,\"project_id\":\"p\",\"auth_uri\":\"https://accounts.google.com/o/oauth2/auth\",\"token_uri\":\"https://oauth2.googleapis.com/token\",\"auth_provider_x509_cert_url\":\"https://www.googleapis.com/oauth2/v1/certs\",$secret,\"redirect_uris\":[\"urn:ietf:wg:oauth:2.0:oob\",\"http://localhost\"]}}"
takes 'an old desktop file, with oob' old "$desktop"
file new "{\"installed\":{$id,$secret}}"
takes 'a new one, without redirects' new "$desktop"
printf '\357\273\277' | cat - "$work/new.json" >"$work/bom.json"
takes 'one that an editor gave a byte order mark' bom "$desktop"
file web "{\"web\":{$id,$secret,\"redirect_uris\":[\"https://app.example.com/cb\",\"http://127.0.0.1:8765/callback\"],\"javascript_origins\":[\"https://app.example.com\"]}}"
takes 'a web file with a loopback redirect' web 'Redirect: connect waits on http://127.0.0.1:8765/callback, which is registered'
file far "{\"web\":{$id,$secret,\"redirect_uris\":[\"https://app.example.com/cb\"]}}"
takes 'a web file without' far 'Redirect, missing: .*registered no address on loopback'
file bare "{\"web\":{$id,$secret}}"
takes 'a web file without any' bare 'http://127.0.0.1:8765/callback'
like 'the API to enable' "$out" 'enable "Google Calendar API"'
like 'the publishing status, and its seven days' "$out" 'In "Testing" every grant dies 7 days after'
is 'one client' "$(sql 'SELECT count(*) FROM sluice.oauth_clients')" 1
file hidden "{\"installed\":{$id}}"
refuse 'a file whose secret is not shown any more' 2 'client_secret is missing: Google shows it only when it is made; add a new secret' setup google --client-file "$work/hidden.json"
file wrong "{\"installed\":{$id,\"client_secret\":\"GOCSPX-wr0ng\"}}"
refuse 'a wrong secret' 1 'Google refuses this client .invalid_client.: .*nothing is stored; take id and secret from the console again' setup google --client-file "$work/wrong.json"
file stranger "{\"installed\":{\"client_id\":\"nobody\",$secret}}"
refuse 'a client that is unknown' 1 'Google refuses this client' setup google --client-file "$work/stranger.json"
is 'neither is stored' "$(sql 'SELECT count(*) FROM sluice.oauth_clients')" 1
head -c 70000 /dev/zero >"$work/big.json"
refuse 'a huge file' 2 'larger than 65536 bytes' setup google --client-file "$work/big.json"
head -c 65536 /dev/zero | tr '\0' ' ' >"$work/full.json"
refuse 'one just not huge' 2 'no JSON object' setup google --client-file "$work/full.json"
: >"$work/void.json"
refuse 'an empty file' 2 'no JSON object' setup google --client-file "$work/void.json"
for fault in '"kind":"status","status":503' '"kind":"html"' '"kind":"redirect","location":"/x"' '"kind":"empty_reply"'; do
	control POST fault "{$fault,\"match\":\"/token\"}" >/dev/null
	call setup google --client-file "$work/new.json"
	is "nobody to ask ($fault): stored all the same" "$status" 0
	like "nobody to ask ($fault): a warning" "$err" 'warning: could not ask Google about this client .*connect will tell'
	control DELETE fault >/dev/null
done
works 'setup' setup google --client-file "$work/new.json"

# --- who may answer -----------------------------------------------------------
connect_start --user $ana
base=$(base_of "$url")
port=$(sed 's/.*:\([0-9]*\).*/\1/' <<<"$base")
is 'it listens on 127.0.0.1 alone' "$(listeners "$port")" "$(printf '0100007F:%04X' "$port")"
like 'the state has 256 bits' "$(arg state "$url")" '^[A-Za-z0-9_-]{43}$'
like 'PKCE S256' "$url" 'code_challenge=[A-Za-z0-9_-]{43}&code_challenge_method=S256'
good=$(curl -s -o /dev/null -w '%{redirect_url}' "$url")
state=$(arg state "$url") code=$(arg code "$good")
before=$(counted token)
while IFS='|' read -r what query wanted; do
	is "refused: $what" "$(http "$base$query")" "$wanted"
done <<EOF
no query||400
another state|?code=x&state=wrong|400
no state|?code=x|400
an empty state|?code=x&state=|400
a longer state|?code=x&state=${state}A|400
a shorter state|?code=x&state=${state%?}|400
neither code nor error|?state=$state|400
an empty code|?code=&state=$state|400
a NUL in the code|?code=a%00b&state=$state|400
a denial by a stranger|?error=access_denied&state=wrong|400
another issuer|?code=$code&state=$state&iss=https%3A%2F%2Fwww.linkedin.com%2Foauth|400
an issuer that looks alike|?code=$code&state=$state&iss=https%3A%2F%2Faccounts.google.com.evil.example|400
a denial by another issuer|?error=access_denied&state=$state&iss=https%3A%2F%2Fevil.example|400
another path|/x?code=$code&state=$state|404
the address repeated too long|?code=$(printf '%017000d' 0)&state=$state|400
EOF
is 'refused: POST' "$(http -X POST -d x=y "$base?code=x&state=$state")" 405
waits 'it goes on waiting'
is 'no code was redeemed by all that' "$(counted token)" "$before"
for n in 1 2 3 4 5 6 7 8 9 10 11 12; do
	http "$good" >"$work/parallel.$n" &
	callers[n]=$!
done
wait "${callers[@]}"
connect_end
is 'twelve callbacks at once: connected' "$status" 0
is 'twelve callbacks at once: exactly one is taken' "$(cat "$work"/parallel.* | grep -o 200 | wc -l)" 1
is 'and one code redeemed, once' "$(($(counted token) - before))" 1
is 'the callback replayed' "$(http "$good")" 000
while read -r line; do
	like "the terminal tells: $line" "$err" "sluice: refused an answer: $line; still waiting"
done <<'EOF'
this address holds no answer to a request for consent .neither code nor error.
this address answers another request for consent .its state is not ours.
it comes from https://www.linkedin.com/oauth, not from Google
it comes from https://accounts.google.com.evil.example, not from Google
EOF
unlike 'codes and states are not told' "$err" "${code//\//.}|$state"

connect_start --user $ana
printf '%s\n' "$good" >"$work/paste.$$"
settle 5 grep -q 'its state is not ours' "$work/connect.err" && ok 'an old callback, pasted' || not_ok 'an old callback, pasted' "$(cat "$work/connect.err")"
page=$(curl -s -D - "$(curl -s -o /dev/null -w '%{redirect_url}' "$url")")
connect_end
is 'and the right one after it' "$status" 0
for header in 'Referrer-Policy: no-referrer' 'Cache-Control: no-store' "Content-Security-Policy: default-src 'none'" 'X-Content-Type-Options: nosniff'; do
	like "the page: $header" "$page" "$header"
done
unlike 'the page does not hold the code' "$page" '4/0Aemu|4%2F0A'

options '"auth_issuer":"https://accounts.google.com"'
connect $ana
is 'an issuer that is the right one' "$status" 0
options '"auth_issuer":null'

# A code of another session, with the state of this one: PKCE ends it.
connect_start --user $ana
theirs=$(arg code "$(curl -s -o /dev/null -w '%{redirect_url}' "$url")")
kill "$connect_pid"
connect_end
before=$(stored)
connect_start --user $ana
http "$(base_of "$url")?code=$theirs&state=$(arg state "$url")" >/dev/null
connect_end
is "another session's code" "$status" 1
like "another session's code: refused by PKCE" "$err" 'redirect_uri_mismatch|Invalid code verifier'
port=$(free_port)
connect_start --user $ana --listen "127.0.0.1:$port"
theirs=$(arg code "$(curl -s -o /dev/null -w '%{redirect_url}' "$url")")
kill "$connect_pid"
connect_end
connect_start --user $ana --listen "127.0.0.1:$port"
http "$(base_of "$url")?code=$theirs&state=$(arg state "$url")" >/dev/null
connect_end
is "another session's code, same redirect" "$status" 1
like "another session's code, same redirect: the verifier is not its" "$err" 'Invalid code verifier.; nothing is stored: run connect again'
is 'nothing was changed by it' "$(stored)" "$before"
for manner in auth_without_state auth_without_pkce_s256 auth_without_offline token_in_url; do
	is "the emulator saw no $manner" "$(counted $manner)" ''
done

# --- which account ------------------------------------------------------------
works 'first sync' sync
cursors() { sql "SELECT md5(string_agg(cursor::text, ',' ORDER BY s.id)) FROM sync_state s JOIN user_integrations i ON i.id = s.integration_id WHERE i.account = '$ana'"; }
kept=$(cursors)
connect_start --user $ana
is 'the account there is, is suggested' "$(arg login_hint "$url")" 'ana%40example.com'
kill "$connect_pid"
connect_end
before=$(stored)
options "\"userinfo_email\":\"mallory@example.com\""
connect $ana
is 'another account consents' "$status" 1
like 'another account: what to do' "$err" "mallory@example.com consented, but this user's account is $ana: nothing is stored; choose that one in the browser, or, to connect a second account, add --account mallory@example.com"
is 'another account: nothing is stored' "$(stored)" "$before"
connect $ana --account $ana
is 'another account than the one named' "$status" 1
like 'another than named: both are told' "$err" "mallory@example.com consented, not $ana: nothing is stored"
control POST expire "{\"account\":\"$ana\",\"what\":\"grant\"}" >/dev/null
call sync
is 'the grant dies' "$(sql 'SELECT status FROM user_integrations')" needs_reauth
connect $ana
is 'and another account wants to take its place' "$status" 1
is 'it still waits for a person' "$(sql 'SELECT status FROM user_integrations')" needs_reauth
options '"userinfo_email":null'
connect $ana
is 'the right one consents' "$status" 0
like 'it is the same' "$out" "Reconnected Google Calendar of $ana"
is 'its cursors are kept' "$(cursors)" "$kept"
works 'the next run' sync --json
like 'is incremental' "$out" '"mode":"incremental"'
is 'it is connected again' "$(sql 'SELECT status FROM user_integrations')" connected
connect $ana --account $ben
is 'a second account, named' "$status" 0
is 'there are two' "$(sql "SELECT string_agg(account, ',' ORDER BY account) FROM user_integrations WHERE user_id = '$ana_id'")" "$ana,$ben"
connect $ana
is 'either may be renewed' "$status" 0

# --- fewer boxes than before --------------------------------------------------
connector=google
connect $ana --account $ana
is 'calendar and mail' "$status" 0
options '"grant_scopes":"openid email https://www.googleapis.com/auth/gmail.readonly"'
connect $ana --account $ana
is 'renewed without the calendar' "$status" 0
like 'renewed: it is told' "$err" "warning: $ana did not allow what Google Calendar needs .missing: .*calendar.readonly.*to do so: sluice connect google_calendar --user"
is 'the calendar waits for a person, mail goes on' "$(sql "SELECT string_agg(provider || ' ' || status, ', ' ORDER BY provider) FROM user_integrations WHERE account = '$ana'")" 'gmail connected, google_calendar needs_reauth'
like 'and says why' "$(sql "SELECT status_reason FROM user_integrations WHERE account = '$ana' AND provider = 'google_calendar'")" 'did not allow what it needs .missing: .*calendar.readonly.: connect again and allow it'
is 'its cursors are kept, too' "$(sql "SELECT count(*) > 0 FROM sync_state s JOIN user_integrations i ON i.id = s.integration_id WHERE i.account = '$ana' AND i.provider = 'google_calendar' AND s.cursor IS NOT NULL")" t
options '"grant_scopes":null'
connector=google_calendar
connect $ana --account $ana
is 'connected by itself' "$status" 0
is 'both are well' "$(sql "SELECT string_agg(provider || ' ' || status, ', ' ORDER BY provider) FROM user_integrations WHERE account = '$ana'")" 'gmail connected, google_calendar connected'
is 'each by a grant of its own' "$(sql "SELECT string_agg(i.provider || ' by ' || g.purpose, ', ' ORDER BY i.provider) FROM user_integrations i JOIN sluice.grants g ON g.id = i.grant_id WHERE account = '$ana'")" 'gmail by google, google_calendar by google_calendar'

# --- testing status -----------------------------------------------------------
options '"refresh_token_expires_in":604799'
connect $ana --account $ana
like 'a consent that ends in seven days is told, and why' "$err" 'warning: Google ends this consent in 6 days|warning: Google ends this consent 20.*; the OAuth client is in testing, where a consent lasts seven days'
options '"refresh_token_expires_in":0'

# --- no browser here ----------------------------------------------------------
SSH_CONNECTION='10.0.0.1 1 10.0.0.2 22' sluice connect google_calendar --user $ana --account $ana >"$work/ssh.out" 2>"$work/ssh.err" </dev/null &
pid=$!
children+=("$pid")
settle 20 grep -q 'ssh -L' "$work/ssh.err"
like 'over SSH: how to reach the listener' "$(cat "$work/ssh.err")" 'run .ssh -L ([0-9]+):127.0.0.1:\1. from there first'
is 'over SSH: curl is the browser at the other end of the tunnel' "$(curl -sL -o /dev/null -w '%{http_code}' "$(grep '^http' "$work/ssh.err")")" 200
wait "$pid"
is 'over SSH: connected' "$?" 0
file far "{\"web\":{$id,$secret,\"redirect_uris\":[\"https://app.example.com/cb\"]}}"
works 'a web client that is elsewhere' setup google --client-file "$work/far.json"
options '"web_client":true,"redirect_uris":"https://app.example.com/cb"'
refuse 'it cannot be waited for' 2 'has no loopback redirect: register' connect google_calendar --user $ana --account $ana
: | sluice connect google_calendar --user $ana --no-browser >"$work/eof.out" 2>"$work/eof.err"
is 'nobody pastes: ends at once' "$?" 1
like 'nobody pastes: says so' "$(cat "$work/eof.err")" 'no consent came back: run connect again'
connect_start --user $ana --account $ana
paste=$(curl -s -o /dev/null -w '%{redirect_url}' "$url")
printf '%s\r\n' "$paste" >"$work/paste.$$"
connect_end
is 'its address, pasted' "$status" 0
options '"web_client":false'
works 'back to the desktop client' setup google --client-file "$work/new.json"

# --- servers that are not who they say ----------------------------------------
# In a mount namespace an authority of our own stands for the system's.
ca=/etc/ssl/certs/ca-certificates.crt
authority() {
	openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 3650 \
		-subj '/CN=test authority' -keyout "$work/ca.key" -out "$work/ca.pem"
}
certificate() { # NAME ALT-NAME [faketime's date]
	openssl req -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -subj "/CN=$1" \
		-keyout "$work/$1.key" -out "$work/$1.csr" &&
		${3:+faketime "$3"} openssl x509 -req -in "$work/$1.csr" -days 30 \
			-CA "$work/ca.pem" -CAkey "$work/ca.key" -CAcreateserial \
			-extfile <(echo "subjectAltName=$2") -out "$work/$1.pem"
}
mkfifo "$work/hold" # s_server ends when its input does
tls_case() { # WHAT CERTIFICATE MOUNT REGEX: setup asks https://127.0.0.1
	local tls_port
	tls_port=$(free_port)
	openssl s_server -accept "127.0.0.1:$tls_port" -cert "$work/$2.pem" -key "$work/$2.key" \
		-quiet >"$work/secret.heard" 2>/dev/null <>"$work/hold" &
	server=$!
	children+=("$server")
	settle 10 listened "$tls_port"
	SLUICE_GOOGLE_TOKEN_URL=https://127.0.0.1:$tls_port/token unshare -m sh -c \
		"${3:+mount --bind '$3' '$ca' &&} exec timeout ${5:-20} sluice setup google --client-file '$work/new.json'" \
		>"$work/tls.out" 2>"$work/tls.err"
	kill "$server" 2>/dev/null
	wait "$server" 2>/dev/null
	like "$1: what is said" "$(cat "$work/tls.err")" "$4"
}
if ! unshare -m mount --bind "$ca" "$ca" 2>/dev/null || ! authority 2>/dev/null; then
	echo "ok $((passed + failed + 1)) # SKIP no mount namespaces: unit/core/net/test_tls alone"
	summary
fi
certificate good IP:127.0.0.1 2>/dev/null
certificate expired IP:127.0.0.1 '2020-01-01 00:00:00' 2>/dev/null
certificate other DNS:accounts.google.com 2>/dev/null
# s_server speaks no HTTP: what is heard is what counts.
tls_case 'a certificate that is in order' good "$work/ca.pem" '^$' 2
like 'a certificate that is in order: the request is heard' "$(cat "$work/secret.heard")" 'grant_type=authorization_code'
for row in 'expired|expired|ca' "another's name|other|ca" 'self-signed|ca|' 'an authority that nobody knows|good|'; do
	IFS='|' read -r what which trusted <<<"$row"
	tls_case "$what" "$which" "${trusted:+$work/$trusted.pem}" 'warning: could not ask Google about this client .https://127.0.0.1:[0-9]+: .*(certificate|SSL|verif)'
	is "$what: not a byte of the request is heard" "$(wc -c <"$work/secret.heard")" 0
done
before=$(stored)
tls_port=$(free_port)
openssl s_server -accept "127.0.0.1:$tls_port" -cert "$work/good.pem" -key "$work/good.key" -quiet >"$work/secret.heard" 2>/dev/null <>"$work/hold" &
server=$!
children+=("$server")
settle 10 listened "$tls_port"
SLUICE_GOOGLE_TOKEN_URL=https://127.0.0.1:$tls_port/token connect $ana --account $ana
is 'a token endpoint that is not to be trusted' "$status" 1
like 'a token endpoint that is not to be trusted: what is said' "$err" 'the connection is not to be trusted, nothing was sent'
is 'neither code nor secret was heard' "$(wc -c <"$work/secret.heard")" 0
is 'nothing was stored' "$(stored)" "$before"

unlike 'no secret was printed' "$(cat "$work/everything" "$work"/*.err)" 's3cret|GOCSPX|ya29|1//0|4/0Aemu'
summary
