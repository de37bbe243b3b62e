#!/usr/bin/env bash
# A provider without client files, PKCE and (mostly) refresh tokens: id and
# secret, one registered redirect, a token by hand.
# shellcheck source=tests/integration/cli_kit.bash
. "$(dirname "$0")/cli_kit.bash"

ana=ana@example.com
start_emulator --seed 7 --account "$ana:5:1" --account ben@example.org:5:1
migrated_database linkedin
new_keys "$work/keys"
export SLUICE_KEY_FILE="$work/keys"
sluice user add --email $ana >/dev/null
redirect=http://127.0.0.1:$(free_port)/callback
control POST options "{\"linkedin_redirect_uris\":\"$redirect\"}" >/dev/null
stored() { sql 'SELECT (SELECT count(*) FROM sluice.grants) + (SELECT count(*) FROM public.user_integrations) + (SELECT count(*) FROM sluice.user_secrets)'; }
violation() { control GET stats | grep -o "\"$1\": *[0-9]*" | tr -cd 0-9; }
counted_revocations() { control GET stats | grep -o '"linkedin.revoke": *[0-9]*' | tr -cd 0-9; }
option() { control POST options "{$1}" >/dev/null; }

# --- setup -----------------------------------------------------------------
(umask 077 && printf 'WPL_AP1.emu/secret+=.x==\n' >"$work/secret")
(umask 077 && echo 'wr0ng' >"$work/wrong")
(umask 077 && : >"$work/empty")
(umask 077 && printf 'two words\n' >"$work/words")
cp "$work/secret" "$work/secret.loose" && chmod 644 "$work/secret.loose"
setup() { sluice setup linkedin --client-id "$1" --client-secret-file "$2" --redirect-uri "$redirect"; }
refuse 'setup without a secret' 2 'needs --client-id and --client-secret-file' setup linkedin --client-id x
refuse 'setup with a file of another provider' 2 'needs --client-id' setup linkedin --client-file "$work/secret"
refuse 'google takes no id' 2 'needs --client-file' setup google --client-id x --client-secret-file "$work/secret"
refuse 'no such secret file' 2 "$work/none: No such file" setup linkedin --client-id emu-linkedin-app --client-secret-file "$work/none"
refuse 'a secret file that others may read' 2 'others than its owner may read it .mode 0644.: chmod 600' setup linkedin --client-id emu-linkedin-app --client-secret-file "$work/secret.loose"
refuse 'an empty secret file' 2 "$work/empty: empty" setup linkedin --client-id emu-linkedin-app --client-secret-file "$work/empty"
refuse 'a secret file with more in it' 2 'one word' setup linkedin --client-id emu-linkedin-app --client-secret-file "$work/words"
mkfifo "$work/pipe"
refuse 'a pipe is not waited for' 2 'no regular file' setup linkedin --client-id emu-linkedin-app --client-secret-file "$work/pipe"
refuse 'an id with a blank' 2 'needs the id alone' setup linkedin --client-id 'a b' --client-secret-file "$work/secret"
refuse 'an id that is too long' 2 'at most 512 bytes' setup linkedin --client-id "$(printf '%0513d' 1)" --client-secret-file "$work/secret"
refuse 'one that is not' 1 'LinkedIn refuses this client' setup linkedin --client-id "$(printf '%0512d' 1)" --client-secret-file "$work/secret"
refuse 'a redirect in the clear' 2 '--redirect-uri must begin with https' setup linkedin --client-id emu-linkedin-app --client-secret-file "$work/secret" --redirect-uri http://example.com/cb
refuse 'a wrong secret' 1 'LinkedIn refuses this client .invalid_client.: .*nothing is stored' setup linkedin --client-id emu-linkedin-app --client-secret-file "$work/wrong" --redirect-uri "$redirect"
refuse 'a wrong id' 1 'LinkedIn refuses this client .invalid_client_id.' setup linkedin --client-id another --client-secret-file "$work/secret" --redirect-uri "$redirect"
is 'nothing was stored by all that' "$(sql 'SELECT count(*) FROM sluice.oauth_clients')" 0
refuse 'connect before setup' 3 'no OAuth client for LinkedIn: run .sluice setup linkedin --client-id ID' connect linkedin --user $ana
out=$(setup emu-linkedin-app "$work/secret" 2>&1)
like 'setup: stored' "$out" 'LinkedIn client emu-linkedin-app .web. stored, its secret sealed'
like 'setup: the product to request' "$out" 'Member Data Portability API'
like 'setup: the redirect to register' "$out" "$redirect"
is 'the secret is checked against the provider' "$(control GET stats | grep -o '"linkedin.token": *[0-9]*' | tr -cd 0-9)" 4
doctor=$(sluice doctor 2>&1)
like 'doctor knows the client' "$doctor" 'ok +linkedin +OAuth client emu-linkedin-app'
like 'doctor: a provider that is not set up is no fault' "$doctor" 'ok +google +no OAuth client .sluice setup google'

