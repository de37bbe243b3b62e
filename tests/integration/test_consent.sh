#!/usr/bin/env bash
# A consent, and everything that can come back instead of one: what a person is
# told, and that nothing is stored, sent twice or followed.
# shellcheck source=tests/integration/cli_kit.bash
. "$(dirname "$0")/cli_kit.bash"

ana=ana@example.com
start_emulator --seed 5 --account "$ana:20:1" --account ben@example.org:5:1
migrated_database consent
new_keys "$work/keys"
export SLUICE_KEY_FILE="$work/keys"
client_file "$work/client.json"
sluice setup google --client-file "$work/client.json" >/dev/null
sluice user add --email $ana >/dev/null
export connector=google_calendar

stored() { sql 'SELECT (SELECT count(*) FROM sluice.grants) + (SELECT count(*) FROM user_integrations) + (SELECT count(*) FROM sluice.user_secrets)'; }
options() { control POST options "{$1}" >/dev/null; }
fault() { control POST fault "{$1}" >/dev/null; }
calm() { control DELETE fault >/dev/null; }
counted() { control GET stats | grep -o "\"$1\": *[0-9]*" | head -n 1 | tr -cd 0-9; }
http() { curl -s -o /dev/null -w '%{http_code}' "$@"; }
# fails WHAT REGEX: connect ends with that one line, and stores nothing
fails() {
	connect $ana
	is "$1" "$status" 1
	like "$1: what is said" "$(grep '^sluice: ' "$work/connect.err" | tail -n 1)" "^sluice: .*($2)"
	is "$1: nothing is stored" "$(stored)" 0
}

# --- errors of the consent page: code|description|what is said ---------------
while IFS='|' read -r code description text; do
	before=$(counted token)
	options "\"auth_error\":\"$code\",\"auth_description\":${description:-null}"
	fails "consent page: $code" "the consent was refused .$code.*nothing is stored; .*$text"
	is "consent page: $code: no code is redeemed" "$(counted token)" "$before"
done <<'EOF'
access_denied||owner said no; run connect again and allow it
admin_policy_enforced||administrator of the account's Workspace blocks this client
org_internal||audience is "Internal" and this account is not of its Workspace
disallowed_useragent||open the address in a browser of its own
invalid_client||does not know this client; run setup again
unauthorized_client||may not ask for consents; .*run setup again
deleted_client||restore it there within 30 days, or make another and run setup again
redirect_uri_mismatch||register it in the console, byte for byte
invalid_request||run connect again; if it stays so, look at the client
invalid_grant||run connect again; if it stays so, look at the client
invalid_scope|"Some requested scopes were invalid"|add the scopes in the console
unsupported_response_type||look at the client in the provider's console
rate_limit_exceeded||asked for too many consents at present
login_required||run connect again and sign in
interaction_required||run connect again and do so
consent_required||run connect again and do so
account_selection_required||run connect again and choose one
server_error||the provider has trouble; run connect again in some minutes
temporarily_unavailable||the provider has trouble; run connect again in some minutes
quite_unheard_of|"What is \u001b[31mthis\u202e"|run connect again; if it stays so
EOF
like 'its description is told, cleaned' "$err" 'quite_unheard_of: What is \?\[31mthis\?'
options '"auth_error":null,"auth_description":null'

# --- errors of the token endpoint: status|error|description|what is said -----
while IFS='|' read -r http error description text; do
	fault "\"kind\":\"status\",\"match\":\"/token\",\"status\":$http,\"reason\":\"$error\",\"message\":\"$description\",\"count\":1"
	fails "token endpoint: $http $error $description" "Google gave no tokens for the consent: token endpoint .*$text"
	calm