# --- consent ---------------------------------------------------------------
export connector=linkedin
connect $ana
is 'connect' "$status" 0
unlike 'no PKCE' "$url" 'code_challenge'
unlike 'no parameter of another provider' "$url" 'access_type|prompt=|login_hint'
like 'state' "$url" 'state=[A-Za-z0-9_-]{43}'
like 'connect names the account' "$out" "Connected LinkedIn of $ana. Next: sluice sync"
like 'connect tells the end' "$err" "warning: LinkedIn ends this consent in 59 days|warning: LinkedIn ends this consent 20"
is 'no refresh token came, and none is stored' "$(sql "SELECT string_agg(purpose, ',') FROM sluice.user_secrets")" access_token
is 'scopes are parted by blanks' "$(sql "SELECT scopes FROM sluice.grants")" 'openid profile email r_dma_portability_3rd_party'
is 'PKCE was not used anywhere' "$(violation linkedin_pkce)" ''
is '60 days' "$(sql "SELECT round(extract(epoch FROM access_expires_at - now()) / 86400) FROM sluice.grants")" 60
works 'status' status
like 'status shows the account' "$out" "$ana +linkedin +connected"
is 'its connector' "$(sql 'SELECT provider FROM user_integrations')" linkedin

connect $ana
is 'connect again' "$status" 0
like 'reconnected' "$out" 'Reconnected LinkedIn'
is 'one account' "$(stored)" 3
option '"linkedin_refresh":true'
connect $ana
is 'a client with refresh tokens' "$status" 0
is 'it is stored' "$(sql "SELECT count(*) FROM sluice.user_secrets")" 2
is 'its end, too' "$(sql "SELECT round(extract(epoch FROM refresh_expires_at - now()) / 86400) FROM sluice.grants")" 365
option '"linkedin_refresh":false'

before=$(stored)
refused() { # WHAT REGEX
	connect $ana
	is "$1" "$status" 1
	like "$1: says so" "$err" "^sluice: .*$2"
	is "$1: nothing changed" "$(stored)" "$before"
}
option '"auth_error":"user_cancelled_login"'
refused 'nobody signed in' 'refused .user_cancelled_login.: nothing is stored; nobody signed in'
option '"auth_error":null,"deny":true'
refused 'the owner said no' 'refused .user_cancelled_authorize.: nothing is stored; the account.s owner said no'
option '"deny":false,"linkedin_scopes":"r_dma_portability_3rd_party","auth_description":"Scope openid is not authorized for your application"'
refused 'a product is missing' 'refused .unauthorized_scope_error: Scope openid is not authorized for your application.: nothing is stored; the app lacks a product'
option '"linkedin_scopes":"openid profile email r_dma_portability_3rd_party","auth_description":null'
option '"linkedin_account":"ben@example.org"'
refused 'another member' "ben@example.org consented, but this user's account is $ana: nothing is stored; .*--account ben@example.org"
connect $ana --account ben@example.org
is 'a second account, by name' "$status" 0
is 'two accounts' "$(sql 'SELECT count(*) FROM user_integrations')" 2
option '"linkedin_account":null'
before=$(stored)
option '"linkedin_client_secret":"rotated"'
refused 'the secret was changed' 'invalid_client: Client authentication failed; nothing is stored: compare id, secret'
option '"linkedin_client_secret":"WPL_AP1.emu/secret+=.x=="'
for fault in '401 invalid_request|authorization code not found' \
	'400 invalid_redirect_uri|does not match authorization code' \
	'400 invalid_request|A required parameter is missing'; do
	control POST fault "{\"kind\":\"status\",\"match\":\"/accessToken\",\"status\":${fault%% *},\"reason\":\"$(cut -d' ' -f2 <<<"${fault%%|*}")\",\"message\":\"${fault#*|}\",\"count\":1}" >/dev/null
	refused "token endpoint: ${fault%%|*}, ${fault#*|}" "LinkedIn gave no tokens for the consent: token endpoint says .*${fault#*|}; nothing is stored: "
	control DELETE fault >/dev/null
done
for status_code in 401 403 500; do
	control POST fault "{\"kind\":\"status\",\"match\":\"/v2/userinfo\",\"status\":$status_code,\"count\":1}" >/dev/null
	refused "userinfo answers $status_code" "LinkedIn did not say who consented .HTTP $status_code.: nothing is stored"
	control DELETE fault >/dev/null
done

# --- a token by hand -------------------------------------------------------
mint() { # FILE [JSON]: of ana
	(umask 077 && control POST token "{\"account\":\"$ana\",\"provider\":\"linkedin\"${2:-}}" |
		sed -n 's/.*"access_token": *"\([^"]*\)".*/\1/p' >"$1")
}
by_hand() { call connect linkedin --user $ana --token-file "$@"; }
option '"linkedin_expires_in":31536000'
mint "$work/token"
secrets() { sql "SELECT string_agg(s.purpose, ',' ORDER BY s.purpose) FROM sluice.user_secrets s JOIN sluice.grants g ON g.id = s.grant_id WHERE g.account_subject = '$1'"; }
subject=$(sql "SELECT account_subject FROM sluice.grants WHERE account_email = '$ana'")
by_hand "$work/token"
is 'a token by hand' "$status" 0
like 'it is the account that is there already' "$out" "Reconnected LinkedIn of $ana"
is 'a refresh token of before is gone' "$(secrets "$subject")" access_token
is 'the end is what introspection says' "$(sql "SELECT round(extract(epoch FROM access_expires_at - now()) / 86400) FROM sluice.grants WHERE account_subject = '$subject'")" 365
is 'the account keeps its address' "$(sql "SELECT i.account || ' ' || g.account_email FROM sluice.grants g JOIN user_integrations i ON i.grant_id = g.id WHERE g.account_subject = '$subject'")" "$ana $ana"
like 'the end is told' "$err" 'warning: LinkedIn ends this consent'
is 'its scope' "$(sql "SELECT scopes FROM sluice.grants WHERE account_subject = '$subject'")" r_dma_portability_self_serve
chmod 640 "$work/token"
refuse 'a token file that others may read' 2 'others than its owner may read it .mode 0640.' connect linkedin --user $ana --token-file "$work/token"
chmod 600 "$work/token"
refuse 'no such token file' 2 'No such file' connect linkedin --user $ana --token-file "$work/none"
(umask 077 && printf '%08193d' 1 >"$work/long" && printf '%08192d' 1 >"$work/longest")
refuse 'a token that is too long' 2 'longer than 8192 bytes: no token' connect linkedin --user $ana --token-file "$work/long"
refuse 'one that is not' 1 'says that it is not good' connect linkedin --user $ana --token-file "$work/longest"
refuse 'token and listener' 2 'neither --listen nor --no-browser' connect linkedin --user $ana --token-file "$work/token" --no-browser
before=$(stored)
hand_refused() { # WHAT REGEX FILE
	by_hand "$3"
	is "$1" "$status" 1
	like "$1: says so" "$err" "^sluice: .*$2"
	is "$1: nothing changed" "$(stored)" "$before"
}
(umask 077 && echo AQXnobody >"$work/token.foreign")
hand_refused 'a token of another app' 'says that it is not good .expired, revoked, or of another app.: make a new one' "$work/token.foreign"
control POST expire "{\"account\":\"$ana\",\"what\":\"linkedin_tokens\"}" >/dev/null
hand_refused 'a revoked token' 'says that it is not good .revoked.' "$work/token"
option '"linkedin_expires_in":0'
mint "$work/token.old"
hand_refused 'an expired token' 'says that it is not good .expired.' "$work/token.old"
option '"linkedin_expires_in":5184000'
mint "$work/token"
option '"linkedin_client_secret":"rotated"'
hand_refused 'the secret was changed: by hand' 'LinkedIn refuses to look at it .HTTP 401.: .*of the app that setup was given' "$work/token"
option '"linkedin_client_secret":"WPL_AP1.emu/secret+=.x=="'
for junk in '"kind":"status","status":500' '"kind":"not_json"' '"kind":"redirect","location":"https://example.org/"' '"kind":"cut"'; do
	control POST fault "{$junk,\"match\":\"introspectToken\",\"count\":1}" >/dev/null
	hand_refused "introspection: $junk" 'the token of .*nothing is stored' "$work/token"
	control DELETE fault >/dev/null