done <<EOF
400|invalid_grant|Bad Request|invalid_grant: Bad Request; nothing is stored: run connect again
400|invalid_grant|Malformed auth code.|Malformed auth code.; nothing is stored: run connect again
400|invalid_grant|Invalid code verifier.|Invalid code verifier.; nothing is stored: run connect again
400|invalid_grant|Missing code verifier.|Missing code verifier.; nothing is stored: run connect again
400|redirect_uri_mismatch|Bad Request|compare id, secret and redirect address .http://127.0.0.1:[0-9]+/callback. with the console and run .sluice setup google
401|invalid_client|The OAuth client was not found.|The OAuth client was not found.; nothing is stored: compare id, secret
401|invalid_client|The provided client secret is invalid.|client secret is invalid.; nothing is stored: compare id, secret
400|invalid_request|client_secret is missing.|client_secret is missing.; nothing is stored: compare id, secret
401|unauthorized_client|Unauthorized|compare id, secret .* and run .sluice setup google
400|unsupported_grant_type|Invalid grant_type|compare id, secret
400|invalid_scope|Bad|compare id, secret
401|deleted_client|The OAuth client was deleted.|compare id, secret
400|admin_policy_enforced|Blocked|admin_policy_enforced: Blocked; nothing is stored: run connect again
403|access_denied|No|access_denied: No; nothing is stored: run connect again
403|org_internal|Restricted|compare id, secret
403|rate_limit_exceeded|Slow|nothing is stored: run connect again later
429|rate_limit_exceeded|Slow|nothing is stored: run connect again later
500|internal_failure|Emulated|nothing is stored: run connect again later
503|server_error|Emulated|nothing is stored: run connect again later
400|quite_unheard_of|?|nothing is stored: run connect again; if it stays so, look at the client
EOF

# --- an answer that is none: fault|what is said ------------------------------
junk() { # ENDPOINT WHO: rows on stdin
	local row text
	while IFS='|' read -r row text; do
		fault "$row,\"match\":\"$1\""
		fails "$1: $row" "$2$text"
		calm
	done
}
canary=$google/followed
no_tokens='Google gave no tokens for the consent: token endpoint'
junk /token "$no_tokens" <<EOF
"kind":"html"| answered 200, not in JSON; nothing is stored: run connect again later
"kind":"not_json"| answered 200, not in JSON
"kind":"redirect","location":"$canary"| answered 302
"kind":"status","status":307,"location":"$canary","headers":{"Location":"$canary"},"body":""| answered 307
"kind":"status","status":200,"body":"[1]"| answered 200, not a JSON object
"kind":"status","status":200,"body":""| answered 200, not in JSON
"kind":"cut"|: .*nothing is stored: run connect again later
"kind":"empty_reply"|: .*nothing is stored: run connect again later
"kind":"reset"|: .*nothing is stored: run connect again later
"kind":"endless"|: .*nothing is stored: run connect again later
"kind":"gzip_bomb","mb":20|: .*nothing is stored: run connect again later
"kind":"header_flood"|: .*nothing is stored: run connect again later
"kind":"body_patch","patch":{"access_token":null}| answered 200, without an access token
"kind":"body_patch","patch":{"access_token":"a\\\\nX-Evil: 1"}| answered 200, without an access token
"kind":"body_patch","patch":{"token_type":"mac"}| gives tokens of another type than Bearer
EOF
junk /v1/userinfo 'Google did not say who consented ' <<EOF
"kind":"status","status":401|.HTTP 401.: nothing is stored; run connect again
"kind":"status","status":403|.HTTP 403.
"kind":"status","status":500|.HTTP 500.
"kind":"html"|.no complete JSON document
"kind":"not_json"|.no complete JSON document
"kind":"redirect","location":"$canary"|.HTTP 302.
"kind":"cut"|.*nothing is stored; run connect again
"kind":"empty_reply"|.*nothing is stored; run connect again
"kind":"endless"|.*nothing is stored; run connect again
"kind":"body_patch","patch":{"sub":null}|.userinfo without .sub
"kind":"body_patch","patch":{"sub":""}|.userinfo without .sub
"kind":"body_patch","patch":{"sub":1042}|.userinfo without .sub
"kind":"body_patch","patch":{"sub":"$(printf '%0256d' 1)"}|.an account id longer than 255 bytes
EOF
unlike 'no redirect was followed' "$(control GET 'stats?last=5000')" followed

summary