done
control POST fault '{"kind":"body_patch","match":"introspectToken","patch":{"expires_at":null},"count":1}' >/dev/null
hand_refused 'introspection without an end' 'does not say when it ends' "$work/token"
control DELETE fault >/dev/null
mint "$work/token.none" ',"scopes":"w_member_social"'
hand_refused 'a token that may read nothing' 'did not say who consented .HTTP 403.' "$work/token.none"

# --- mixed up --------------------------------------------------------------
client_file "$work/client.json"
works 'setup of the other provider' setup google --client-file "$work/client.json"
google_code() { # a code of Google's for LinkedIn's listener
	connector=linkedin connect_start --user $ana
	state=$(sed -n 's/.*[?&]state=\([^&]*\).*/\1/p' <<<"$url")
}
google_code
is 'an answer of Google to the question for LinkedIn' "$(curl -s -o /dev/null -w '%{http_code}' "$redirect?state=$state&code=x&iss=https%3A%2F%2Faccounts.google.com")" 400
kill -0 "$connect_pid" 2>/dev/null && ok 'it goes on waiting' || not_ok 'it goes on waiting'
mkfifo "$work/paste.g" && connector=google
: >"$work/other.out"
sluice connect google --no-browser --user $ana >"$work/other.out" 2>"$work/other.err" <>"$work/paste.g" &
other=$!
children+=("$other")
settle 20 grep -q '^http' "$work/other.out"
other_state=$(sed -n 's/.*[?&]state=\([^&]*\).*/\1/p' "$work/other.out")
before=$(control GET stats | grep -o '"linkedin.token": *[0-9]*' | tr -cd 0-9)
is "LinkedIn's listener with Google's state" "$(curl -s -o /dev/null -w '%{http_code}' "$redirect?state=$other_state&code=x")" 400
is 'no code was redeemed' "$(control GET stats | grep -o '"linkedin.token": *[0-9]*' | tr -cd 0-9)" "$before"
kill "$connect_pid" "$other"
connect_end
like 'the terminal says why' "$err" 'refused an answer: it comes from https://accounts.google.com, not from LinkedIn; still waiting'
like 'and of the state' "$err" 'refused an answer: .*its state is not ours.; still waiting'

# --- leaving ---------------------------------------------------------------
before=$(counted_revocations)
works 'disconnect' disconnect linkedin --user $ana --account ben@example.org
is 'its token is revoked at LinkedIn' "$(($(counted_revocations) - before))" 1
is 'and gone; the other account keeps its' "$(sql 'SELECT count(*) FROM sluice.user_secrets')" 1

unlike 'no secret was printed' "$(cat "$work/everything")" 'AQX|AQW|AQT|WPL_AP1'
unlike 'no secret is in the database' "$(pg_dump -a "$PGDATABASE")" 'AQXemu|AQWemu|WPL_AP1'
summary
